"""What a PDF says about itself: its title, its language, its outline."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence

import pypdfium2 as pdfium
from pypdfium2 import raw

from library.ingest.formats.pdf_layout import Entry, Styles
from library.ingest.formats.pdf_lines import Line

MOST_OUTLINE = 5_000  # entries of an outline that are looked at


def outline(document: pdfium.PdfDocument) -> list[Entry]:
    """The outline's entries in order; a looping one ends where PDFium notices."""
    entries: list[Entry] = []
    seen: set[tuple[str, int, int]] = set()
    for bookmark in document.get_toc(max_depth=6):
        destination = bookmark.get_dest()
        index = destination.get_index() if destination is not None else None
        key = (bookmark.get_title(), index if index is not None else -1, bookmark.level)
        if key in seen or len(entries) >= MOST_OUTLINE:
            break
        seen.add(key)
        if index is not None:
            entries.append(Entry(key[0], index + 1, bookmark.level))
    return entries


def title(document: pdfium.PdfDocument, pages: Sequence[list[Line]], styles: Styles) -> str:
    """The stated title when the first pages show it too, else what is set largest on the first page with text."""
    stated = " ".join(document.get_metadata_value("Title").split())
    opening = "".join(line.text for lines in pages[:3] for line in lines)
    if len(stated) > 3 and _key(stated) and _key(stated) in _key(opening):
        return stated
    first = next((lines for lines in pages[:3] if lines), [])
    largest = max((line.height for line in first if len(line.text) > 2), default=0.0)
    if largest >= 1.2 * styles.body > 0:
        start = next(n for n, line in enumerate(first) if line.height == largest and len(line.text) > 2)
        group: list[Line] = []
        for line in first[start : start + 8]:
            if abs(line.height - largest) > 0.06 * largest:
                break
            group.append(line)
        shown = " ".join(line.text for line in group)
        if len(shown) <= 250 and any(c.isalpha() for c in shown):
            return shown
    return stated if re.search(r"\w\s+\w", stated) else ""


def _key(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def language(document: pdfium.PdfDocument) -> str:
    """The language that the file declares, as it is written there; "" for none."""
    ask = raw.FPDFCatalog_GetLanguage
    length = ask(document.raw, None, 0)
    if not 2 < length < 200:
        return ""
    held = ctypes.create_string_buffer(length)
    ask(document.raw, ctypes.cast(held, ctypes.POINTER(ctypes.c_ushort)), length)
    return held.raw[:length].decode("utf-16-le", "replace").strip("\0 ")
