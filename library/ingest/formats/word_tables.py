"""Tables of DOCX: rows of cells that may span columns and rows, without rows and cells that were deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from library.ingest.formats.nodes import Node
from library.ingest.formats.word_styles import child, number, on, value
from library.ingest.formats.xml import Element, below, local

_ATTRIBUTES = ["", [], []]
_WIDEST = 500

Reader = Callable[[Iterable[Element]], list[Node]]


def table(element: Element, read: Reader) -> Node:
    """A table as Pandoc's node; `read` gives the blocks of a cell."""
    properties = child(element, "tblPr")
    rows = [row for row in _within(element, "tr") if not _is_deleted(row)]
    cells = [list(_cells(row)) for row in rows]
    made = [[_ATTRIBUTES, list(_row(cells, place, read))] for place in range(len(cells))]
    first = 1 if rows and (_has_first_row(properties) or _is_header(rows[0])) else 0
    named = child(properties, "tblCaption")
    said = value(named) if named is not None else ""
    caption = [{"t": "Plain", "c": [{"t": "Str", "c": said}]}] if said else []
    return {
        "t": "Table",
        "c": [
            _ATTRIBUTES, [None, caption], [], [_ATTRIBUTES, made[:first]], [[_ATTRIBUTES, 0, [], made[first:]]],
            [_ATTRIBUTES, []],
        ],
    }  # fmt: skip


def _within(parent: Element, name: str) -> Iterator[Element]:
    for element in parent:
        match local(element):
            case found if found == name:
                yield element
            case "sdt" | "sdtContent" | "customXml" | "ins" | "moveTo" | "smartTag":
                yield from _within(element, name)


def _is_deleted(row: Element) -> bool:
    properties = child(row, "trPr")
    return properties is not None and any(local(one) == "del" for one in properties)


def _is_header(row: Element) -> bool:
    stated = child(child(row, "trPr"), "tblHeader")
    return stated is not None and on({"tblHeader": value(stated)}, "tblHeader") is True


def _has_first_row(properties: Element | None) -> bool:
    """Whether the first row is a header. What old programs state, a mask, they state without regard to the table."""
    look = child(properties, "tblLook")
    if look is None:
        return False
    stated = value(look, "firstRow")
    return not stated or on({"firstRow": stated}, "firstRow") is True


def _cells(row: Element) -> Iterator[tuple[int, int, str, Element]]:
    """(column, columns, "restart", "continue" or "" of what spans rows, cell)."""
    skipped = child(child(row, "trPr"), "gridBefore")
    column = _count(skipped) if skipped is not None else 0
    for cell in _within(row, "tc"):
        properties = child(cell, "tcPr")
        spanned = child(properties, "gridSpan")
        width = max(1, _count(spanned)) if spanned is not None else 1
        merged = child(properties, "vMerge")
        yield column, width, "" if merged is None else (value(merged) or "continue"), cell
        column += width


def _count(element: Element) -> int:
    return min(max(number(value(element)) or 0, 0), _WIDEST)


def _row(rows: list[list[tuple[int, int, str, Element]]], place: int, read: Reader) -> Iterator[list[object]]:
    starts = {column for column, _, merged, _ in rows[place - 1] if merged} if place else set()
    if rows[place] and rows[place][0][0]:
        yield [_ATTRIBUTES, {"t": "AlignDefault"}, 1, rows[place][0][0], []]
    for column, width, merged, cell in rows[place]:
        if merged == "continue" and column in starts:
            continue
        deleted = bool(below(cell, "cellDel"))
        high = 1
        if merged:
            for row in rows[place + 1 :]:
                if not any(at == column and state == "continue" for at, _, state, _ in row):
                    break
                high += 1
        yield [_ATTRIBUTES, {"t": "AlignDefault"}, high, width, [] if deleted else read(cell)]
