"""The original file of a piece: who gets what of it, and with which headers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden, NotFound

from library.access.policy import may_edit
from library.catalogue import files
from library.catalogue.models import Document, Original, StoredFile

# What a browser may show by itself: kinds that run nothing of ours. Everything else is saved.
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain"})
UPLOADED = "uploaded"  # value of `as` by which curators ask for the file as it came
_CLOSED = "default-src 'none'; sandbox"
# Chromium's PDF viewer does not open in a sandbox; it runs no script of the file's in our origin.
_CLOSED_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
_ENDINGS = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/epub+zip": "epub",
    "application/rtf": "rtf",
    "text/html": "html",
    "text/markdown": "md",
    "text/plain": "txt",
    "text/csv": "csv",
}


@dataclass(frozen=True, slots=True)
class Given:
    """A file that is given out. `name`: under which it is saved."""

    file: StoredFile
    name: str


def offered(document: Document, setting: str) -> Given | None:
    """What readers may have; None where the original is withheld, or to be cleaned and not so yet."""
    file = document.file
    match document.original or setting:
        case Original.OFFERED if file is not None:
            return Given(file, file.name)
        case Original.CLEANED if file is not None and file.cleaned:
            copy = files.by_sha256(file.cleaned)
            # The name of a file says who wrote it, often enough; the piece's own does not.
            return Given(copy, f"{document.slug}.{_ENDINGS.get(file.media_type, 'bin')}") if copy else None
        case _:
            return None


def ask(document: Document, person: Any, setting: str, as_: str = "") -> Given:
    """What `person` gets of the file that `document` was made from. Raises NotFound without a file, Forbidden.

    Who may edit the piece gets it as it came where readers get nothing, or on asking so (`as_` is UPLOADED).
    """
    if document.file is None:
        raise NotFound(_("This piece was written here; there is no original file."))
    given = offered(document, setting)
    if may_edit(person, document) and (as_ == UPLOADED or given is None):
        return Given(document.file, document.file.name)
    if given is None:
        raise Forbidden(_("The original file of this piece is not given out here. Its text is on its page."))
    return given


def headers_of(file: StoredFile) -> tuple[bool, dict[str, str]]:
    """(whether the browser may show it, headers that keep it from doing anything)."""
    inline = file.media_type in SHOWN
    policy = _CLOSED_PDF if file.media_type == "application/pdf" else _CLOSED
    return inline, {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Robots-Tag": "noindex",
    }
