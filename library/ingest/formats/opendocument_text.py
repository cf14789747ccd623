"""ODT: its headings, paragraphs, lists, tables and notes as a tree of Pandoc's nodes.

Read by ourselves, since Pandoc takes longer to start than this to end. OpenDocument 1.3 part 3: chapters 5 to 7, 9, 16.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from library.ingest.extraction import Limits
from library.ingest.formats import formulas, listing, opendocument, weaving
from library.ingest.formats.converting import Tree
from library.ingest.formats.listing import Entry
from library.ingest.formats.nodes import Node
from library.ingest.formats.opendocument_styles import Marks, Styles, number
from library.ingest.formats.weaving import LINK, Piece
from library.ingest.formats.xml import Element, below, local, parsed

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_ATTRIBUTES = ["", [], []]
_QUOTED = frozenset({"Quotations"})
_VERBATIM = frozenset({"Preformatted Text"})
_INDEXES = frozenset(
    {"table-of-content", "illustration-index", "table-index", "object-index", "alphabetical-index", "user-index"}
)
_STANDS_IN = 5.0  # millimetres from which a paragraph that stands in is a quotation
_DEEPEST = 10  # levels of headings and lists
_WIDEST = 500  # columns that a cell spans, and blanks in a row
_DRAWN = re.compile(r"(?i)\.(?:svg|svm|[ew]mf)$")


def tree(members: Mapping[str, bytes], name: str, limits: Limits) -> Tree:
    """What an ODT with these members says, as Pandoc would tell it. Raises Refusal as `opendocument.ready` does."""
    root, body, styles = opendocument.ready(members, name)
    reader = _Reader(members, Styles(styles, root))
    blocks = reader.blocks(body, "", 0)
    formulas.of_opendocument(reader.formulas, name, limits)
    return {"meta": {}, "blocks": blocks}


class _Reader:
    def __init__(self, members: Mapping[str, bytes], styles: Styles) -> None:
        self.members, self.styles = members, styles
        self.formulas: list[tuple[bytes, Node]] = []
        self._counted: dict[tuple[str, int], int] = {}  # the last number of a list's style at a level

    def blocks(self, elements: Iterable[Element], style: str, level: int) -> list[Node]:
        """The blocks among `elements`, which stand at a `level` of a list of a `style`."""
        return listing.nested([Entry(block) for block in self._blocks(elements, style, level)])

    def _blocks(self, elements: Iterable[Element], style: str, level: int) -> Iterator[Node]:
        for element in elements:
            match local(element):
                case "h":
                    yield from self._heading(element)
                case "p":
                    yield from self._paragraph(element, level)
                case "list":
                    yield from self._list(element, style, level + 1)
                case "table":
                    yield self._table(element)
                case "frame" | "image":
                    pieces: list[Piece] = []
                    self._inline(element, {}, weaving.NO_MARKS, pieces)
                    if inlines := weaving.woven(pieces):
                        yield weaving.paragraph(inlines)
                case name if name in _INDEXES:
                    pass
                case "forms" | "sequence-decls" | "variable-decls" | "user-field-decls" | "index-title-template":
                    pass
                case name if not name.endswith("-source"):
                    yield from self._blocks(element, style, level)

    def _heading(self, element: Element) -> Iterator[Node]:
        inlines = weaving.woven(self._pieces(element, {}))
        if inlines:
            level = min(max(number(element.get(f"{_TEXT}outline-level", ""), 1), 1), _DEEPEST)
            yield {"t": "Header", "c": [level, _ATTRIBUTES, inlines]}

    def _paragraph(self, element: Element, level: int) -> Iterator[Node]:
        style = element.get(f"{_TEXT}style-name", "")
        names = self.styles.names(style)
        pieces = self._pieces(element, self.styles.direct(style))
        if names[0] in _VERBATIM:
            yield {"t": "CodeBlock", "c": [_ATTRIBUTES, _verbatim(pieces)]}
            return
        inlines = weaving.woven(pieces)
        if not inlines:
            return
        quoted = not level and (not _QUOTED.isdisjoint(names) or self.styles.left(style) > _STANDS_IN)
        block = weaving.paragraph(inlines)
        yield {"t": "BlockQuote", "c": [block]} if quoted else block

    def _list(self, element: Element, style: str, level: int) -> Iterator[Node]:
        style = element.get(f"{_TEXT}style-name", style)
        numbering = self.styles.numbering(style, min(level, _DEEPEST))
        goes_on = element.get(f"{_TEXT}continue-numbering") == "true" or f"{_TEXT}continue-list" in element.attrib
        first = self._counted.get((style, level), numbering.start - 1) + 1 if goes_on else numbering.start
        items: list[list[Node]] = []
        for item in element:
            if local(item) not in ("list-item", "list-header"):
                continue
            stated = item.get(f"{_TEXT}start-value")
            if stated and not items:
                first = number(stated, first)
            said = self.blocks(item, style, level)
            if local(item) == "list-header" and items:
                items[-1] += said
            elif said:
                items.append(said)
        if not items:
            return
        self._counted[style, level] = first + len(items) - 1
        if all(sum(block["t"] == "Para" for block in item) < 2 for item in items):
            items = [[_tight(block) for block in item] for item in items]
        if any(block["t"] == "Header" for item in items for block in item):  # headings that are numbered as lists are
            yield from (block for item in items for block in item)
        else:
            yield listing.numbered(first, items) if numbering.ordered else listing.bulleted(items)

    def _table(self, element: Element) -> Node:
        head = [row for rows in element if local(rows) == "table-header-rows" for row in self._rows(rows)]
        body = list(self._rows(element))
        return {
            "t": "Table",
            "c": [
                _ATTRIBUTES, [None, []], [], [_ATTRIBUTES, head], [[_ATTRIBUTES, 0, [], body]], [_ATTRIBUTES, []],
            ],
        }  # fmt: skip

    def _rows(self, parent: Element) -> Iterator[list[object]]:
        for element in parent:
            match local(element):
                case "table-row":
                    yield [_ATTRIBUTES, [self._cell(cell) for cell in element if local(cell) == "table-cell"]]
                case "table-rows" | "table-row-group":
                    yield from self._rows(element)

    def _cell(self, cell: Element) -> list[object]:
        high = number(cell.get(f"{_TABLE}number-rows-spanned", ""), 1)
        wide = number(cell.get(f"{_TABLE}number-columns-spanned", ""), 1)
        blocks = self.blocks(cell, "", 0)
        return [_ATTRIBUTES, {"t": "AlignDefault"}, high, min(wide, _WIDEST), blocks]

    def _pieces(self, element: Element, marks: Marks) -> list[Piece]:
        pieces: list[Piece] = []
        self._inlines(element, marks, weaving.NO_MARKS, pieces)
        return pieces

    def _inlines(self, element: Element, marks: Marks, link: frozenset[str], pieces: list[Piece]) -> None:
        shown = _shown(marks) | link
        if element.text:
            pieces.append(Piece(element.text, shown))
        for inner in element:
            self._inline(inner, marks, link, pieces)
            if inner.tail:
                pieces.append(Piece(inner.tail, shown))

    def _inline(self, element: Element, marks: Marks, link: frozenset[str], pieces: list[Piece]) -> None:
        match local(element):
            case "span":
                style = element.get(f"{_TEXT}style-name", "")
                self._inlines(element, {**marks, **self.styles.marks("text", style)}, link, pieces)
            case "a":
                target = element.get(_HREF, "")
                self._inlines(element, marks, frozenset({LINK + target}) if target else link, pieces)
            case "s" | "tab":
                pieces.append(Piece(" ", _shown(marks) | link))
            case "line-break":
                pieces.append(weaving.broken())
            case "note":
                body = next((one for one in element if local(one) == "note-body"), None)
                if body is not None and (blocks := self.blocks(body, "", 0)):
                    pieces.append(weaving.note(blocks))
            case "frame" | "image":
                self._frame(element, pieces)
            case "hidden-paragraph" | "":
                pass
            case _ if element.tag.startswith(_TEXT) or not _is_of_format(element):
                self._inlines(element, marks, link, pieces)

    def _frame(self, frame: Element, pieces: list[Piece]) -> None:
        """A formula, or else the first picture in a frame that is more than a drawing."""
        for held in (one for one in frame if local(one) == "object"):
            content = self._embedded(held)
            if content:
                node = formulas.node(_letters(content))
                self.formulas.append((content, node))
                pieces.append(Piece(node, None))
                return
        images = below(frame, "image")
        if not images:
            return
        sources = [one.get(_HREF) or _within(one) for one in images]
        source = next((one for one in sources if not _DRAWN.search(one)), sources[0])
        said = {local(one): "".join(one.itertext()).strip() for one in frame if local(one) in ("title", "desc")}
        pieces.append(weaving.picture(source, said.get("desc") or said.get("title", "")))

    def _embedded(self, held: Element) -> bytes:
        """The MathML of a formula; nothing for any other object."""
        source = posixpath.normpath(unquote(held.get(_HREF, ""))).lstrip("./")
        content = self.members.get(f"{source}/content.xml", b"")
        return content if re.search(rb"<(?:\w+:)?math\b", content[:2000]) else b""


def _tight(block: Node) -> Node:
    return {"t": "Plain", "c": block["c"]} if block["t"] == "Para" else block


def _shown(marks: Marks) -> frozenset[str]:
    if not marks:
        return weaving.NO_MARKS
    found = {name for name, state in marks.items() if state and name != "raised"}
    return frozenset({*found, str(marks["raised"])} if marks.get("raised") else found)


def _is_of_format(element: Element) -> bool:
    """Whether an element is of OpenDocument itself, where others are read for what is in them."""
    return "urn:oasis:names:tc:opendocument:" in element.tag


def _verbatim(pieces: Iterable[Piece]) -> str:
    return "".join(one.content if isinstance(one.content, str) else "\n" for one in pieces)


def _letters(mathml: bytes) -> str:
    """A formula's letters, as its writer typed them where the file says that."""
    root = parsed(mathml)
    typed = next((one for one in below(root, "annotation") if one.text), None) if root is not None else None
    return " ".join((typed.text if typed is not None else "".join(root.itertext()) if root is not None else "").split())


def _within(image: Element) -> str:
    """A picture that stands in the XML itself, as an address that holds it."""
    data = next((one.text or "" for one in image if local(one) == "binary-data"), "")
    return f"data:image/png;base64,{''.join(data.split())}" if data else ""
