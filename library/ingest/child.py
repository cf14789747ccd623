"""The child process: `python -m library.ingest.child` reads one file, named on stdin, and writes what it found.

Stands in a private folder, where it writes `result.json`. Imports only what the file's format needs.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from library.catalogue.storable import storable
from library.ingest import detection
from library.ingest.answering import answer
from library.ingest.extraction import Found, Limits, Refusal, Status
from library.ingest.outlines import settle_title

FEWEST = 4  # letters and digits that a file has to say; fewer are what is left of a drawing or a form
_TYPED = {"text", "markdown", "csv", "tsv"}  # what somebody wrote letter by letter is taken at its word
_HINT = (
    "Install text recognition (OCR) on this server (“Scans” in docs/running.md tells how) and read it again, or run OCR"
    " over it elsewhere and upload the result."
)


def main() -> None:
    """Read the file that is asked for."""
    answer(lambda path, request, limits: read(path, request["name"], limits))


def read(path: Path, name: str, limits: Limits) -> dict[str, Any]:
    """The result for the file at `path`: the fields of an Extraction, but for `file` and `sha256`."""
    format = ""
    try:
        format = detection.detect(path, name, scans=lambda: _recognises(limits)).format
        found, format = _found(path, name, format, limits)
        return _result(found, format, name, limits)
    except Refusal as refusal:
        return _refused(refusal, format)
    except MemoryError:
        reason = (
            f"Reading “{name}” took more than {limits.memory_mb} MB of memory and was stopped. Split it into parts."
        )
        return _refused(Refusal(Status.too_large, reason), format)


def _found(path: Path, name: str, format: str, limits: Limits) -> tuple[Found, str]:
    match format:
        case "pdf":
            from library.ingest.formats import pdf

            return pdf.read(path, name, limits), format
        case "docx" | "odt" | "pptx" | "rtf" | "epub":
            from library.ingest.formats import office

            return office.read(path, name, format, limits), format
        case "xlsx" | "xlsb" | "xls" | "ods":
            from library.ingest.formats import sheets

            return sheets.read(path, name, format), format
        case "zip" | "tar":
            from library.ingest.formats import archives

            return archives.read(path, name, format, limits), format
        case "eml" | "mbox" | "mhtml":
            from library.ingest.formats import mail_files

            return mail_files.read(path, name, format, limits)
        case "png" | "jpeg" | "tiff":
            from library.ingest.formats import scan

            return scan.read(path, name, limits), format
        case _:
            from library.ingest.formats import textual

            return textual.read(path, name)


def _recognises(limits: Limits) -> bool:
    """Whether the text of pictures is read. The answer takes a moment: it is asked for only where it matters."""
    if limits.ocr_seconds <= 0:
        return False
    from library.ingest.formats import recognition

    return recognition.wanted(limits)


def _result(found: Found, format: str, name: str, limits: Limits) -> dict[str, Any]:
    text = _kept(found.text).strip()
    if found.parts and not any(c.isalnum() for c in text):
        text = ""  # a message that only carries others is a batch
    outline = settle_title(_kept(found.markdown), _line(found.title), name, given="title" in found.metadata)
    status, reason = _status(found, text, name, limits)
    if status is not Status.empty and text and format not in _TYPED and not _says(text, FEWEST) and not found.parts:
        said = " ".join(text.split())
        status, reason = Status.empty, f"Hardly any text was found in “{name}”, only “{said}”."
    return {
        "status": status,
        "reason": reason,
        "format": format,
        "media_type": detection.MEDIA_TYPES[format],
        "title": outline.title,
        "language": _line(found.language),
        "pages": found.pages,
        "pages_with_text": found.pages_with_text,
        "characters": len(text),
        "sections": outline.sections if text else 0,
        "warnings": found.warnings,
        "metadata": {key: _all_kept(value) for key, value in found.metadata.items()},
        "markdown": outline.markdown if text else "",
        "text": text,
        "pictures": [asdict(picture) for picture in found.pictures],
        "parts": [asdict(part) for part in found.parts],
    }


def _status(found: Found, text: str, name: str, limits: Limits) -> tuple[Status, str]:
    if found.parts and not text:
        return _status_of_batch(found)
    if not any(c.isalnum() for c in text) or (found.pages and not any(c.isalpha() for c in text)):
        if found.pages:
            seen = (
                "No text was found" if not any(c.isalnum() for c in text) else "Nothing but digits and signs was found"
            )
            on = f"on the {found.pages} page{'s' * (found.pages > 1)} of “{name}”"
            if _recognises(limits):
                return Status.empty, f"{seen} {on}, nor could text be recognised there (OCR); see the warnings."
            return Status.empty, f"{seen} {on}; it is probably a scan. {_HINT}"
        return Status.empty, f"No text was found in “{name}”."
    if found.pages and (found.pages_with_text or 0) < found.pages:
        if _recognises(limits):
            return Status.partial, (
                f"Only {found.pages_with_text} of {found.pages} pages of “{name}” gave text; the others are blank, or"
                " text recognition (OCR) found none there. The warnings name them."
            )
        return Status.partial, (
            f"Only {found.pages_with_text} of {found.pages} pages of “{name}” gave text; the others are probably scans"
            f" or pictures. If their text matters: {_HINT[0].lower()}{_HINT[1:]}"
        )
    return (Status.partial, found.missing) if found.missing else (Status.ok, "")


def _says(text: str, letters: int) -> bool:
    """Whether there are so many letters and digits in the text."""
    return sum(1 for _ in islice(filter(str.isalnum, text), letters)) == letters


def _status_of_batch(found: Found) -> tuple[Status, str]:
    count = len(found.parts)
    said = "1 file in it; it is read by itself." if count == 1 else f"{count} files in it; each is read by itself."
    return (Status.partial if found.warnings else Status.ok), said


def _refused(refusal: Refusal, format: str) -> dict[str, Any]:
    format = "" if format == "textual" else format
    return {
        "status": refusal.status,
        "reason": refusal.reason,
        "format": format,
        "media_type": detection.MEDIA_TYPES.get(format, ""),
        "title": "",
        "language": "",
        "pages": None,
        "pages_with_text": None,
        "characters": 0,
        "sections": 0,
        "warnings": [],
        "metadata": {},
        "markdown": "",
        "text": "",
        "pictures": [],
        "parts": [],
    }


def _all_kept(value: Any) -> Any:
    return [_kept(str(part)) for part in value] if isinstance(value, list) else _kept(str(value))


def _line(text: str) -> str:
    return " ".join(_kept(text).translate(_ISOLATES).split())


def _kept(text: str) -> str:
    """The text without what is no text: control characters, lone surrogates, soft hyphens, marks of byte order, turns."""
    return storable(_NO_TEXT.sub("", text))


_NO_TEXT = re.compile("[\u00ad\ufeff\u202a-\u202e]")  # `storable` knows the rest
_ISOLATES = dict.fromkeys(range(8294, 8298))  # they turn the direction too: of use in a paragraph, not in a line


if __name__ == "__main__":
    main()
