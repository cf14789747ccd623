"""DOCX, ODT and PPTX, by ourselves; EPUB and RTF, by Pandoc."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from library.ingest import containers
from library.ingest.extraction import Found, Limits
from library.ingest.formats import opendocument_text, pandoc, placing, rtf, rtf_text, word, xml
from library.ingest.formats.pandoc import Converted
from library.ingest.formats.placing import Place

_READERS = {
    "rtf": "rtf",
    "epub": "epub-raw_html-native_divs-native_spans",
}
CORE = "docProps/core.xml"
_DC = "{http://purl.org/dc/elements/1.1/}"


def read(path: Path, name: str, format: str, limits: Limits) -> Found:
    """What the office file or book at `path` holds. Works in the current folder. Raises Refusal."""
    members, warnings, inner = dict[str, bytes](), list[str](), list[bytes]()
    marked: list[Place] = []
    match format:
        case "rtf":
            content, inner = rtf.ready(path.read_bytes(), name)
            marked = [Place(str(number)) for number in range(1, len(inner) + 1)]
            converted = pandoc.converted(lambda: rtf_text.tree(content, name), name)
        case "docx":
            members = containers.opened(path, name, format)
            document = word.Document(members, name)
            converted = pandoc.converted(lambda: document.tree(limits), name)
            warnings = document.warnings
        case "pptx":
            return _presentation(containers.opened(path, name, format), path, name)
        case "odt":
            members = containers.opened(path, name, format)
            converted = pandoc.converted(lambda: opendocument_text.tree(members, name, limits), name)
        case _:
            members = containers.opened(path, name, format)
            converted = _by_pandoc(format, lambda source: containers.write(members, source), name, limits)
    found = Found(converted.markdown, converted.text, title=converted.first("title"), language=converted.first("lang"))
    found.warnings = warnings
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
        case "epub":
            found.metadata = {"authors": [a for a in converted.about.get("author") or [] if a.strip()]}
    if format in ("docx", "odt") and converted.first("author"):  # lines of the text; RTF's is the machine's user
        found.metadata = {"authors": [a for a in converted.about["author"] if a.strip()]}
    return found


def _by_pandoc(format: str, write: Callable[[Path], object], name: str, limits: Limits) -> Converted:
    source = Path(f"source.{format}")
    write(source)
    return pandoc.convert(source, _READERS[format], name, limits)


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
    found = root.find(f".//{_DC}{field}") if root is not None else None
    return " ".join((found.text or "").split()) if found is not None else ""


def _macros(members: Iterable[str]) -> list[str]:
    if any(member.lower().endswith("vbaproject.bin") for member in members):
        return ["The file carries macros; they were not looked at."]
    return []
