"""Spreadsheets (XLSX, XLSB, XLS, ODS) by calamine: each sheet a heading and its table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from library.ingest import containers, progress
from library.ingest.extraction import Found, Refusal, Status
from library.ingest.formats import sheet_parts, tables
from library.ingest.formats.office import _macros, _of_core, _of_member
from library.ingest.outlines import from_name

MOST_CELLS = 8_000_000  # of a sheet, empty ones counted: what calamine lays out in memory
_NAMELESS = re.compile(
    r"(?i)(?:sheet|tabelle|table|feuil(?:le)?|hoja|planilha|folha|foglio|blad|ark|arkusz|list|лист|аркуш|ورقة|工作表|シート|시트|"
    r"גיליון|çalışma sayfası|sayfa)\s*\d*"
)


def read(path: Path, name: str, format: str) -> Found:
    """What the spreadsheet at `path` shows. Works in the current folder. Raises Refusal."""
    members: list[str] = []
    hidden: list[str] = []
    source = path
    if format != "xls":
        source = Path(f"source.{format}")
        members = containers.cleaned(path, source, name, format)
        hidden = sheet_parts.prepare(source, name, format)
    found = _read(source, name)
    found.warnings += hidden + _macros(members)
    stated = language = ""
    if format in ("xlsx", "xlsb"):
        stated, language = _of_core(source, "title"), _of_core(source, "language")
    elif format == "ods":
        stated, language = _of_member(source, "meta.xml", "title"), _of_member(source, "meta.xml", "language")
    found.title, found.language = stated or found.title or from_name(name), language
    return found


def _read(source: Path, name: str) -> Found:
    import python_calamine as calamine

    try:
        with calamine.load_workbook(str(source)) as book:
            return _written(book, name)
    except calamine.PasswordError as error:
        raise Refusal(
            Status.encrypted, f"“{name}” is protected by a password; save it without one and upload it again."
        ) from error
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise _damaged(name) from error
    except BaseException as error:
        # A panic of calamine's own code; it is no Exception, so that nobody takes it for one by accident.
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(name) from error


def _written(book: Any, name: str) -> Found:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    into = tables.Written(name)
    sheets = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    seen = [one for one in sheets if one.visible == SheetVisibleEnum.Visible]
    warnings = [_left_out(len(sheets) - len(seen))] if len(seen) < len(sheets) else []
    single = len(seen) == 1
    title = ""
    for number, one in enumerate(seen):
        sheet = book.get_sheet_by_name(one.name)
        if sheet.height == 0 or sheet.width == 0:
            continue
        if sheet.height * sheet.width > MOST_CELLS:
            raise Refusal(
                Status.too_large,
                f"The sheet “{one.name}” of “{name}” stretches over {sheet.height} rows and {sheet.width} columns, which"
                " is too large to be read. Copy what is filled in it to a new sheet and upload that.",
            )
        named = not (single and _NAMELESS.fullmatch(one.name.strip()))
        if named:
            into.heading(2, one.name)
        lead = tables.write_sheet(_rows(sheet), into, level=3 if named else 2)
        title = lead if single and 0 < len(lead) <= 120 else title
        progress.report(number + 1, len(seen), "".join(into.text)[: progress.OPENING] if number < 3 else "")
    return Found("".join(into.markdown), "".join(into.text), title=title, warnings=warnings)


def _rows(sheet: Any) -> Iterator[tables.Row]:
    # calamine's rows begin at the first one that is filled.
    start = sheet.start or (0, 0)
    rows = sheet.to_python(skip_empty_area=True)
    return tables.numbered(rows, start[0] + 1)


def _left_out(count: int) -> str:
    return "1 hidden sheet was left out." if count == 1 else f"{count} hidden sheets were left out."


def _damaged(name: str) -> Refusal:
    return Refusal(
        Status.corrupt,
        f"“{name}” is damaged and cannot be read as a spreadsheet. Open it in the program that made it, save it again"
        " and upload that.",
    )
