"""DOCX, PPTX and XLSX without properties, comments, earlier wordings, hidden text, editing sessions and machines' names.

Tracked changes are accepted: what was deleted is gone, what was inserted stands. ECMA-376 part 1.
"""

from __future__ import annotations

import re

from lxml import etree

from library.ingest.cleaning import pictures
from library.ingest.cleaning.packages import (
    Members,
    is_local,
    local_name,
    rewritten,
    within,
    without_places,
    written,
    xml,
)
from library.ingest.extraction import Refusal
from library.ingest.formats.xml import removed, unwrapped

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES, _RELATIONS = "[Content_Types].xml", ".rels"
_PICTURE = re.compile(r"(?i)\.(?:png|jpe?g|jfif|gif|tiff?|bmp|webp|emf|wmf)$")
_DROPPED = re.compile(
    r"""(?xi)
    ^docProps/ | ^docMetadata/ | ^customXml/ | ^_xmlsignatures/ | ^\[trash\]/ | ^package/
    | ^word/(?:comments\w*|people|vbaData|webSettings|stylesWithEffects)\.xml$ | (?:^|/)vbaProject(?:Signature\w*)?\.bin$
    | (?:^|/)printerSettings | ^ppt/(?:commentAuthors|authors|revisionInfo)\.xml$
    | ^ppt/(?:comments|changesInfos|tags|customXml)/ | ^xl/comments\d*\.xml$ | ^xl/(?:threadedComments|persons|revisions)/
    | ^xl/(?:comments|customProperty|queryTables)/ | ^xl/connections\.xml$ | ^xl/drawings/vmlDrawing\d*\.vml$
    | (?:^|/)thumbnail\.\w+$ | \.DS_Store$
    """
)
_GONE = frozenset({  # with all that is in them
    "del", "moveFrom", "commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef",
    "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "trPrChange", "tcPrChange",
    "tblGridChange", "numberingChange", "cellIns", "cellDel", "cellMerge", "moveFromRangeStart", "moveFromRangeEnd",
    "moveToRangeStart", "moveToRangeEnd", "customXmlInsRangeStart", "customXmlInsRangeEnd", "customXmlDelRangeStart",
    "customXmlDelRangeEnd", "rsids", "attachedTemplate", "docVars", "mailMerge", "docId", "dataBinding", "trackRevisions",
    "fileSharing", "absPath", "fileVersion", "custDataLst", "cmAuthorLst", "modifyVerifier", "legacyDrawing",
    "writeProtection", "documentProtection",
})  # fmt: skip
_UNWRAPPED = frozenset({"ins", "moveTo"})
_PEOPLE = frozenset({"author", "initials", "date", "userName", "userId", "lastModifiedBy", "dateUtc"})


def cleaner(members: Members, name: str) -> Members:
    """The package's members as they may be given out."""
    kept = {member: content for member, content in members.items() if not _DROPPED.search(member)}
    hidden = _hiding_styles(kept)
    return {member: _part(member, content, kept, hidden, name) for member, content in kept.items()}


def _part(member: str, content: bytes, kept: Members, hidden: frozenset[str], name: str) -> bytes:
    if member == _TYPES:
        return _types(content, kept)
    if member.endswith(_RELATIONS):
        return _relations(member, content, kept)
    if _PICTURE.search(member):
        return pictures.member(content, member)
    if member.lower().endswith((".xml", ".vml", ".svg")):
        try:
            return _markup(content, hidden)
        except etree.XMLSyntaxError:
            return b""
    if content.startswith(b"PK\x03\x04"):  # a document within: its sheet behind a chart, say
        try:
            return rewritten(content, name, cleaner)
        except Refusal:
            return b""
    return content if "/fonts/" in member else b""


def _types(content: bytes, kept: Members) -> bytes:
    root = xml(content)
    for element in list(root):
        part = element.get("PartName", "").lstrip("/")
        if part and part not in kept:
            root.remove(element)
    return written(root)


def _relations(member: str, content: bytes, kept: Members) -> bytes:
    """Relations to parts that are there; an address on a machine leads nowhere, but its id is still asked for."""
    root = xml(content)
    folder = member.replace("_rels/", "", 1) if member.startswith("_rels/") else member.replace("/_rels/", "/", 1)
    for relation in list(root):
        target = relation.get("Target", "")
        if relation.get("TargetMode") == "External":
            if is_local(target) or relation.get("Type", "").endswith("/attachedTemplate"):
                relation.set("Target", "about:blank")
        elif target and within(folder, target) not in kept and target.lstrip("/") not in kept:
            root.remove(relation)
    return written(root)


def _markup(content: bytes, hidden: frozenset[str]) -> bytes:
    root = xml(content)
    for element in list(root.iter(etree.Element)):
        if element.getparent() is None:
            continue
        name = local_name(element)
        if name in _GONE or (name == "r" and _is_hidden(element, hidden)):
            removed(element)
        elif name in _UNWRAPPED and element.tag == f"{{{_W}}}{name}":
            # Within a paragraph's or row's properties it is a mark and holds nothing.
            unwrapped(element) if len(element) else removed(element)
        elif name in ("instrText", "delInstrText") and is_local(element.text or ""):
            element.text = ""
    for element in root.iter(etree.Element):
        for key in list(element.attrib):
            attribute = etree.QName(key).localname
            if attribute.lower().startswith("rsid") or attribute in _PEOPLE:
                del element.attrib[key]
    without_places(root)
    return written(root)


def _is_hidden(run: etree._Element, hidden: frozenset[str]) -> bool:
    properties = run.find(f"{{{_W}}}rPr")
    return properties is not None and (_vanishes(properties) or _style(properties) in hidden)


def _vanishes(properties: etree._Element) -> bool:
    mark = properties.find(f"{{{_W}}}vanish")
    return mark is not None and mark.get(f"{{{_W}}}val", "true") not in ("0", "false", "off")


def _style(properties: etree._Element) -> str:
    style = properties.find(f"{{{_W}}}rStyle")
    return "" if style is None else style.get(f"{{{_W}}}val", "")


def _hiding_styles(members: Members) -> frozenset[str]:
    """Ids of character styles whose text is not shown."""
    try:
        root = xml(members["word/styles.xml"])
    except (KeyError, etree.XMLSyntaxError):
        return frozenset()
    found = set()
    for style in root.iter(f"{{{_W}}}style"):
        properties = style.find(f"{{{_W}}}rPr")
        if properties is not None and _vanishes(properties):
            found.add(style.get(f"{{{_W}}}styleId", ""))
    return frozenset(found - {""})
