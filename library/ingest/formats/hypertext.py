"""A page's elements as the blocks and inlines that `tree` renders: what each element of HTML means to the text.

A box (`div`, `section`, ...) is no more than a border between paragraphs; an element that nobody knows, no more than what
is in it.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from lxml import etree

from library.ingest.formats import mathml
from library.ingest.formats.documents import Element
from library.ingest.formats.flow import ATTRIBUTES, EDGES, Act, Flow
from library.ingest.formats.footnotes import Footnotes, types
from library.ingest.formats.listed import definitions, items
from library.ingest.formats.nodes import Node
from library.ingest.formats.tabled import table

_UNSAFE = re.compile(r"[\s<>|\"{}\[\]^`]")


def blocks_of(element: Element, notes: Footnotes | None = None, page: str = "") -> list[Node]:
    """The blocks of what is in `element`, of the book's member `page`. Raises TooDeep."""
    flow = Flow(_ACTS, notes or Footnotes(), page)
    flow.within(element)
    flow.end_paragraph()
    return flow.blocks


def _emphasis(flow: Flow, element: Element) -> None:
    name = _WRAPS[element.tag]
    flow.wrapped(element, lambda inlines: {"t": name, "c": inlines})


def _quotation(flow: Flow, element: Element) -> None:
    kind = {"t": "SingleQuote" if flow.quotes % 2 else "DoubleQuote"}
    flow.quotes += 1
    flow.wrapped(element, lambda inlines: {"t": "Quoted", "c": [kind, inlines]})
    flow.quotes -= 1


def _link(flow: Flow, element: Element) -> None:
    note = flow.notes.of(element)
    if note is not None:
        flow.put({"t": "Note", "c": _note(flow, *note)})
        return
    if flow.notes.leads_back(element):
        return
    target = _address(element.get("href") or "")
    if target:
        flow.wrapped(element, lambda inlines: _linked(inlines, target))
    else:
        flow.within(element)


def _note(flow: Flow, page: str, element: Element) -> list[Node]:
    inner = Flow(flow.acts, flow.notes, page, flow.depth)
    inner.within(element)
    inner.end_paragraph()
    return inner.blocks


def _code(flow: Flow, element: Element) -> None:
    if flow.in_code or next(element.iter(*_BLOCKS), None) is not None:
        flow.within(element)
        return
    flow.in_code = True
    flow.within(element)
    flow.in_code = False


def _switch(flow: Flow, element: Element) -> None:
    """The way out of several that everybody can read."""
    ways = [child for child in element if child.tag in ("case", "default", "epub:case", "epub:default")]
    known = [way for way in ways if "MathML" in (way.get("required-namespace") or "")]
    for way in known[:1] or ways[-1:]:
        flow.within(way)


def _line_break(flow: Flow, element: Element) -> None:
    flow.settle()
    inlines = flow.inlines[-1]
    if inlines and inlines[-1]["t"] == "Str":
        inlines[-1] = {"t": "Str", "c": inlines[-1]["c"].rstrip(EDGES)}
    flow.put({"t": "LineBreak"})


def _picture(flow: Flow, element: Element) -> None:
    _image(flow, element.get("src") or "", element.get("alt") or "", element.get("title") or "")


def _image(flow: Flow, source: str, alt: str, title: str = "") -> None:
    said = [{"t": "Str", "c": alt}] if alt.strip() else []
    flow.put({"t": "Image", "c": [ATTRIBUTES, said, [flow.notes.address(source, flow.page), title]]})


def _drawing(flow: Flow, element: Element) -> None:
    """An `svg`: the pictures that it shows, else its words."""
    shown = list(element.iter("image"))
    for image in shown:
        source = image.get("href") or image.get("{http://www.w3.org/1999/xlink}href") or image.get("xlink:href")
        if source:
            _image(flow, source, " ".join("".join(t.itertext()) for t in element.iter("title")))
    for text in element.iter("text", "foreignobject", "foreignObject", *(() if shown else ("title", "desc"))):
        flow.end_paragraph()
        flow.within(text)
    flow.end_paragraph()


def _formula(flow: Flow, element: Element) -> None:
    if said := mathml.said(element):
        flow.put({"t": "Math", "c": [{"t": "InlineMath"}, said]})


def _ruby(flow: Flow, element: Element) -> None:
    """The words, then in brackets how they are read: the reading of each letter would tear the word apart."""
    readings = ["".join(e.itertext()).strip(EDGES) for e in element.iter("rt")]
    flow.within(element)
    if any(readings):
        flow.say(f"({''.join(readings)})")


def _nothing(flow: Flow, element: Element) -> None:
    """Neither read nor shown."""


def _way(flow: Flow, element: Element) -> None:
    """A `nav`; in a book, a list of what it holds says what its headings say."""
    if not (flow.page and types(element) & _CONTENTS):
        _box(flow, element)


def _box(flow: Flow, element: Element) -> None:
    flow.end_paragraph()
    flow.within(element)
    flow.end_paragraph()


def _paragraph(flow: Flow, element: Element) -> None:
    flow.end_paragraph()
    before, flow.kind = flow.kind, "Para"
    flow.within(element)
    flow.end_paragraph()
    flow.kind = before


def _heading(flow: Flow, element: Element) -> None:
    line = flow.line_within(element)
    if line:
        flow.blocks.append({"t": "Header", "c": [int(element.tag[1]), ATTRIBUTES, line]})


def _rule(flow: Flow, element: Element) -> None:
    flow.end_paragraph()
    flow.blocks.append({"t": "HorizontalRule"})


def _preformatted(flow: Flow, element: Element) -> None:
    flow.end_paragraph()
    parts: list[str] = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            parts += ["\n" if inner.tag in ("br", "div", "p") else "", inner.text or ""]
        elif inner is not element:
            parts.append(inner.tail or "")
    text = "".join(parts).replace("\r\n", "\n").strip("\n")
    if text.strip():
        flow.blocks.append({"t": "CodeBlock", "c": [ATTRIBUTES, text.expandtabs(4)]})
    for image in element.iter("img"):
        _picture(flow, image)
    flow.end_paragraph()


def _quoted_block(flow: Flow, element: Element) -> None:
    if blocks := flow.blocks_within(element):
        flow.blocks.append({"t": "BlockQuote", "c": blocks})


def _figure(flow: Flow, element: Element) -> None:
    """What it shows, then its caption, wherever that stands."""
    captions = [child for child in element if child.tag == "figcaption"]
    flow.end_paragraph()
    if element.text:
        flow.say(element.text)
    for child in element:
        if child not in captions:
            flow.element(child)
        if child.tail:
            flow.say(child.tail)
    for caption in captions:
        flow.element(caption)
    flow.end_paragraph()


def _linked(inlines: list[Node], target: str) -> Node:
    """A link; none around what may show nothing, a picture of which nothing is said."""
    if all(inline["t"] == "Image" and not (inline["c"][1] or inline["c"][2][1]) for inline in inlines):
        return {"t": "Span", "c": [ATTRIBUTES, inlines]}
    return {"t": "Link", "c": [ATTRIBUTES, inlines, [target, ""]]}


def _address(target: str) -> str:
    target = re.sub(r"[\t\n\r]+", "", target.strip())
    return _UNSAFE.sub(lambda found: quote(found[0]), target)


_CONTENTS = {"toc", "landmarks", "page-list", "lot", "loi", "doc-toc", "doc-pagelist"}
_WRAPS = {
    "em": "Emph", "i": "Emph", "strong": "Strong", "b": "Strong", "sup": "Superscript", "sub": "Subscript",
    "del": "Strikeout", "s": "Strikeout", "strike": "Strikeout", "ins": "Underline", "u": "Underline",
}  # fmt: skip
_CODES = ("code", "tt", "samp", "var")
_NOTHING = ("script", "style", "template", "head", "title", "iframe", "param", "rt", "rp", "rtc", "col", "colgroup")
_BOXES = (
    "address", "article", "aside", "body", "caption", "center", "dd", "details", "dialog", "div", "dt", "fieldset",
    "figcaption", "footer", "form", "header", "hgroup", "legend", "li", "main", "noframes", "optgroup",
    "option", "search", "section", "summary", "tbody", "td", "tfoot", "th", "thead", "tr",
)  # fmt: skip
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LISTS = ("ul", "ol", "menu", "dir")
_BLOCKS = (*_BOXES, *_HEADINGS, *_LISTS, "p", "dl", "table", "pre", "blockquote", "figure", "hr")
_ACTS: dict[str, Act] = {
    **dict.fromkeys(_WRAPS, _emphasis),
    **dict.fromkeys(_CODES, _code),
    **dict.fromkeys(_NOTHING, _nothing),
    **dict.fromkeys(_BOXES, _box),
    **dict.fromkeys(_HEADINGS, _heading),
    **dict.fromkeys(_LISTS, items),
    "a": _link,
    "blockquote": _quoted_block,
    "br": _line_break,
    "dl": definitions,
    "figure": _figure,
    "hr": _rule,
    "img": _picture,
    "epub:switch": _switch,
    "math": _formula,
    "nav": _way,
    "switch": _switch,
    "p": _paragraph,
    "pre": _preformatted,
    "q": _quotation,
    "ruby": _ruby,
    "svg": _drawing,
    "table": table,
}  # fmt: skip
