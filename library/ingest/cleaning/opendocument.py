"""ODT, ODS and ODP without metadata, notes of reviewers, earlier wordings, printers, macros. OASIS OpenDocument 1.3."""

from __future__ import annotations

import re

from lxml import etree

from library.ingest.cleaning import pictures
from library.ingest.cleaning.packages import Members, local_name, without_places, written, xml
from library.ingest.formats.xml import removed

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_MANIFEST = "META-INF/manifest.xml"
_DROPPED = re.compile(
    r"(?i)^(?:Thumbnails|Basic|Scripts|Configurations2|VersionList\.xml|layout-cache|.*\.rdf$)|^META-INF/(?!manifest\.xml$)"
)
_PICTURE = re.compile(r"(?i)\.(?:png|jpe?g|gif|tiff?|bmp|webp|emf|wmf)$")
_GONE = frozenset({
    "annotation", "annotation-end", "tracked-changes", "change", "change-start", "change-end", "change-info", "scripts",
    "script", "event-listeners", "hidden-text", "hidden-paragraph", "creator", "initial-creator", "printed-by",
    "user-defined", "editing-cycles", "editing-duration", "generator", "creation-date", "print-date", "template",
})  # fmt: skip
_FIELDS_SHOWN = frozenset({"urn:oasis:names:tc:opendocument:xmlns:text:1.0"})  # their text is seen on the page


def cleaner(members: Members, name: str) -> Members:
    """The package's members as they may be given out, `mimetype` first."""
    kept = {member: content for member, content in members.items() if not _DROPPED.search(member)}
    first = {"mimetype": kept["mimetype"]} if "mimetype" in kept else {}
    return first | {member: _part(member, content, kept) for member, content in kept.items()}


def _part(member: str, content: bytes, kept: Members) -> bytes:
    last = member.rpartition("/")[2]
    if member == "mimetype":
        return content
    if last in ("meta.xml", "settings.xml"):
        return _empty("meta" if last == "meta.xml" else "settings")
    if member == _MANIFEST:
        return _manifest(content, kept)
    if _PICTURE.search(member):
        return pictures.member(content, member)
    if last.lower().endswith((".xml", ".svg")):
        try:
            return _markup(content)
        except etree.XMLSyntaxError:
            return b""
    # A replacement picture of an object has no ending; other bytes are embedded objects of other programs.
    return pictures.member(content, member) if member.startswith(("Pictures/", "ObjectReplacements/")) else b""


def _empty(kind: str) -> bytes:
    root = etree.Element(f"{{{_OFFICE}}}document-{kind}", nsmap={"office": _OFFICE})
    root.set(f"{{{_OFFICE}}}version", "1.3")
    etree.SubElement(root, f"{{{_OFFICE}}}{kind}")
    return written(root)


def _manifest(content: bytes, kept: Members) -> bytes:
    root = xml(content)
    for entry in list(root):
        path = next((str(value) for key, value in entry.attrib.items() if str(key).endswith("full-path")), "")
        if path and not path.endswith("/") and path not in kept:
            root.remove(entry)
    return written(root)


def _markup(content: bytes) -> bytes:
    root = xml(content)
    for element in list(root.iter(etree.Element)):
        space = etree.QName(element).namespace
        name = local_name(element)
        shown = space in _FIELDS_SHOWN and name not in ("tracked-changes", "hidden-text", "hidden-paragraph")
        if name in _GONE and not (shown and not name.startswith("change")):
            removed(element)
    without_places(root)
    return written(root)
