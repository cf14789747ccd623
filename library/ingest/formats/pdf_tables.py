"""What stands beside each other on a page: tables with aligned columns, and columns of text that are read one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from library.ingest.formats import pdf_bidi
from library.ingest.formats.pdf_lines import Line

MOST_COLUMNS = 20
NEAR = 4.0  # heights of a line between two rows of a table, from which it is none
_LABEL = re.compile(r"^(?:[•●○▪■□◦‣⁃∙·►▶➢➤✓✔❖–—*o-]|\(?[\divxlcIVXLC]{1,4}[.)]?(?:\d{1,2}[.)]?){0,4}|[A-Za-z][.)])$")
_LEADERS = re.compile(r"(?:\s*[.…·_]){3,}\s*$")
_PAGE = re.compile(r"^(?:[.…\s]*)(\d{1,4}|[ivxlc]{1,6})$")


@dataclass(slots=True)
class Cell:
    """Lines below each other."""

    lines: list[Line]

    @property
    def left(self) -> float:
        return min(line.left for line in self.lines)

    @property
    def right(self) -> float:
        return max(line.right for line in self.lines)

    @property
    def top(self) -> float:
        return self.lines[0].top

    @property
    def bottom(self) -> float:
        return self.lines[-1].bottom


@dataclass(slots=True)
class Table:
    """Rows of cells, a list of lines each; the same number of cells in every row."""

    rows: list[list[list[Line]]] = field(default_factory=list)

    @property
    def lists_contents(self) -> bool:
        """Whether it is a table of contents: names, then the numbers of their pages, which grow."""
        ends = [row[-1] for row in self.rows if any(row)]
        numbers = [_PAGE.match(" ".join(line.text for line in end)) for end in ends if end]
        if len(self.rows[0]) > 3 or len(numbers) < 0.7 * len(self.rows) or not all(numbers):
            return False
        pages = [int(found[1]) for found in numbers if found is not None and found[1].isdigit()]
        return all(one <= other for one, other in pairwise(pages))


Block = list[Line] | Table


def blocks(lines: Sequence[Line], apart: Iterable[int] = (), body: float = 0.0) -> list[Block]:
    """A page's lines in order, its tables taken out of them, its columns one after another.

    `apart`: ids of lines that are headings and in no table; lines much larger than `body` are neither.
    """
    lines = list(lines)
    if not any(one.row == other.row for one, other in pairwise(lines)) and not _jumps(lines):
        return [lines] if lines else []
    kept_apart = set(apart)
    rows = _rows(_cells(lines, kept_apart))
    found: list[Block] = []
    number = 0
    while number < len(rows):
        end, columns = _extent(rows, number, kept_apart, body)
        if end - number >= 2:
            group = rows[number:end]
            if _is_running_text(group, columns):
                found += [[line] for line in _column_by_column(group, columns)]
                number = end
                continue
            if _is_table(group, columns):
                found.append(_table(group, columns))
                number = end
                continue
        found.append([line for cell in rows[number] for line in cell.lines])
        number += 1
    return _merged(found)


def labelled(lines: Sequence[Line]) -> list[Line]:
    """Numbers and bullets joined to what they stand before on their line."""
    made: list[Line] = []
    for line in lines:
        last = made[-1] if made else None
        if (
            last is not None
            and last.row == line.row
            and _LABEL.match(last.text)
            and abs(last.height - line.height) <= 0.35 * line.height
            and -0.2 * line.height < line.left - last.right < (2.5 if last.text[0].isalnum() else 4) * line.height
            and abs(last.bottom - line.bottom) < 0.4 * line.height
            and any(c.isalpha() for c in line.text)
        ):
            line.text = f"{last.text} {line.text}"
            line.left = last.left
            made[-1] = line
        else:
            made.append(line)
    return made


def _jumps(lines: Sequence[Line]) -> bool:
    """Whether the page goes back up beside what it has written: cells of several lines, or columns."""
    return any(
        other.bottom > one.bottom + 0.5 * one.height and (other.left >= one.right or other.right <= one.left)
        for one, other in pairwise(lines)
    )


def _cells(lines: Sequence[Line], apart: set[int]) -> list[Cell]:
    cells: list[Cell] = []
    for line in lines:
        cell = cells[-1] if cells else None
        if cell is not None and id(line) not in apart and id(cell.lines[-1]) not in apart and _below(cell, line):
            cell.lines.append(line)
        else:
            cells.append(Cell([line]))
    return cells


def _below(cell: Cell, line: Line) -> bool:
    last = cell.lines[-1]
    if last.row == line.row:
        return False
    step = last.bottom - line.bottom
    if not 0.5 * line.height < step < 1.75 * max(last.height, line.height):
        return False
    overlap = min(cell.right, line.right) - max(cell.left, line.left)
    return overlap > 0.3 * min(cell.right - cell.left, line.right - line.left)


def _rows(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Cells that follow each other from side to side and stand at the same height."""
    rows: list[list[Cell]] = []
    for cell in cells:
        row = rows[-1] if rows else None
        if row is not None and _beside(row[-1], cell) and all(_apart(one, cell) for one in row):
            row.append(cell)
        else:
            rows.append([cell])
    return rows


def _beside(one: Cell, other: Cell) -> bool:
    if one.lines[-1].row == other.lines[0].row:
        return True
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    return shared >= 0.5 * min(one.top - one.bottom, other.top - other.bottom)


def _apart(one: Cell, other: Cell) -> bool:
    return other.left >= one.right - 1 or other.right <= one.left + 1


Span = tuple[float, float]


def _extent(rows: Sequence[list[Cell]], start: int, apart: set[int], body: float) -> tuple[int, list[Span]]:
    """(end, columns) of the rows from `start` that share columns; the end is `start` where they share none."""
    columns: list[Span] = []
    end = start
    for number in range(start, len(rows)):
        row = rows[number]
        if any(id(line) in apart or (body and line.height > 1.3 * body) for cell in row for line in cell.lines):
            break
        if number > start and _gap(rows[number - 1], row) > NEAR * row[0].lines[0].height:
            break
        if len(row) == 1:
            if number == start or sum(_touches(row[0], column) for column in columns) != 1:
                break
            if len(columns) > 1 and row[0].right - row[0].left > 0.7 * (columns[-1][1] - columns[0][0]):
                break
            continue
        merged = _united([*columns, *((cell.left, cell.right) for cell in row)])
        if not 2 <= len(merged) <= MOST_COLUMNS or (columns and len(merged) < min(len(columns), len(row))):
            break
        placed = [_column(cell, merged) for cell in row]
        if len(set(placed)) < len(placed) or not _still_apart(rows[start:number], merged):
            break
        columns, end = merged, number + 1
    while end < len(rows) and len(rows[end]) == 1 and end > start and _goes_on(rows[end - 1], rows[end][0], columns):
        end += 1
    return end, columns


def _goes_on(row: list[Cell], cell: Cell, columns: list[Span]) -> bool:
    """Whether a lone cell under the last row is the rest of one of its cells other than the first."""
    inside = [n for n, column in enumerate(columns) if _touches(cell, column)]
    step = row[-1].bottom - cell.top
    return len(inside) == 1 and inside[0] > 0 and -cell.lines[0].height < step < 1.6 * cell.lines[0].height


def _gap(above: list[Cell], below: list[Cell]) -> float:
    """Space between two rows; endless when the second stands beside or above the first."""
    space = min(cell.bottom for cell in above) - max(cell.top for cell in below)
    return space if space > -0.7 * below[0].lines[0].height else float("inf")


def _united(spans: Iterable[Span]) -> list[Span]:
    united: list[Span] = []
    for left, right in sorted(spans):
        if united and left < united[-1][1]:
            united[-1] = (united[-1][0], max(right, united[-1][1]))
        else:
            united.append((left, right))
    return united


def _touches(cell: Cell, column: Span) -> bool:
    return cell.left < column[1] and cell.right > column[0]


def _column(cell: Cell, columns: Sequence[Span]) -> int:
    return next(n for n, column in enumerate(columns) if _touches(cell, column) or cell.left == column[0])


def _still_apart(rows: Sequence[list[Cell]], columns: Sequence[Span]) -> bool:
    return all(len({_column(cell, columns) for cell in row}) == len(row) for row in rows if len(row) > 1)


def _is_running_text(rows: Sequence[list[Cell]], columns: Sequence[Span]) -> bool:
    """Whether the rows are lines of two or three columns of text that the page writes across."""
    if len(columns) > 3 or len(rows) < 6:
        return False
    cells = [cell for row in rows for cell in row]
    if any(len(cell.lines) > 1 for row in rows if len(row) > 1 for cell in row):
        return False
    if median(len(cell.lines[0].text) for cell in cells) < 18:
        return False
    full = 0
    for cell in cells:
        left, right = columns[_column(cell, columns)]
        full += cell.right - cell.left >= 0.75 * (right - left)
    widths = [right - left for left, right in columns]
    return full >= 0.6 * len(cells) and min(widths) > 0.4 * max(widths)


def _column_by_column(rows: Sequence[list[Cell]], columns: Sequence[Span]) -> list[Line]:
    lines: list[list[Line]] = [[] for _ in columns]
    for row in rows:
        for cell in row:
            lines[_column(cell, columns)] += cell.lines
    return [line for column in lines for line in column]


def _is_table(rows: Sequence[list[Cell]], columns: Sequence[Span]) -> bool:
    several = sum(len(row) > 1 for row in rows)
    if several < 3 and not (several == 2 and (len(columns) >= 3 or _in_line(rows, columns))):
        return False
    filled = sum(len(row) for row in rows)
    if filled < 0.45 * len(rows) * len(columns):
        return False
    # Text with wide gaps here and there has its gaps at ever other places: its columns are one wide and crumbs.
    heights = [line.height for row in rows for cell in row for line in cell.lines]
    return max(heights) <= 1.8 * min(heights)


def _in_line(rows: Sequence[list[Cell]], columns: Sequence[Span]) -> bool:
    """Whether the cells of every column begin at the same place."""
    lefts: list[list[float]] = [[] for _ in columns]
    for row in rows:
        for cell in row:
            lefts[_column(cell, columns)].append(cell.left)
    return all(max(places) - min(places) < 3 for places in lefts if places)


def _table(rows: Sequence[list[Cell]], columns: Sequence[Span]) -> Table:
    table = Table()
    for row in rows:
        cells: list[list[Line]] = [[] for _ in columns]
        for cell in row:
            cells[_column(cell, columns)] += cell.lines
        above = table.rows[-1] if table.rows else None
        if above is not None and not cells[0] and _is_rest(above, cells):
            for held, more in zip(above, cells, strict=True):
                held += more
        else:
            table.rows.append(cells)
    if _runs_leftwards(rows):
        table.rows = [row[::-1] for row in table.rows]
    return table


def _runs_leftwards(rows: Sequence[list[Cell]]) -> bool:
    text = "".join(line.text for row in rows for cell in row for line in cell.lines)
    right_to_left, other = pdf_bidi.letters(text)
    return right_to_left > other


def _is_rest(above: list[list[Line]], cells: list[list[Line]]) -> bool:
    """Whether a row without a first cell goes on with the cells above it: each stands close below one."""
    for held, more in zip(above, cells, strict=True):
        if more and (not held or held[-1].bottom - more[0].bottom > 1.5 * more[0].height):
            return False
    return True


def _merged(found: Iterable[Block]) -> list[Block]:
    merged: list[Block] = []
    for block in found:
        if merged and isinstance(block, list) and isinstance(last := merged[-1], list):
            last += block
        else:
            merged.append(block)
    return merged
