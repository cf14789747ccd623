"""Tables, as a block: groups of rows of cells, each cell with blocks of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from library.ingest.formats.documents import Element
from library.ingest.formats.flow import ATTRIBUTES, Flow, is_a, with_text
from library.ingest.formats.nodes import Node

MOST_SPANNED = 500  # columns or rows of one cell


def table(flow: Flow, element: Element) -> None:
    """A table; what stands in it outside of rows comes before it, as browsers show it."""
    flow.end_paragraph()
    caption: list[Node] = []
    groups: dict[str, list[Any]] = {"thead": [], "tbody": [], "tfoot": []}
    for group, part in _table_parts(element):
        if isinstance(part, str):
            flow.say(part)
        elif part.tag == "caption":
            caption += flow.blocks_within(part)
        elif part.tag == "tr":
            if cells := _cells(flow, part):
                groups[group].append(cells)
        elif isinstance(part.tag, str):
            flow.element(part)
    flow.end_paragraph()
    head, rows = groups["thead"], groups["tbody"]
    if not head and len(rows) > 1 and all(header for header, _ in rows[0]):
        head, rows = rows[:1], rows[1:]
    if not (head or rows or groups["tfoot"]):
        flow.blocks += caption
        return
    rows_of = {
        name: [[ATTRIBUTES, [cell for _, cell in row]] for row in group]
        for name, group in (("head", head), ("body", rows), ("foot", groups["tfoot"]))
    }
    body = [ATTRIBUTES, 0, [], rows_of["body"]]
    table = [ATTRIBUTES, [None, caption], [], [ATTRIBUTES, rows_of["head"]], [body]]
    flow.blocks.append({"t": "Table", "c": [*table, [ATTRIBUTES, rows_of["foot"]]]})


def _cells(flow: Flow, row: Element) -> list[tuple[bool, list[Any]]]:
    """(whether it is a header, the cell) of each of a row's cells."""
    found = []
    for whole, parts in itertools.groupby(with_text(row), key=lambda part: is_a(part, "td", "th")):
        for run in ([part] for part in parts) if whole else [list(parts)]:
            blocks = flow.blocks_of(run)
            if blocks or whole:
                high, wide = (_spanned(run[0], name) for name in ("rowspan", "colspan"))
                cell = [ATTRIBUTES, {"t": "AlignDefault"}, high, wide, blocks]
                found.append((is_a(run[0], "th"), cell))
    return found


def _table_parts(table: Element) -> Iterator[tuple[str, Any]]:
    """(group, part) of a table: its rows, its caption, and what has no business there."""
    for part in with_text(table):
        if is_a(part, "thead", "tbody", "tfoot"):
            yield from ((part.tag, inner) for inner in with_text(part))
        elif is_a(part, "form"):
            yield from (("tbody", inner) for inner in with_text(part))
        else:
            yield "tbody", part


def _spanned(cell: Any, name: str) -> int:
    stated = "" if isinstance(cell, str) else (cell.get(name) or "").strip()
    return min(max(1, int(stated)), MOST_SPANNED) if stated.isdecimal() and len(stated) < 10 else 1
