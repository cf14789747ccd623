"""A tree of HTML or XHTML elements as the blocks and inlines that `tree` renders.

A box (`div`, `section`, ...) is no more than a border between paragraphs. An emphasis or a link around whole paragraphs
is opened again in each of them. Blanks collapse as browsers do it, across the borders of inline elements.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from lxml import etree

from library.ingest.formats import formulas, nodes
from library.ingest.formats.documents import Element
from library.ingest.formats.footnotes import Footnotes, types
from library.ingest.formats.nodes import Node

Wrap = Callable[[list[Node]], Node]
Definition = tuple[list[Node], list[list[Node]]]  # a term, and each of its meanings

DEEPEST = 200  # elements within elements; a person's page has some thirty
MOST_SPANNED = 500  # columns or rows of one cell
LAST_NUMBER = 999_999_999  # of a list's items, in Markdown
_ATTRIBUTES: list[Any] = ["", [], []]
_BLANKS = re.compile(r" ?[\t\n\r\f][ \t\n\r\f]*|  [ \t\n\r\f]*")
_EDGES = " \t\n\r\f"
# Between these a line's end is none of the text: they are written without blanks.
_IDEOGRAPHIC = "\u2e80-\u30ff\u31f0-\u9fff\uf900-\ufaff\uff01-\uff9f\U00020000-\U0003ffff"
_LINE_END = re.compile(rf"(?<=[{_IDEOGRAPHIC}])[ \t\r\f]*\n[ \t\n\r\f]*(?=[{_IDEOGRAPHIC}])")
_UNSAFE = re.compile(r"[\s<>|\"{}\[\]^`]")


class TooDeep(Exception):
    """Elements are nested beyond DEEPEST."""


def blocks_of(element: Element, notes: Footnotes | None = None, page: str = "") -> list[Node]:
    """The blocks of what is in `element`, of the book's member `page`. Raises TooDeep."""
    writer = _Writer(notes or Footnotes(), page)
    writer.within(element)
    writer.end_paragraph()
    return writer.blocks


class _Writer:
    """Walks a tree and gathers `blocks`; the paragraph under way is in `_inlines`, a list for each wrap that is open."""

    def __init__(self, notes: Footnotes, page: str, depth: int = 0) -> None:
        self.blocks: list[Node] = []
        self._notes, self._page, self._depth = notes, page, depth
        self._said: list[str] = []  # words that are not yet in `_inlines`: pieces of text make one
        self._wraps: list[Wrap] = []
        self._inlines: list[list[Node]] = [[]]
        self._kind = "Plain"
        self._after_blank = True
        self._quotes = 0
        self._in_code = False

    def within(self, element: Element) -> None:
        """What is in `element`, its own text and that of its children."""
        if element.text:
            self._say(element.text)
        for child in element:
            self._element(child)
            if child.tail:
                self._say(child.tail)

    def end_paragraph(self) -> None:
        """Close the paragraph under way; what wraps it goes on in the next one."""
        self._settle()
        while len(self._inlines) > 1:
            self._close(self._wraps[len(self._inlines) - 2])
        if any(inline["t"] != "Str" or inline["c"].strip(_EDGES) for inline in self._inlines[0]):
            self.blocks.append({"t": self._kind, "c": self._inlines[0]})
        self._inlines = [[] for _ in range(len(self._wraps) + 1)]
        self._after_blank = True

    def _element(self, element: Element) -> None:
        tag = element.tag
        if not isinstance(tag, str) or (self._notes.placed and element in self._notes.placed):
            return
        self._depth += 1
        if self._depth > DEEPEST:
            raise TooDeep
        act = _ACTS.get(tag)
        if act is None:
            self.within(element)
        else:
            act(self, element)
        self._depth -= 1

    def _say(self, text: str) -> None:
        if "\n" in text and not text.isascii():
            text = _LINE_END.sub("", text)
        text = _BLANKS.sub(" ", text)
        if self._after_blank and text.startswith(" "):
            text = text[1:]
        if not text:
            return
        self._after_blank = text.endswith(" ")
        if self._in_code and text != " ":
            self._settle()
            self._inlines[-1] += _coded(text)
        else:
            self._said.append(text)

    def _settle(self) -> None:
        if self._said:
            self._inlines[-1].append({"t": "Str", "c": "".join(self._said)})
            self._said = []

    def _put(self, inline: Node) -> None:
        self._settle()
        self._inlines[-1].append(inline)
        self._after_blank = inline["t"] == "LineBreak"

    def _close(self, wrap: Wrap) -> None:
        """End the innermost wrap in this paragraph. Blanks at its edges stand outside: a mark touches its words."""
        self._settle()
        content = self._inlines.pop()
        before, after = "", ""
        if content and content[0]["t"] == "Str" and content[0]["c"].startswith(" "):
            before, content[0] = " ", {"t": "Str", "c": content[0]["c"][1:]}
        if content and content[-1]["t"] == "Str" and content[-1]["c"].endswith(" "):
            after, content[-1] = " ", {"t": "Str", "c": content[-1]["c"][:-1]}
        content = [inline for inline in content if inline.get("c") != ""]
        outer = self._inlines[-1]
        if before:
            outer.append({"t": "Str", "c": before})
        if content and all(inline["t"] == "Note" for inline in content):
            outer += content  # raised by itself
        elif content:
            outer.append(wrap(content))
        if after:
            outer.append({"t": "Str", "c": after})

    def _wrapped(self, element: Element, wrap: Wrap) -> None:
        self._settle()
        self._wraps.append(wrap)
        self._inlines.append([])
        self.within(element)
        self._close(self._wraps.pop())

    @contextmanager
    def _apart(self, kind: str = "Plain") -> Iterator[list[Node]]:
        """What is said within becomes blocks of their own, which are yielded rather than put among the others."""
        self.end_paragraph()
        outer, self.blocks = self.blocks, []
        before, self._kind = self._kind, kind
        try:
            yield self.blocks
            self.end_paragraph()
        finally:
            self.blocks, self._kind = outer, before

    def _blocks_within(self, element: Element) -> list[Node]:
        with self._apart() as blocks:
            self.within(element)
        return blocks

    def _blocks_of(self, parts: Iterable[Any]) -> list[Node]:
        """Blocks of elements and of texts (str) that stand side by side."""
        with self._apart() as blocks:
            for part in parts:
                if isinstance(part, str):
                    self._say(part)
                else:
                    self._element(part)
        return blocks

    def _line_within(self, element: Element) -> list[Node]:
        """What is in `element` as one line, whatever blocks there are in it."""
        return _as_line(self._blocks_within(element))

    # Inlines

    def emphasis(self, element: Element) -> None:
        name = _WRAPS[element.tag]
        self._wrapped(element, lambda inlines: {"t": name, "c": inlines})

    def quotation(self, element: Element) -> None:
        kind = {"t": "SingleQuote" if self._quotes % 2 else "DoubleQuote"}
        self._quotes += 1
        self._wrapped(element, lambda inlines: {"t": "Quoted", "c": [kind, inlines]})
        self._quotes -= 1

    def link(self, element: Element) -> None:
        note = self._notes.of(element)
        if note is not None:
            self._put({"t": "Note", "c": self._note(*note)})
            return
        if self._notes.leads_back(element):
            return
        target = _address(element.get("href") or "")
        if target:
            self._wrapped(element, lambda inlines: _link(inlines, target))
        else:
            self.within(element)

    def _note(self, page: str, element: Element) -> list[Node]:
        writer = _Writer(self._notes, page, self._depth)
        writer.within(element)
        writer.end_paragraph()
        return writer.blocks

    def code(self, element: Element) -> None:
        if self._in_code or next(element.iter(*_BLOCKS), None) is not None:
            self.within(element)
            return
        self._in_code = True
        self.within(element)
        self._in_code = False

    def switch(self, element: Element) -> None:
        """The way out of several that everybody can read."""
        ways = [child for child in element if child.tag in ("case", "default", "epub:case", "epub:default")]
        known = [way for way in ways if "MathML" in (way.get("required-namespace") or "")]
        for way in known[:1] or ways[-1:]:
            self.within(way)

    def line_break(self, element: Element) -> None:
        self._settle()
        inlines = self._inlines[-1]
        if inlines and inlines[-1]["t"] == "Str":
            inlines[-1] = {"t": "Str", "c": inlines[-1]["c"].rstrip(_EDGES)}
        self._put({"t": "LineBreak"})

    def picture(self, element: Element) -> None:
        self._image(element.get("src") or "", element.get("alt") or "", element.get("title") or "")

    def _image(self, source: str, alt: str, title: str = "") -> None:
        said = [{"t": "Str", "c": alt}] if alt.strip() else []
        self._put({"t": "Image", "c": [_ATTRIBUTES, said, [self._notes.address(source, self._page), title]]})

    def drawing(self, element: Element) -> None:
        """An `svg`: the pictures that it shows, else its words."""
        shown = list(element.iter("image"))
        for image in shown:
            source = image.get("href") or image.get("{http://www.w3.org/1999/xlink}href") or image.get("xlink:href")
            if source:
                self._image(source, " ".join("".join(t.itertext()) for t in element.iter("title")))
        for text in element.iter("text", "foreignobject", "foreignObject", *(() if shown else ("title", "desc"))):
            self.end_paragraph()
            self.within(text)
        self.end_paragraph()

    def formula(self, element: Element) -> None:
        if said := formulas.said(element):
            self._put({"t": "Math", "c": [{"t": "InlineMath"}, said]})

    def ruby(self, element: Element) -> None:
        """The words, then in brackets how they are read: the reading of each letter would tear the word apart."""
        readings = ["".join(e.itertext()).strip(_EDGES) for e in element.iter("rt")]
        self.within(element)
        if any(readings):
            self._say(f"({''.join(readings)})")

    def nothing(self, element: Element) -> None:
        """Neither read nor shown."""

    # Blocks

    def way(self, element: Element) -> None:
        """A `nav`; in a book, a list of what it holds says what its headings say."""
        if not (self._page and types(element) & _CONTENTS):
            self.box(element)

    def box(self, element: Element) -> None:
        self.end_paragraph()
        self.within(element)
        self.end_paragraph()

    def paragraph(self, element: Element) -> None:
        self.end_paragraph()
        before, self._kind = self._kind, "Para"
        self.within(element)
        self.end_paragraph()
        self._kind = before

    def heading(self, element: Element) -> None:
        line = self._line_within(element)
        if line:
            self.blocks.append({"t": "Header", "c": [int(element.tag[1]), _ATTRIBUTES, line]})

    def rule(self, element: Element) -> None:
        self.end_paragraph()
        self.blocks.append({"t": "HorizontalRule"})

    def preformatted(self, element: Element) -> None:
        self.end_paragraph()
        parts: list[str] = []
        for event, inner in etree.iterwalk(element, events=("start", "end")):
            if event == "start":
                parts += ["\n" if inner.tag in ("br", "div", "p") else "", inner.text or ""]
            elif inner is not element:
                parts.append(inner.tail or "")
        text = "".join(parts).replace("\r\n", "\n").strip("\n")
        if text.strip():
            self.blocks.append({"t": "CodeBlock", "c": [_ATTRIBUTES, text.expandtabs(4)]})
        for image in element.iter("img"):
            self.picture(image)
        self.end_paragraph()

    def quoted_block(self, element: Element) -> None:
        if blocks := self._blocks_within(element):
            self.blocks.append({"t": "BlockQuote", "c": blocks})

    def figure(self, element: Element) -> None:
        """What it shows, then its caption, wherever that stands."""
        captions = [child for child in element if child.tag == "figcaption"]
        self.end_paragraph()
        if element.text:
            self._say(element.text)
        for child in element:
            if child not in captions:
                self._element(child)
            if child.tail:
                self._say(child.tail)
        for caption in captions:
            self._element(caption)
        self.end_paragraph()

    def items(self, element: Element) -> None:
        """A list. What stands in it outside of items, such as a list within, belongs to the item before."""
        items: list[list[Node]] = []
        for whole, parts in itertools.groupby(_with_text(element), key=lambda part: _is(part, "li")):
            for run in ([part] for part in parts) if whole else [parts]:
                blocks = self._blocks_of(run)
                if items and not whole:
                    items[-1] += blocks
                elif blocks or whole:
                    items.append(blocks)
        if not any(items):
            return
        if element.tag == "ol":
            style = [_first_number(element), {"t": "Decimal"}, {"t": "Period"}]
            self.blocks.append({"t": "OrderedList", "c": [style, items]})
        else:
            self.blocks.append({"t": "BulletList", "c": items})

    def definitions(self, element: Element) -> None:
        defined: list[Definition] = []
        inside = (e for child in _with_text(element) for e in (_with_text(child) if _is(child, "div") else [child]))
        for kind, parts in itertools.groupby(inside, key=lambda part: "" if isinstance(part, str) else part.tag):
            for run in ([part] for part in parts) if kind in ("dt", "dd") else [parts]:
                blocks = self._blocks_of(run)
                if kind == "dt":
                    defined.append((_as_line(blocks), []))
                elif blocks:
                    defined = defined or [([], [])]
                    defined[-1][1].append(blocks)
        self.end_paragraph()
        if defined:
            self.blocks.append({"t": "DefinitionList", "c": [list(one) for one in _with_synonyms(defined)]})

    def table(self, element: Element) -> None:
        """A table; what stands in it outside of rows comes before it, as browsers show it."""
        self.end_paragraph()
        caption: list[Node] = []
        groups: dict[str, list[Any]] = {"thead": [], "tbody": [], "tfoot": []}
        for group, part in _table_parts(element):
            if isinstance(part, str):
                self._say(part)
            elif part.tag == "caption":
                caption += self._blocks_within(part)
            elif part.tag == "tr":
                if cells := self._cells(part):
                    groups[group].append(cells)
            elif isinstance(part.tag, str):
                self._element(part)
        self.end_paragraph()
        head, rows = groups["thead"], groups["tbody"]
        if not head and len(rows) > 1 and all(header for header, _ in rows[0]):
            head, rows = rows[:1], rows[1:]
        if not (head or rows or groups["tfoot"]):
            self.blocks += caption
            return
        rows_of = {
            name: [[_ATTRIBUTES, [cell for _, cell in row]] for row in group]
            for name, group in (("head", head), ("body", rows), ("foot", groups["tfoot"]))
        }
        body = [_ATTRIBUTES, 0, [], rows_of["body"]]
        table = [_ATTRIBUTES, [None, caption], [], [_ATTRIBUTES, rows_of["head"]], [body]]
        self.blocks.append({"t": "Table", "c": [*table, [_ATTRIBUTES, rows_of["foot"]]]})

    def _cells(self, row: Element) -> list[tuple[bool, list[Any]]]:
        """(whether it is a header, the cell) of each of a row's cells."""
        found = []
        for whole, parts in itertools.groupby(_with_text(row), key=lambda part: _is(part, "td", "th")):
            for run in ([part] for part in parts) if whole else [list(parts)]:
                blocks = self._blocks_of(run)
                if blocks or whole:
                    high, wide = (_spanned(run[0], name) for name in ("rowspan", "colspan"))
                    cell = [_ATTRIBUTES, {"t": "AlignDefault"}, high, wide, blocks]
                    found.append((_is(run[0], "th"), cell))
        return found


def _coded(text: str) -> list[Node]:
    """Code, blanks at its edges outside of it."""
    inner = text.strip(" ")
    before, after = text.startswith(" "), text.endswith(" ")
    blank = {"t": "Str", "c": " "}
    return [blank] * before + [{"t": "Code", "c": [_ATTRIBUTES, inner]}] + [blank] * after


def _with_synonyms(defined: list[Definition]) -> list[Definition]:
    """Terms that follow each other before one meaning as one entry; terms without any as they are."""
    found: list[Definition] = []
    waiting: list[Definition] = []
    for term, meanings in defined:
        waiting.append((term, meanings))
        if meanings:
            found.append((_joined([inlines for inlines, _ in waiting]), meanings))
            waiting = []
    return found + waiting


def _link(inlines: list[Node], target: str) -> Node:
    """A link; none around what may show nothing, a picture of which nothing is said."""
    if all(inline["t"] == "Image" and not (inline["c"][1] or inline["c"][2][1]) for inline in inlines):
        return {"t": "Span", "c": [_ATTRIBUTES, inlines]}
    return {"t": "Link", "c": [_ATTRIBUTES, inlines, [target, ""]]}


def _as_line(blocks: list[Node]) -> list[Node]:
    return _joined([inlines for block in blocks for inlines in nodes.lines_of(block)])


def _joined(lines: Iterable[Sequence[Node]]) -> list[Node]:
    return [inline for line in lines for inline in ({"t": "LineBreak"}, *line)][1:]


def _with_text(element: Element) -> Iterator[Any]:
    """What is in `element`, in order: its children, and as strings the text around them."""
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            yield child
        if child.tail:
            yield child.tail


def _is(part: Any, *tags: str) -> bool:
    return not isinstance(part, str) and part.tag in tags


def _table_parts(table: Element) -> Iterator[tuple[str, Any]]:
    """(group, part) of a table: its rows, its caption, and what has no business there."""
    for part in _with_text(table):
        if _is(part, "thead", "tbody", "tfoot"):
            yield from ((part.tag, inner) for inner in _with_text(part))
        elif _is(part, "form"):
            yield from (("tbody", inner) for inner in _with_text(part))
        else:
            yield "tbody", part


def _spanned(cell: Any, name: str) -> int:
    stated = "" if isinstance(cell, str) else (cell.get(name) or "").strip()
    return min(max(1, int(stated)), MOST_SPANNED) if stated.isdecimal() and len(stated) < 10 else 1


def _first_number(element: Element) -> int:
    first = next((child for child in element if child.tag == "li"), None)
    for stated in (element.get("start"), first.get("value") if first is not None else None):
        stated = (stated or "").strip()
        if stated.isdecimal() and int(stated) <= LAST_NUMBER - MOST_ITEMS:
            return int(stated)
    return 1


def _address(target: str) -> str:
    target = re.sub(r"[\t\n\r]+", "", target.strip())
    return _UNSAFE.sub(lambda found: quote(found[0]), target)


MOST_ITEMS = 1_000_000  # numbers that are left for a list's items
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
_ACTS: dict[str, Callable[[_Writer, Element], None]] = {
    **dict.fromkeys(_WRAPS, _Writer.emphasis),
    **dict.fromkeys(_CODES, _Writer.code),
    **dict.fromkeys(_NOTHING, _Writer.nothing),
    **dict.fromkeys(_BOXES, _Writer.box),
    **dict.fromkeys(_HEADINGS, _Writer.heading),
    **dict.fromkeys(_LISTS, _Writer.items),
    "a": _Writer.link,
    "blockquote": _Writer.quoted_block,
    "br": _Writer.line_break,
    "dl": _Writer.definitions,
    "figure": _Writer.figure,
    "hr": _Writer.rule,
    "img": _Writer.picture,
    "epub:switch": _Writer.switch,
    "math": _Writer.formula,
    "nav": _Writer.way,
    "switch": _Writer.switch,
    "p": _Writer.paragraph,
    "pre": _Writer.preformatted,
    "q": _Writer.quotation,
    "ruby": _Writer.ruby,
    "svg": _Writer.drawing,
    "table": _Writer.table,
}  # fmt: skip
