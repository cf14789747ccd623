"""The parts of a spreadsheet that are written anew before calamine reads it.

calamine lays a sheet out as a full rectangle of cells, so that two filled cells in opposite corners would need
hundreds of gigabytes; and it does not say which rows and columns the author has hidden, nor what is shown as per cent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from library.ingest import keeping
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


def left_out(members: Mapping[str, bytes], format: str) -> list[str]:
    """Warnings about what lies beside the cells and is not read: pictures, charts, text in drawings, comments."""
    if format == "ods":
        content = members.get("content.xml", b"")
        drawn, charts = (
            b"<draw:text-box" in content or b"<draw:custom-shape" in content,
            content.count(b"<draw:object "),
        )
        noted = b"<office:annotation" in content
        pictures = sum(1 for member in members if member.startswith("Pictures/"))
    else:
        drawn = any(b":t>" in members[member] for member in members if member.startswith("xl/drawings/drawing"))
        charts = sum(1 for member in members if re.match(r"xl/charts/chart[^/]*$", member))
        noted = any(re.match(r"xl/(?:comments|threadedComments/)", member) for member in members)
        pictures = sum(1 for member in members if member.startswith("xl/media/"))
    warnings = keeping.warning(pictures)
    if charts:
        warnings.append("1 chart was left out." if charts == 1 else f"{charts} charts were left out.")
    if drawn:
        warnings.append("There is text in drawings on its sheets, which was not read.")
    if noted:
        warnings.append("Comments on its cells were left out.")
    if format == "xlsb":
        warnings.append(UNTOLD)
    return warnings


UNTOLD = "Hidden rows and columns cannot be told in this old format and are shown; save it as .xlsx to leave them out."
