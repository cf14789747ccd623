"""The parts of a spreadsheet's clean copy that are written anew before calamine reads it.

calamine lays a sheet out as a full rectangle of cells, so that two filled cells in opposite corners would need
hundreds of gigabytes; and it does not say which rows and columns the author has hidden, nor what is shown as per cent.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from library.ingest.formats import ods_parts, xlsx_parts

_SHEET = re.compile(r"(?i)xl/(?!sharedStrings|styles|theme|workbook)[^.]+\.xml")
_STYLES = "xl/styles.xml"


def prepare(source: Path, name: str, format: str) -> list[str]:
    """Rewrite the sheets of the clean copy `source` where they need it; warnings about what is hidden in them.

    Raises Refusal for sheets that would swell.
    """
    hidden = [0, 0]  # rows, columns
    if format == "xlsx":
        per_cent = _per_cent(source)
        _rewrite(source, _SHEET, lambda content: xlsx_parts.changed(content, hidden, per_cent))
    elif format == "ods":
        _rewrite(source, re.compile("content.xml"), lambda content: ods_parts.changed(content, hidden, name))
    warnings = []
    for count, what in zip(hidden, ("row", "column"), strict=True):
        if count:
            warnings.append(f"{count} hidden {what}{'s were' if count > 1 else ' was'} left out.")
    return warnings


def _per_cent(source: Path) -> dict[int, int]:
    with zipfile.ZipFile(source) as archive:
        return xlsx_parts.per_cent_styles(archive.read(_STYLES)) if _STYLES in archive.namelist() else {}


def _rewrite(source: Path, wanted: re.Pattern[str], change: Callable[[bytes], bytes]) -> None:
    """Write the archive anew if `change` makes other content of a member whose name is `wanted`."""
    changed: dict[str, bytes] = {}
    with zipfile.ZipFile(source) as archive:
        for member in archive.namelist():
            if wanted.fullmatch(member):
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
