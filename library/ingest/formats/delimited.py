"""CSV and TSV: which sign parts the columns, and whether a text is a table at all."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from library.ingest.extraction import Found
from library.ingest.formats import tables
from library.ingest.outlines import from_name

SAMPLE_ROWS = 500
DELIMITERS = ("\t", ",", ";", "|")
NAMED_SHARE = 0.5  # of rows with as many cells as most have, in a file that is called .csv
PLAIN_SHARE = 0.95  # the same in a text that is called something else
PLAIN_ROWS, PLAIN_COLUMNS = 5, 3  # the least that makes such a text a table
PLAIN_CELL = 40  # characters of its middle cell at most: prose between commas is longer
_HINT = re.compile(r"sep=(.)\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table's text is written. `share`: rows with as many cells as most have."""

    delimiter: str
    quoted: bool
    columns: int
    share: float


def sniff(text: str, name: str) -> Dialect | None:
    """How the table in `text` is written; None when it is no table.

    A name ending in .csv, .tsv or .tab says that it is one; of other texts only very regular ones are taken for tables,
    so that prose with commas stays prose.
    """
    ending = name.lower().rpartition(".")[2]
    body, hinted = _without_hint(text)
    best = _best(body, hinted or DELIMITERS)
    if ending in ("csv", "tsv", "tab"):
        if best is not None and (best.columns > 1 and best.share >= NAMED_SHARE):
            return best
        return Dialect(",", True, 1, 1.0) if _is_list(body) else None
    if hinted and best is not None and best.columns > 1:
        return best
    plain = best is not None and best.delimiter != "|" and ending not in ("md", "markdown", "htm", "html", "xhtml")
    return best if plain and best is not None and _regular(body, best) else None


def read(text: str, name: str, dialect: Dialect) -> Found:
    """The table in `text`. Raises Refusal for one that is too large."""
    into = tables.Written(name)
    lead = tables.write_sheet(tables.numbered(_rows(_without_hint(text)[0], dialect)), into, level=2)
    title = lead if 0 < len(lead) <= 120 else from_name(name)
    return Found("".join(into.markdown), "".join(into.text), title=title)


def _without_hint(text: str) -> tuple[str, str]:
    """The text without Excel's line `sep=;`, and the sign that it names, or ""."""
    text = text.lstrip("\ufeff")
    found = _HINT.match(text)
    return (text[found.end() :], found[1]) if found else (text, "")


def _rows(text: str, dialect: Dialect) -> Iterator[list[str]]:
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    return csv.reader(
        io.StringIO(text, newline=""),
        delimiter=dialect.delimiter,
        quoting=csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE,
        skipinitialspace=True,
    )


def _best(text: str, delimiters: tuple[str, ...] | str) -> Dialect | None:
    """The dialect under which most rows have the same number of cells, the more cells the better."""
    head = text[: 1 << 19]
    found: list[Dialect] = []
    for delimiter in delimiters:
        if delimiter not in head or delimiter in '"\r\n':
            continue
        for quoted in (True, False) if '"' in head else (True,):
            try:
                rows = islice(_rows(head, Dialect(delimiter, quoted, 0, 0)), SAMPLE_ROWS)
                counts = Counter(len(row) for row in rows if any(row))
            except csv.Error:
                continue
            if several := {columns: count for columns, count in counts.items() if columns > 1}:
                columns, count = max(several.items(), key=lambda one: (one[1], one[0]))
                found.append(Dialect(delimiter, quoted, columns, count / counts.total()))
    return max(found, key=lambda one: (round(one.share, 1), one.columns, one.share), default=None)


def _is_list(text: str) -> bool:
    """Whether a file called .csv may be a single column: short lines."""
    lines = [line for line in text.split("\n") if line.strip()][:SAMPLE_ROWS]
    return len(lines) > 1 and max(map(len, lines)) <= 120


def _regular(text: str, dialect: Dialect) -> bool:
    rows = [row for row in islice(_rows(text, dialect), SAMPLE_ROWS) if any(row)]
    least = 2 if dialect.delimiter == "\t" else PLAIN_COLUMNS
    if dialect.share < PLAIN_SHARE or dialect.columns < least or len(rows) < PLAIN_ROWS:
        return False
    lengths = sorted(len(value) for row in rows for value in row)
    if lengths[len(lengths) // 2] > PLAIN_CELL or any(
        "\n" in value and len(value) > 2_000 for row in rows for value in row
    ):
        return False
    head = text[: 1 << 16]
    # Writers put a blank after a comma; tables do not.
    return dialect.delimiter == "\t" or head.count(f"{dialect.delimiter} ") < 0.3 * head.count(dialect.delimiter)
