"""The original file of a piece: who gets it, and with which headers."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden, NotFound

from library.catalogue.models import Document, StoredFile
from library.reading.access import offers_original

# What a browser may show by itself: kinds that run nothing of ours. Everything else is saved.
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain"})
_CLOSED = "default-src 'none'; sandbox"
# Chromium's PDF viewer does not open in a sandbox; it runs no script of the file's in our origin.
_CLOSED_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"


def ask(document: Document, person: Any, setting: str) -> StoredFile:
    """The file that `document` was made from. Raises NotFound without one, Forbidden where it is not given out."""
    if document.file is None:
        raise NotFound(_("This piece was written here; there is no original file."))
    if not offers_original(document, person, setting):
        raise Forbidden(_("The original file of this piece is not given out here. Its text is on its page."))
    return document.file


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
