"""Which cleaner a file gets, by its content; a format without one is refused, so that its original stays withheld."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

from library.ingest.extraction import Refusal, Status

HEAD = 4096
_PICTURE = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
_AS_THEY_ARE = frozenset({"markdown", "text", "csv"})  # what they say, their author wrote for the public


def clean(path: Path, target: Path, name: str) -> None:
    """Write a copy of the file at `path`, called `name`, to `target`, without what it says beside its text.

    Raises Refusal for a file that cannot be cleaned: its format has no cleaner, or it is damaged or protected.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if b"%PDF-" in head[:1024]:
        from library.ingest.cleaning import pdfs

        pdfs.clean(path, target, name)
    elif head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        _clean_package(path, target, name)
    elif head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        from library.ingest.cleaning import richtext

        target.write_bytes(richtext.cleaned(path.read_bytes()))
    elif head.startswith(_PICTURE) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        from library.ingest.cleaning import pictures

        target.write_bytes(pictures.cleaned(path.read_bytes(), name))
    else:
        _clean_text(path, target, name)


def _clean_package(path: Path, target: Path, name: str) -> None:
    from library.ingest.cleaning import epub, opendocument, openxml, packages

    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise packages.damaged(name) from error
    if "META-INF/container.xml" in names:
        packages.rewrite(path, target, name, epub.cleaner)
    elif "[Content_Types].xml" in names:
        packages.rewrite(path, target, name, openxml.cleaner)
    elif "content.xml" in names:
        packages.rewrite(path, target, name, opendocument.cleaner)
    else:
        raise no_cleaner(name)


def _clean_text(path: Path, target: Path, name: str) -> None:
    from library.ingest import detection, encodings

    format = detection.detect(path, name).format
    if format == "textual":
        text, _warnings = encodings.decode(path.read_bytes(), _declared(path))
        format = detection.textual_format(text, name)
    if format == "html":
        from library.ingest.cleaning import web

        target.write_bytes(web.cleaned(text))
    elif format in _AS_THEY_ARE:
        shutil.copyfile(path, target)
    else:
        raise no_cleaner(name)


def _declared(path: Path) -> str:
    with path.open("rb") as file:
        found = re.search(rb"(?i)charset\s*=\s*[\"']?([\w-]+)", file.read(HEAD))
    return found[1].decode("ascii") if found else ""


def no_cleaner(name: str) -> Refusal:
    """Why a file of a format without a cleaner is not given out."""
    return Refusal(
        Status.unsupported,
        f"“{name}” is in a format that cannot be cleaned here, so it is withheld. Upload it as PDF or DOCX, or offer it"
        " as it is.",
    )
