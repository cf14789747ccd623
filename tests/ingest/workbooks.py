"""Spreadsheets written by hand: XLSX and ODS as XML in a ZIP, XLS as records in a compound file."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from io import BytesIO

Cell = str | float | None
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DATED = 1  # the style of dates in `xlsx`


def xlsx(sheets: Mapping[str, str | Sequence[Sequence[Cell]]], hidden: Sequence[str] = (), **more: bytes) -> bytes:
    """An XLSX: sheets by name, as rows of cells or as the XML within `<worksheet>`. `more`: members (`__` for `/`)."""
    listed = related = types = ""
    members: dict[str, bytes] = {}
    for number, (name, content) in enumerate(sheets.items(), start=1):
        state = ' state="hidden"' if name in hidden else ""
        listed += f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"{state}/>'
        related += (
            f'<Relationship Id="rId{number}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        )
        body = content if isinstance(content, str) else f"<sheetData>{''.join(map(_row, content))}</sheetData>"
        members[f"xl/worksheets/sheet{number}.xml"] = f'<worksheet xmlns="{MAIN}">{body}</worksheet>'.encode()
    package = "http://schemas.openxmlformats.org/package/2006"
    members |= {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">{types}</Types>'.encode(),
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{related}<Relationship Id="s" '
        f'Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>'.encode(),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
        f"</styleSheet>".encode(),
    } | {name.replace("__", "/"): content for name, content in more.items()}
    return _zipped(members)


def _row(cells: Sequence[Cell]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(value: Cell) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f"<c><v>{value!r}</v></c>"


def ods(table: str, styles: str = "") -> bytes:
    """An ODS whose tables are the XML `table`, with the prefixes `table`, `office`, `text`, `style`."""
    names = " ".join(f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in _PREFIXES)
    content = (
        f"<office:document-content {names}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body></office:document-content>"
    )
    return _zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": b'<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        }
    )


_PREFIXES = ("office", "table", "text", "style")


def _zipped(members: Mapping[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def xls(rows: Sequence[Sequence[Cell]], protected: bool = False) -> bytes:
    """An XLS (BIFF8) of one sheet called "Sheet1"."""
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for number, cells in enumerate(rows):
        for column, value in enumerate(cells):
            place = struct.pack("<HHH", number, column, 0)
            if isinstance(value, str):
                letters = value.encode("utf-16-le")
                sheet += _record(0x0204, place + struct.pack("<HB", len(letters) // 2, 1) + letters)
            elif value is not None:
                sheet += _record(0x0203, place + struct.pack("<d", value))
    sheet += _record(0x000A, b"")
    opening = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    if protected:
        opening += _record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    where = len(opening) + 4 + 8 + 6 + 4
    named = _record(0x0085, struct.pack("<IBBBB", where, 0, 0, 6, 0) + b"Sheet1")
    return compound("Workbook", opening + named + _record(0x000A, b"") + sheet)


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def compound(stream: str, content: bytes) -> bytes:
    """A compound file with one stream."""
    content = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0")
    count = len(content) // 512
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    folder = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry(stream, 2, 0xFFFFFFFF, 2, len(content)) + bytes(256)
    return header + table + folder + content


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    letters = name.encode("utf-16-le")
    entry = letters.ljust(64, b"\0") + struct.pack("<HBB", len(letters) + 2, kind, 1)
    entry += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child) + bytes(16 + 4 + 16)
    return entry + struct.pack("<IQ", start, size)
