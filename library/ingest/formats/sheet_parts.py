"""The XML of sheets before calamine reads it: hidden rows and columns taken out, far corners drawn together.

calamine lays a sheet out as a full rectangle of cells, so that two filled cells in opposite corners would need
hundreds of gigabytes; and it does not say which rows and columns the author has hidden.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree

from library.ingest.extraction import Refusal, Status

Element = Any
MOST_AREA = 4_000_000  # cells of a rectangle, from which empty rows and columns within are taken out beforehand
_SHEET = re.compile(r"(?i)xl/worksheets/[^/]+\.xml")
_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\sr=[\"']([A-Za-z]{1,3})(\d{1,7})[\"'][^>/]*>")
_HIDDEN = re.compile(rb"\shidden=[\"'](?:1|true)[\"']")
_ODS_HIDDEN = re.compile(rb"visibility=[\"'](?:collapse|filter)[\"']")
_ODS_REPEATED = re.compile(rb"number-(?:rows|columns)-repeated=[\"'](\d+)[\"']")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ROWS, _COLUMNS = f"{_TABLE}number-rows-repeated", f"{_TABLE}number-columns-repeated"
_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576


def prepare(source: Path, name: str, format: str) -> list[str]:
    """Rewrite the sheets of the clean copy `source` where they need it; warnings about what is hidden in them.

    Raises Refusal for sheets that would swell.
    """
    hidden = [0, 0]  # rows, columns

    def of_xlsx(content: bytes) -> bytes:
        return _xlsx(content, hidden) if _is_sparse(content) or _HIDDEN.search(content) else content

    def of_ods(content: bytes) -> bytes:
        repeated = any(int(count) > 1 for count in _ODS_REPEATED.findall(content))
        return _ods(content, hidden, name) if repeated or _ODS_HIDDEN.search(content) else content

    if format == "xlsx":
        _rewrite(source, lambda member: bool(_SHEET.fullmatch(member)), of_xlsx)
    elif format == "ods":
        _rewrite(source, lambda member: member == "content.xml", of_ods)
    warnings = []
    for count, what in zip(hidden, ("row", "column"), strict=True):
        if count:
            warnings.append(f"{count} hidden {what}{'s were' if count > 1 else ' was'} left out.")
    return warnings


def _rewrite(source: Path, wanted: Callable[[str], bool], change: Callable[[bytes], bytes]) -> None:
    """Write the archive anew if `change` makes other content of one of the members that are `wanted`."""
    changed: dict[str, bytes] = {}
    with zipfile.ZipFile(source) as archive:
        for member in archive.namelist():
            if wanted(member):
                content = archive.read(member)
                if (new := change(content)) is not content:
                    changed[member] = new
        if not changed:
            return
        draft = source.with_suffix(".part")
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as copy:
            for member in archive.namelist():
                copy.writestr(zipfile.ZipInfo(member), changed.get(member) or archive.read(member))
    draft.replace(source)


def _is_sparse(content: bytes) -> bool:
    """Whether the rectangle of the filled cells is much larger than what calamine should lay out."""
    columns: set[bytes] = set()
    first, last = _LAST_ROW, 0
    for letters, row in _CELL.findall(content):
        columns.add(letters)
        first, last = min(first, int(row)), max(last, int(row))
    numbers = [_number(letters.decode()) for letters in columns]
    return bool(numbers) and (last - first + 1) * (max(numbers) - min(numbers) + 1) > MOST_AREA


def _xlsx(content: bytes, hidden: list[int]) -> bytes:
    """A sheet's XML with its filled, visible cells alone; drawn together where it is sparse."""
    gone = _hidden_columns(content)
    columns = sorted({_number(letters.decode()) for letters, _ in _CELL.findall(content)} - gone)
    place = {column: number for number, column in enumerate(columns, start=1)} if _is_sparse(content) else {}
    lost: set[int] = set()
    out = [b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>']
    number = 0
    for _, row in etree.iterparse(_stream(content), events=("end",), tag="{*}row", recover=True, huge_tree=True):
        said = row.get("r") or ""
        number = number + 1 if place or not said.isdigit() else int(said)
        cells = [one for one in row.iterchildren("{*}c") if len(one)]
        if row.get("hidden") in ("1", "true") and cells:
            hidden[0] += 1
            number -= bool(place)
        elif cells:
            out.append(b'<row r="%d">' % number)
            at = 0
            for one in cells:
                at = _number(re.sub(r"\d", "", one.get("r") or "")) or at + 1
                if at in gone:
                    lost.add(at)
                    continue
                one.set("r", f"{_letters(place.get(at, at))}{number}")
                out.append(etree.tostring(one, with_tail=False))
            out.append(b"</row>")
        row.clear()
        parent = row.getparent()
        while parent is not None and row.getprevious() is not None:
            del parent[0]
    hidden[1] += len(lost)
    return b"".join([*out, b"</sheetData></worksheet>"])


def _hidden_columns(content: bytes) -> set[int]:
    gone: set[int] = set()
    for mark in re.findall(rb"<(?:\w+:)?col\b[^>]*>", content):
        first, last = re.search(rb"\smin=[\"'](\d+)", mark), re.search(rb"\smax=[\"'](\d+)", mark)
        if first and last and _HIDDEN.search(mark):
            gone.update(range(int(first[1]), min(int(last[1]), _LAST_COLUMN) + 1))
    return gone


def _ods(content: bytes, hidden: list[int], name: str) -> bytes:
    """A document's XML without hidden rows and columns; rows and cells that are empty are not repeated at the ends."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=True)
    root = etree.fromstring(content, parser)
    if root is None:
        return content
    area = 0
    table: Element
    row: Element
    for table in root.iter(f"{_TABLE}table"):
        gone = _collapsed(table)
        lost: set[int] = set()
        for row in list(table.iter(f"{_TABLE}table-row")):
            filled = _trimmed(row, gone, lost)
            if not filled:
                row.attrib.pop(_ROWS, None)
            elif row.get(f"{_TABLE}visibility") in ("collapse", "filter"):
                hidden[0] += _count(row, _ROWS)
                row.getparent().remove(row)
            else:
                area += _count(row, _ROWS) * filled
        hidden[1] += len(lost)
        if area > MOST_AREA:
            raise Refusal(
                Status.unsafe,
                f"“{name}” repeats its cells so often that they would swell beyond measure ({area} cells), so it is not"
                " read. Copy what is filled in it to a new file and upload that.",
            )
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


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


def _number(letters: str) -> int:
    """A column's number: A is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _stream(content: bytes) -> Any:
    import io

    return io.BytesIO(content)
