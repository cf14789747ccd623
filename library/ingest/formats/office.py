"""DOCX, ODT and RTF, made ready for Pandoc; PPTX and EPUB, by ourselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from library.ingest import containers
from library.ingest.extraction import Found, Limits
from library.ingest.formats import epub, opendocument, pandoc, placing, rtf, word, xml
from library.ingest.formats.placing import Place

_READERS = {
    "docx": "docx",
    "odt": "odt",
    "rtf": "rtf",
}
CORE = "docProps/core.xml"


def read(path: Path, name: str, format: str, limits: Limits) -> Found:
    """What the office file or book at `path` holds. Works in the current folder. Raises Refusal."""
    if format == "epub":
        return epub.read(path, name)
    source = Path(f"source.{format}")
    if format == "rtf":
        content, inner = rtf.ready(path.read_bytes(), name)
        source.write_bytes(content)
        members, readied, marked = {}, [], [Place(str(number)) for number in range(1, len(inner) + 1)]
    else:
        members = containers.opened(path, name, format)
        if format == "pptx":
            return _presentation(members, path, name)
        readied = word.ready(members, name) if format == "docx" else []
        marked = opendocument.ready(members, name) if format == "odt" else []
        containers.write(members, source)
    converted = pandoc.convert(source, _READERS[format], name, limits)
    found = Found(converted.markdown, converted.text, title=converted.first("title"), language=converted.first("lang"))
    found.warnings = readied
    if format == "rtf":
        placing.settle(found, marked, lambda number, _: inner[number - 1])
    else:
        _place_pictures(found, marked or converted.places, path)
    match format:
        case "docx":
            found.title = found.title or _said(members, CORE, "title")
            found.language = _said(members, CORE, "language") or found.language
            found.warnings += _macros(members)
        case "odt":
            found.title = found.title or _said(members, "meta.xml", "title")
            found.language = _said(members, "meta.xml", "language") or found.language
    if format in ("docx", "odt") and converted.first("author"):  # lines of the text; RTF's is the machine's user
        found.metadata = {"authors": [a for a in converted.about["author"] if a.strip()]}
    return found


def _place_pictures(found: Found, places: Sequence[Place], path: Path) -> None:
    if not places:
        return
    with containers.Media(path) as media:
        placing.settle(found, places, lambda _, place: placing.of_data(place.source) or media.content(place.source))


def _presentation(members: dict[str, bytes], path: Path, name: str) -> Found:
    from library.ingest.formats import slides

    found = slides.read(members, path, name)
    found.title = _said(members, CORE, "title") or found.title
    found.language = _said(members, CORE, "language")
    found.warnings += _macros(members)
    return found


def _said(members: Mapping[str, bytes], member: str, field: str) -> str:
    """A Dublin Core field of a container's own description, or ""."""
    root = xml.parsed(members.get(member, b""))
    found = root.find(f".//{{{xml.DUBLIN_CORE}}}{field}") if root is not None else None
    return " ".join((found.text or "").split()) if found is not None else ""


def _macros(members: Iterable[str]) -> list[str]:
    if any(member.lower().endswith("vbaproject.bin") for member in members):
        return ["The file carries macros; they were not looked at."]
    return []
