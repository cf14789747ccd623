"""What stands one below another in RTF: paragraphs, which end in themselves, gathered into lists and tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from library.ingest.formats import listing, weaving
from library.ingest.formats.listing import Entry, Item
from library.ingest.formats.nodes import Node
from library.ingest.formats.weaving import Piece

_ATTRIBUTES = ["", [], []]
_MOST_CELLS = 500


@dataclass(frozen=True, slots=True)
class Form:
    """What a paragraph is: a heading of a level, at a place in a list, in a table."""

    heading: int = 0
    item: Item | None = None
    in_table: bool = False


@dataclass
class Flow:
    """A text, a note or a box, as it is read."""

    pieces: list[Piece] = field(default_factory=list)
    after: list[Node] = field(default_factory=list)  # boxes that are anchored in the paragraph that is being read
    _entries: list[Entry] = field(default_factory=list)
    _cell: list[Entry] = field(default_factory=list)
    _cells: list[list[Node]] = field(default_factory=list)
    _rows: list[list[list[Node]]] = field(default_factory=list)

    def end_paragraph(self, form: Form) -> None:
        """The end of a paragraph, which may be one without words."""
        inlines = weaving.woven(self.pieces)
        self.pieces = []
        target = self._cell if form.in_table else self._entries
        if inlines and not form.in_table:
            self.end_table()
        if inlines:
            target.append(_entry(inlines, form))
        target += [Entry(block) for block in self.after]
        self.after = []

    def end_cell(self, form: Form) -> None:
        """The end of a cell and of the paragraph in it."""
        self.end_paragraph(Form(form.heading, form.item, in_table=True))
        self._cells.append(listing.nested(self._cell))
        self._cell = []

    def end_row(self) -> None:
        """The end of a table's row."""
        if self._cells:
            self._rows.append(self._cells[:_MOST_CELLS])
        self._cells = []

    def end_table(self) -> None:
        """Any table that was read is whole: something else follows."""
        self.end_row()
        if self._cell:  # text of a row that is never ended
            self._entries += self._cell
            self._cell = []
        if self._rows:
            self._entries.append(Entry(_table(self._rows)))
            self._rows = []

    def blocks(self, form: Form) -> list[Node]:
        """All of it, at its end."""
        self.end_paragraph(Form(form.heading, form.item, in_table=form.in_table and bool(self._cell or self._cells)))
        self.end_table()
        return listing.nested(self._entries)


def _entry(inlines: list[Node], form: Form) -> Entry:
    if form.heading:
        return Entry({"t": "Header", "c": [form.heading, _ATTRIBUTES, inlines]})
    return Entry(weaving.paragraph(inlines), form.item)


def _table(rows: list[list[list[Node]]]) -> Node:
    made = [[_ATTRIBUTES, [[_ATTRIBUTES, {"t": "AlignDefault"}, 1, 1, blocks] for blocks in row]] for row in rows]
    return {
        "t": "Table",
        "c": [_ATTRIBUTES, [None, []], [], [_ATTRIBUTES, []], [[_ATTRIBUTES, 0, [], made]], [_ATTRIBUTES, []]],
    }
