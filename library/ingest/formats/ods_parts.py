"""The XML of an ODS before calamine reads it: hidden rows and columns taken out, repeated emptiness not repeated."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from library.ingest.extraction import Refusal, Status
from library.ingest.formats import xml

Element = Any
MOST_AREA = 4_000_000  # cells, repeated ones counted
_HIDDEN = re.compile(rb"visibility=[\"'](?:collapse|filter)[\"']")
_REPEATED = re.compile(rb"number-(?:rows|columns)-repeated=[\"'](?:[2-9]|1\d)")
_AS_SHOWN = re.compile(rb"value-type=[\"'](?:percentage|currency)[\"']")
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ROWS, _COLUMNS = f"{_TABLE}number-rows-repeated", f"{_TABLE}number-columns-repeated"
_LAST_ROW = 1_048_576


def changed(content: bytes, hidden: list[int], name: str) -> bytes:
    """A document's XML as calamine should see it.

    Adds the rows and columns that were hidden to `hidden`. Raises Refusal for cells repeated to swell.
    """
    if not any(pattern.search(content) for pattern in (_HIDDEN, _REPEATED, _AS_SHOWN)):
        return content
    root = xml.parsed(content)
    if root is None:
        return content
    area = 0
    table: Element
    for table in root.iter(f"{_TABLE}table"):
        area += _table(table, hidden)
        if area > MOST_AREA:
            raise Refusal(
                Status.unsafe,
                f"“{name}” repeats its cells so often that they would swell beyond measure ({area} cells), so it is not"
                " read. Copy what is filled in it to a new file and upload that.",
            )
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _table(table: Element, hidden: list[int]) -> int:
    """Take what is hidden out of a table; how many cells it then lays out."""
    gone = _collapsed(table)
    lost: set[int] = set()
    area = 0
    row: Element
    for row in list(table.iter(f"{_TABLE}table-row")):
        filled = _trimmed(row, gone, lost)
        if not filled:
            row.attrib.pop(_ROWS, None)
        elif row.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            hidden[0] += _count(row, _ROWS)
            row.getparent().remove(row)
        else:
            area += _count(row, _ROWS) * filled
            _as_shown(row)
    hidden[1] += len(lost)
    return area


def _as_shown(row: Element) -> None:
    """Per cent and money as their author sees them, whose text stands beside the bare number."""
    for one in row.iter(f"{_TABLE}table-cell"):
        if one.get(f"{_OFFICE}value-type") in ("percentage", "currency") and one.find(f"{_TEXT}p") is not None:
            one.set(f"{_OFFICE}value-type", "string")
            one.attrib.pop(f"{_OFFICE}value", None)


def _trimmed(row: Element, gone: set[int], lost: set[int]) -> int:
    """Take hidden columns' and trailing empty cells out of a row; up to which column it is filled."""
    at = filled = 0
    for one in [e for e in row if e.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")]:
        count = _count(one, _COLUMNS)
        left = count - sum(1 for column in gone if at < column <= at + count)
        if left < count:
            lost.update(column for column in gone if at < column <= at + count and len(one))
            if left:
                one.set(_COLUMNS, str(left))
            else:
                row.remove(one)
        at += count
        filled += left
    for one in reversed([e for e in row if isinstance(e.tag, str)]):
        if len(one) or any(name.endswith("}value") for name in one.attrib):
            return filled
        filled -= _count(one, _COLUMNS)
        row.remove(one)
    return 0


def _collapsed(table: Element) -> set[int]:
    gone: set[int] = set()
    at = 0
    for column in table.iter(f"{_TABLE}table-column"):
        count = _count(column, _COLUMNS)
        if column.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            gone.update(range(at + 1, at + count + 1))
        at += count
    return gone


def _count(element: Element, attribute: str) -> int:
    said = element.get(attribute) or "1"
    return min(int(said), _LAST_ROW) if said.isdigit() else 1
