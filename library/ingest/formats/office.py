"""Office files and books: DOCX, ODT, RTF, PPTX, EPUB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from library.ingest import containers
from library.ingest.extraction import Found, Limits
from library.ingest.formats import epub, opendocument_text, placing, rtf, rtf_text, word, xml
from library.ingest.formats.converting import Converted, converted
from library.ingest.formats.placing import Place

CORE = "docProps/core.xml"
_DC = "{http://purl.org/dc/elements/1.1/}"


def read(path: Path, name: str, format: str, limits: Limits) -> Found:
    """What the office file or book at `path` holds. Works in the current folder. Raises Refusal."""
    match format:
        case "rtf":
            return _rich_text(path, name)
        case "docx":
            return _word(path, name, limits)
        case "odt":
            return _open_document(path, name, limits)
        case "pptx":
            return _presentation(path, name)
    return epub.read(path, name)


def _rich_text(path: Path, name: str) -> Found:
    content, inner = rtf.ready(path.read_bytes(), name)
    found = _found(converted(lambda: rtf_text.tree(content, name), name))
    found.metadata = {}  # whom it calls its author is the machine's user
    marked = [Place(str(number)) for number in range(1, len(inner) + 1)]
    placing.settle(found, marked, lambda number, _: inner[number - 1])
    return found


def _word(path: Path, name: str, limits: Limits) -> Found:
    members = containers.opened(path, name, "docx")
    document = word.Document(members, name)
    read = converted(lambda: document.tree(limits), name)
    found = _found(read)
    found.title = found.title or _said(members, CORE, "title")
    found.language = _said(members, CORE, "language") or found.language
    found.warnings = [*document.warnings, *_macros(members)]
    _place_pictures(found, read.places, path)
    return found


def _open_document(path: Path, name: str, limits: Limits) -> Found:
    members = containers.opened(path, name, "odt")
    read = converted(lambda: opendocument_text.tree(members, name, limits), name)
    found = _found(read)
    found.title = found.title or _said(members, "meta.xml", "title")
    found.language = _said(members, "meta.xml", "language") or found.language
    _place_pictures(found, read.places, path)
    return found


def _presentation(path: Path, name: str) -> Found:
    from library.ingest.formats import slides

    members = containers.opened(path, name, "pptx")
    found = slides.read(members, path, name)
    found.title = _said(members, CORE, "title") or found.title
    found.language = _said(members, CORE, "language")
    found.warnings += _macros(members)
    return found


def _found(read: Converted) -> Found:
    found = Found(read.markdown, read.text, title=read.first("title"), language=read.first("lang"))
    found.metadata = {"authors": read.authors()} if read.authors() else {}
    return found


def _place_pictures(found: Found, places: Sequence[Place], path: Path) -> None:
    if not places:
        return
    with containers.Media(path) as media:
        placing.settle(found, places, lambda _, place: placing.of_data(place.source) or media.content(place.source))


def _said(members: Mapping[str, bytes], member: str, field: str) -> str:
    """A Dublin Core field of a container's own description, or ""."""
    root = xml.parsed(members.get(member, b""))
    found = root.find(f".//{_DC}{field}") if root is not None else None
    return " ".join((found.text or "").split()) if found is not None else ""


def _macros(members: Iterable[str]) -> list[str]:
    if any(member.lower().endswith("vbaproject.bin") for member in members):
        return ["The file carries macros; they were not looked at."]
    return []
