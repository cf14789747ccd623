"""DOCX, ODT, PPTX, EPUB and RTF, by Pandoc."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

from lxml import etree

from library.ingest import containers
from library.ingest.extraction import Found, Limits
from library.ingest.formats import pandoc, placing, rtf

_READERS = {
    "docx": "docx",
    "odt": "odt",
    "pptx": "pptx",
    "rtf": "rtf",
    "epub": "epub-raw_html-native_divs-native_spans",
}
_DC = "{http://purl.org/dc/elements/1.1/}"


def read(path: Path, name: str, format: str, limits: Limits) -> Found:
    """What the office file or book at `path` holds. Works in the current folder. Raises Refusal."""
    source = Path(f"source.{format}")
    if format == "rtf":
        rtf.write_in_unicode(path, source, name)
        members: list[str] = []
    else:
        members = containers.cleaned(path, source, name, format)
    converted = pandoc.convert(source, _READERS[format], name, limits)
    found = Found(converted.markdown, converted.text, title=converted.first("title"), language=converted.first("lang"))
    _place_pictures(found, converted, path, format)
    match format:
        case "docx" | "pptx":
            found.title = found.title or _of_core(source, "title")
            found.language = _of_core(source, "language") or found.language
            found.warnings += _macros(members)
        case "odt":
            found.title = found.title or _of_member(source, "meta.xml", "title")
            found.language = _of_member(source, "meta.xml", "language") or found.language
        case "epub":
            found.metadata = {"authors": [a for a in converted.about.get("author") or [] if a.strip()]}
    if format == "pptx":
        found.pages = sum(1 for member in members if re.fullmatch(r"ppt/slides/slide\d+\.xml", member))
        found.pages_with_text = found.pages
    if format in ("docx", "odt", "rtf") and converted.first("author"):
        found.metadata = {"authors": [a for a in converted.about["author"] if a.strip()]}
    return found


def _place_pictures(found: Found, converted: pandoc.Converted, path: Path, format: str) -> None:
    places = converted.places
    if not places:
        return
    if format == "rtf":
        placing.settle(found, places, lambda number, _: _bytes_of(Path(f"picture-{number}")))
        return
    if format == "pptx":
        places = [replace(place, title="") for place in places]  # a name that the program gave
    with containers.Media(path) as media:
        placing.settle(found, places, lambda _, place: placing.of_data(place.source) or media.content(place.source))


def _bytes_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _of_core(source: Path, field: str) -> str:
    return _of_member(source, "docProps/core.xml", field)


def _of_member(source: Path, member: str, field: str) -> str:
    """A Dublin Core field of a container's own description, or ""."""
    with zipfile.ZipFile(source) as archive:
        if member not in archive.namelist():
            return ""
        content = archive.read(member)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return ""
    found = root.find(f".//{_DC}{field}") if root is not None else None
    return " ".join((found.text or "").split()) if found is not None else ""


def _macros(members: list[str]) -> list[str]:
    if any(member.lower().endswith("vbaproject.bin") for member in members):
        return ["The file carries macros; they were not looked at."]
    return []
