"""Formulas of office files (OMML of Word, MathML of OpenDocument) as TeX, all of a file by one call of Pandoc."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from lxml import etree

from library.ingest import containers
from library.ingest.extraction import Limits, Refusal, Status
from library.ingest.formats import pandoc
from library.ingest.formats.nodes import Node
from library.ingest.formats.xml import Element

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"
_STYLES = "<office:styles/><office:automatic-styles/><office:master-styles/>"  # Pandoc refuses a file without


def node(letters: str) -> Node:
    """A formula of which no more is known than the letters in it."""
    return {"t": "Math", "c": [{"t": "InlineMath"}, letters]}


def of_word(formulas: Sequence[tuple[Element, Node]], name: str, limits: Limits) -> None:
    """Put the TeX of each OMML formula into its node. One that Pandoc cannot read keeps its letters."""
    if not formulas:
        return
    lines = b"".join(
        b"<w:p><w:r><w:t>%d </w:t></w:r>%s</w:p>" % (number, etree.tostring(one, with_tail=False))
        for number, (one, _) in enumerate(formulas)
    )
    document = b'<w:document xmlns:w="%s"><w:body>%s</w:body></w:document>' % (_WORD.encode(), lines)
    relations = (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}" Target="word/document.xml"/></Relationships>'
    )
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>'.encode(),
        "_rels/.rels": relations.encode(),
        "word/document.xml": document,
    }
    _settle(members, "docx", [said for _, said in formulas], name, limits)


def of_opendocument(formulas: Sequence[tuple[bytes, Node]], name: str, limits: Limits) -> None:
    """Put the TeX of each MathML formula, the content of an embedded object, into its node."""
    if not formulas:
        return
    lines = "".join(
        f'<text:p>{number} <draw:frame><draw:object xlink:href="./Object {number}"/></draw:frame></text:p>'
        for number in range(len(formulas))
    )
    content = (
        f'<office:document-content xmlns:office="{_OPEN}:office:1.0" xmlns:text="{_OPEN}:text:1.0"'
        f' xmlns:draw="{_OPEN}:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"><office:body><office:text>'
        f"{lines}</office:text></office:body></office:document-content>"
    )
    members = {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": content.encode(),
        "styles.xml": f'<office:document-styles xmlns:office="{_OPEN}:office:1.0">{_STYLES}</office:document-styles>'.encode(),
    }
    members |= {f"Object {number}/content.xml": mathml for number, (mathml, _) in enumerate(formulas)}
    _settle(members, "odt", [said for _, said in formulas], name, limits)


def _settle(members: dict[str, bytes], format: str, nodes: Sequence[Node], name: str, limits: Limits) -> None:
    source = Path(f"formulas.{format}")
    containers.write(members, source)
    try:
        blocks = pandoc.tree_of(source, format, name, limits)["blocks"]
    except Refusal as refusal:
        if refusal.status is not Status.corrupt:
            raise
        return  # a formula that is broken breaks the others' TeX, not the text around it
    for block in blocks:
        inlines = block["c"] if block["t"] in ("Para", "Plain") else []
        found = next((inline for inline in inlines if inline["t"] == "Math"), None)
        place = inlines[0]["c"] if inlines and inlines[0]["t"] == "Str" else ""
        if found is not None and re.fullmatch(r"\d{1,6}", place) and int(place) < len(nodes):
            nodes[int(place)]["c"][1] = found["c"][1]
