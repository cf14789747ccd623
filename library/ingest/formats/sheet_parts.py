"""The parts of a spreadsheet that are written anew before calamine reads it.

calamine lays a sheet out as a full rectangle of cells, so that two filled cells in opposite corners would need
hundreds of gigabytes; and it does not say which rows and columns the author has hidden, nor what is shown as per cent.
"""

from __future__ import annotations

import re

from library.ingest.formats import ods_parts, xlsx_parts

_SHEET = re.compile(r"(?i)xl/(?!sharedStrings|styles|theme|workbook)[^.]+\.xml")


def prepare(members: dict[str, bytes], name: str, format: str) -> list[str]:
    """Rewrite the sheets among a spreadsheet's `members` where they need it; warnings about what is hidden in them.

    Raises Refusal for sheets that would swell.
    """
    hidden = [0, 0]  # rows, columns
    if format == "xlsx":
        per_cent = xlsx_parts.per_cent_styles(members.get("xl/styles.xml", b""))
        for member in filter(_SHEET.fullmatch, members):
            members[member] = xlsx_parts.changed(members[member], hidden, per_cent)
    elif format == "ods" and "content.xml" in members:
        members["content.xml"] = ods_parts.changed(members["content.xml"], hidden, name)
    warnings = []
    for count, what in zip(hidden, ("row", "column"), strict=True):
        if count:
            warnings.append(f"{count} hidden {what}{'s were' if count > 1 else ' was'} left out.")
    return warnings
