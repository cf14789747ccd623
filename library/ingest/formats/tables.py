"""Tables as Markdown: rows of cells to pipe tables under headings that tell where in the sheet they stand."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from library.ingest import plainness
from library.ingest.extraction import Refusal, Status

ROWS_TOGETHER = 200  # rows under one heading, so that a search hit lands near its row
WIDEST = 24  # columns of a table; a wider one is written row by row, each value with its column's name
MOST_TEXT = 6_000_000  # characters of all tables; Markdown of more than that takes minutes and 500 MB to be rendered
LEAD_ROWS = 5  # rows above a table that may be its title and notes

Row = tuple[int, list[str]]
"""A row's number in its sheet, 1-based, and its cells as a reader sees them."""


@dataclass(slots=True)
class Written:
    """Markdown and plain text of a file's tables, piece by piece."""

    name: str
    markdown: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    _size: int = 0

    def add(self, markdown: str, text: str) -> None:
        """Add a piece. Raises Refusal beyond MOST_TEXT: nothing is cut."""
        self._size += len(markdown)
        if self._size > MOST_TEXT:
            raise Refusal(
                Status.too_large,
                f"The tables in “{self.name}” hold more than {MOST_TEXT // 10**6} million characters, which is more than"
                " a page can show. Split the file into several, or publish a summary and offer the data elsewhere.",
            )
        self.markdown.append(markdown)
        self.text.append(text)

    def heading(self, level: int, words: str) -> None:
        """Add a heading."""
        self.add(f"{'#' * level} {cell(words)}\n\n", f"{words}\n")


def write_sheet(rows: Iterable[Row], into: Written, level: int) -> str:
    """Write a sheet's rows; parts of a long one come under headings of `level`. Returns its first line above the table.

    Empty rows and columns are dropped. Raises Refusal for too much text.
    """
    filled = [(number, cells) for number, cells in rows if any(cells)]
    used = sorted({column for _, cells in filled for column, value in enumerate(cells) if value})
    filled = [(number, [cells[c] if c < len(cells) else "" for c in used]) for number, cells in filled]
    lead = _lead(filled)
    for _, cells in filled[:lead]:
        words = next(filter(None, cells))
        into.add(f"{cell(words)}\n\n", f"{words}\n")
    rest = filled[lead:]
    header = rest.pop(0)[1] if len(rest) > 1 and is_header(rest[0][1], [cells for _, cells in rest[1:6]]) else []
    for first in range(0, max(1, len(rest)), ROWS_TOGETHER):
        part = rest[first : first + ROWS_TOGETHER]
        if len(rest) > ROWS_TOGETHER:
            into.heading(level, f"Rows {part[0][0]}–{part[-1][0]}")
        if part:
            _write_part(header, [cells for _, cells in part], len(used), into)
    return next(filter(None, filled[0][1])) if lead else ""


def _lead(rows: Sequence[Row]) -> int:
    """How many rows stand above the table: single cells above rows of several."""
    several = (number for number, (_, cells) in enumerate(rows[: LEAD_ROWS + 1]) if sum(map(bool, cells)) > 1)
    return next(several, 0)


def _write_part(header: list[str], rows: list[list[str]], width: int, into: Written) -> None:
    lines = ["\t".join(header)] if header else []
    into.add("", "".join(f"{line}\n" for line in [*lines, *("\t".join(map(_flat, row)) for row in rows)]))
    if width > WIDEST:
        for row in rows:
            into.add(_record(header, row), "")
        into.add("\n", "")
        return
    into.add(_piped(header or [""] * width) + "|" + " --- |" * width + "\n", "")
    for row in rows:
        into.add(_piped(row), "")
    into.add("\n", "")


def _record(header: list[str], row: list[str]) -> str:
    names = header or [""] * len(row)
    said = (
        f"{cell(name)}: {cell(value)}" if name else cell(value) for name, value in zip(names, row, strict=True) if value
    )
    return f"- {'; '.join(said)}\n"


def _piped(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(cell, cells)) + " |\n"


def cell(value: str) -> str:
    """A cell's text as Markdown within a table or a heading: nothing in it is markup."""
    if value.isalnum():
        return value
    lines = [" ".join(line.split()) for line in value.splitlines()]
    return " <br> ".join(_escaped(line) for line in lines if line)


def _escaped(line: str) -> str:
    # An entity rather than a backslash for what table rows and attribute lists look at before escapes.
    return plainness.escaped(line).replace("\\`", "&#96;").replace("|", "&#124;").replace("{", "&#123;")


def _flat(value: str) -> str:
    return " ".join(value.split())


def is_header(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether `first` names the columns: words only, most of them filled, and not just a row like those below it."""
    named = [value for value in first if value]
    if len(named) < max(1, 0.6 * len(first)) or any(_is_value(value) or len(value) > 200 for value in named):
        return False
    return len(first) > 1 or (bool(others) and all(_is_value(value) for row in others for value in row if value))


_VALUE = re.compile(r"[\s\d.,:;/+()%€$£¥'’–-]*\d[\s\d.,:;/+()%€$£¥'’–-]*")
_YEAR = re.compile(r"(?:1[89]|20)\d\d(?:[-–/]\d{2,4})?")


def _is_value(value: str) -> bool:
    """Whether it is a number, an amount or a date; a year often names a column."""
    return bool(_VALUE.fullmatch(value)) and not _YEAR.fullmatch(value)


def shown(value: Any) -> str:
    """A cell's value as a reader expects it: dates in ISO form, whole numbers without a fraction, no noise of floats."""
    match value:
        case str():
            return value.strip()
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            return _number(value)
        case datetime.datetime():
            return _moment(value)
        case datetime.date():
            return value.isoformat()
        case datetime.time():
            return value.isoformat("minutes" if not value.second else "seconds")
        case datetime.timedelta():
            seconds = round(value.total_seconds())
            return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case None:
            return ""
    return str(value)


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    said = f"{value:.15g}"
    return format(Decimal(said), "f") if "e" in said and 1e-9 < abs(value) < 1e21 else said


def _moment(value: datetime.datetime) -> str:
    value = (value + datetime.timedelta(microseconds=500_000)).replace(microsecond=0) if value.year < 9999 else value
    if not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return value.isoformat(" ", "seconds" if value.second else "minutes")


def numbered(rows: Iterable[Sequence[Any]], first: int = 1) -> Iterator[Row]:
    """Rows of values as rows of text, numbered from `first`."""
    for number, values in enumerate(rows, start=first):
        yield number, [shown(value) for value in values]
