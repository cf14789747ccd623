"""Tables of DOCX: rows of cells that may span columns and rows, without rows and cells that were deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from library.ingest.formats.nodes import Node
from library.ingest.formats.word_styles import child, number, on, value
from library.ingest.formats.xml import Element, local

_ATTRIBUTES = ["", [], []]
_WIDEST = 500

Reader = Callable[[Iterable[Element]], list[Node]]


def table(element: Element, read: Reader) -> Node:
    """A table as Pandoc's node; `read` gives the blocks of a cell."""
    properties = child(element, "tblPr")
    rows = [row for row in _within(element, "tr") if not _is_deleted(row)]
    cells = [_cells(row) for row in rows]
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


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell as wide as several columns. `merged`: "restart" or "continue" of what spans rows, or ""."""

    element: Element
    width: int
    merged: str
    deleted: bool


def _cells(row: Element) -> dict[int, _Cell]:
    """The cells of a row by their first columns."""
    skipped = child(child(row, "trPr"), "gridBefore")
    column = _count(skipped) if skipped is not None else 0
    found: dict[int, _Cell] = {}
    for cell in _within(row, "tc"):
        properties = child(cell, "tcPr")
        spanned = child(properties, "gridSpan")
        merged = child(properties, "vMerge")
        state = "" if merged is None else (value(merged) or "continue")
        width = max(1, _count(spanned)) if spanned is not None else 1
        found[column] = _Cell(cell, width, state, child(properties, "cellDel") is not None)
        column += width
    return found


def _count(element: Element) -> int:
    return min(max(number(value(element)) or 0, 0), _WIDEST)


def _row(rows: list[dict[int, _Cell]], place: int, read: Reader) -> Iterator[list[object]]:
    first = next(iter(rows[place]), 0)
    if first:
        yield _cell([], 1, first)
    for column, cell in rows[place].items():
        above = rows[place - 1].get(column) if place else None
        if cell.merged == "continue" and above is not None and above.merged:
            continue
        high = 1
        while cell.merged and place + high < len(rows):
            under = rows[place + high].get(column)
            if under is None or under.merged != "continue":
                break
            high += 1
        yield _cell([] if cell.deleted else read(cell.element), high, cell.width)


def _cell(blocks: list[Node], high: int, wide: int) -> list[object]:
    return [_ATTRIBUTES, {"t": "AlignDefault"}, high, wide, blocks]
