"""A sheet's XML in an XLSX before calamine reads it: what is hidden taken out, far corners drawn together, per cent."""

from __future__ import annotations

import io
import re
from typing import Any

from lxml import etree

from library.ingest.formats import xml

Element = Any
MOST_AREA = 4_000_000  # cells of a rectangle, from which empty rows and columns within are taken out beforehand
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\sr=[\"']([A-Za-z]{1,3})(\d{1,7})[\"'][^>/]*>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*>")
_HIDDEN = re.compile(rb"\shidden=[\"'](?:1|true)[\"']")
_STYLE = re.compile(rb"\ss=[\"'](\d{1,6})[\"']")
_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576
_PER_CENT = {9: 0, 10: 2}  # formats that every program knows, and their decimals


def changed(content: bytes, hidden: list[int], per_cent: dict[int, int]) -> bytes:
    """A sheet's XML as calamine should see it.

    Adds the rows and columns that were hidden to `hidden`. `per_cent`: see `per_cent_styles`.
    """
    if b"sheetData" not in content:
        return content
    sparse = _is_sparse(content)
    styled = per_cent and any(int(style) in per_cent for style in set(_STYLE.findall(content)))
    if not (sparse or styled or _HIDDEN.search(content)):
        return content
    gone = _hidden_columns(content)
    columns = sorted({_number(letters.decode()) for letters, _ in _CELL.findall(content)} - gone)
    place = {column: number for number, column in enumerate(columns, start=1)} if sparse else {}
    lost: set[int] = set()
    out = [f'<worksheet xmlns="{MAIN}"><sheetData>'.encode()]
    number = 0
    for row in _rows(content):
        said = row.get("r") or ""
        number = number + 1 if place or not said.isdigit() else int(said)
        cells = _cells(row)
        if not cells or row.get("hidden") in ("1", "true"):
            hidden[0] += bool(cells)
            number -= bool(place)
            continue
        lost |= {at for at, _ in cells if at in gone}
        out.append(b'<row r="%d">' % number)
        for at, one in cells:
            if at not in gone:
                one.set("r", f"{_letters(place.get(at, at))}{number}")
                _show_per_cent(one, per_cent)
                out.append(etree.tostring(one, with_tail=False))
        out.append(b"</row>")
    hidden[1] += len(lost)
    return b"".join([*out, b"</sheetData></worksheet>"])


def per_cent_styles(styles: bytes) -> dict[int, int]:
    """The cell styles that show per cent, by their number in `s`, with how many decimals."""
    root = xml.parsed(styles)
    if root is None:
        return {}
    formats = dict(_PER_CENT)
    for one in root.iterfind(".//{*}numFmts/{*}numFmt"):
        code = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", one.get("formatCode") or "").split(";")[0]
        if "%" in code and (one.get("numFmtId") or "").isdigit():
            formats[int(one.get("numFmtId") or 0)] = len(re.sub(r"[^0#?]", "", code.partition(".")[2]))
    return {
        number: formats[int(one.get("numFmtId") or 0)]
        for number, one in enumerate(root.iterfind(".//{*}cellXfs/{*}xf"))
        if (one.get("numFmtId") or "").isdigit() and int(one.get("numFmtId") or 0) in formats
    }


def _show_per_cent(cell: Element, per_cent: dict[int, int]) -> None:
    """Write a number that its style shows as per cent so."""
    style, value = cell.get("s") or "", cell.find("{*}v")
    if not style.isdigit() or int(style) not in per_cent or value is None or cell.get("t", "n") != "n":
        return
    try:
        said = f"{float(value.text or '') * 100:.{per_cent[int(style)]}f}%"
    except ValueError:
        return
    cell.set("t", "str")
    value.text = said


def _rows(content: bytes) -> Any:
    for _, row in etree.iterparse(
        io.BytesIO(content), events=("end",), tag="{*}row", recover=True, huge_tree=True, resolve_entities=False
    ):
        yield row
        row.clear()
        parent = row.getparent()
        while parent is not None and row.getprevious() is not None:
            del parent[0]


def _cells(row: Element) -> list[tuple[int, Element]]:
    """The filled cells of a row with their columns; one that does not say where it stands follows the one before."""
    found: list[tuple[int, Element]] = []
    at = 0
    for one in row.iterchildren("{*}c"):
        at = _number(re.sub(r"[^A-Za-z]", "", one.get("r") or "")) or at + 1
        if len(one):
            found.append((at, one))
    return found


def _is_sparse(content: bytes) -> bool:
    """Whether the rectangle of the filled cells is much larger than what calamine should lay out."""
    columns: set[bytes] = set()
    first, last = _LAST_ROW, 0
    for letters, row in _CELL.findall(content):
        columns.add(letters)
        first, last = min(first, int(row)), max(last, int(row))
    numbers = [_number(letters.decode()) for letters in columns]
    return bool(numbers) and (last - first + 1) * (max(numbers) - min(numbers) + 1) > MOST_AREA


def _hidden_columns(content: bytes) -> set[int]:
    gone: set[int] = set()
    for mark in _COLUMN.findall(content):
        first, last = re.search(rb"\smin=[\"'](\d+)", mark), re.search(rb"\smax=[\"'](\d+)", mark)
        if first and last and _HIDDEN.search(mark):
            gone.update(range(int(first[1]), min(int(last[1]), _LAST_COLUMN) + 1))
    return gone


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
