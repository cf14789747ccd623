"""PDF, page by page, by PDFium."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from library.ingest import plainness
from library.ingest.extraction import Found, PageText, Refusal, Status
from library.ingest.formats import pdf_layout
from library.ingest.formats.pdf_glyphs import glyphs_of
from library.ingest.formats.pdf_layout import Entry, Part
from library.ingest.formats.pdf_lines import Line, lines_of

MOST_OUTLINE = 5_000  # entries of an outline that are looked at
NAMED_PAGES = 20  # pages without text that a warning names


def read(path: Path, name: str) -> Found:
    """What the PDF at `path` says, with a line `<!-- page N -->` before each page's text. Raises Refusal."""
    document = _opened(path, name)
    pages, heights, unreadable = _lines(document)
    with_text = [bool(lines) for lines in pages]
    outline = _outline(document)
    kept = pdf_layout.without_furniture(pages, heights)
    styles = pdf_layout.Styles(line for lines in kept for line in lines)
    entries = pdf_layout.outlined(kept, outline)
    words = {word.casefold() for lines in kept for line in lines for word in re.findall(r"\w+(?:-\w+)*", line.text)}
    bodies: list[str] = []
    texts: list[PageText] = []
    for number, lines in enumerate(kept, start=1):
        parts = pdf_layout.parts(lines, styles, entries, words)
        bodies.append(f"<!-- page {number} -->\n\n{_markdown(parts)}")
        texts.append(PageText(number, "\n".join(part.text for part in parts)))
    found = Found("\n\n".join(bodies) + "\n", "\n\n".join(page.text for page in texts))
    found.title = _title(document, kept, styles)
    found.language = _language(document)
    found.pages = len(pages)
    found.pages_with_text = sum(with_text)
    found.warnings = _warnings(with_text, unreadable)
    return found


def _opened(path: Path, name: str) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(path)
        count = len(document)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise Refusal(
                Status.encrypted, f"“{name}” is protected by a password; save it without one and upload it again."
            ) from error
        if "security" in str(error).lower():
            raise _damaged(name, "its protection is of a kind that is not known here") from error
        raise _damaged(name) from error
    if not count:
        raise _damaged(name, "it has no pages")
    return document


def _damaged(name: str, why: str = "it is cut off or broken") -> Refusal:
    return Refusal(
        Status.corrupt, f"“{name}” is damaged: {why}. Print or export it to PDF again in the program that made it."
    )


def _lines(document: pdfium.PdfDocument) -> tuple[list[list[Line]], list[float], list[int]]:
    """(each page's lines, each page's height in points, numbers of pages that cannot be opened)."""
    pages: list[list[Line]] = []
    heights: list[float] = []
    unreadable: list[int] = []
    for number in range(1, len(document) + 1):
        try:
            page = document[number - 1]
            textpage = page.get_textpage()
        except pdfium.PdfiumError:
            unreadable.append(number)
            pages.append([])
            heights.append(0.0)
            continue
        pages.append([line for line in lines_of(glyphs_of(page, textpage), number) if any(c.isalnum() for c in line.text)])
        heights.append(page.get_height())
        textpage.close()
        page.close()
    return pages, heights, unreadable


def _outline(document: pdfium.PdfDocument) -> list[Entry]:
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


def _markdown(parts: list[Part]) -> str:
    shown: list[str] = []
    for number, part in enumerate(parts):
        if part.level:
            shown.append(f"{'#' * part.level} {plainness.escaped(part.text)}")
        elif part.item:
            follows = number and parts[number - 1].item
            if follows:
                shown[-1] += f"\n- {plainness.escaped(part.text)}"
            else:
                shown.append(f"- {plainness.escaped(part.text)}")
        elif part.rows:
            shown.append(_pipes(part.rows))
        else:
            shown.append(plainness.escaped(part.text))
    return "\n\n".join(shown)


def _pipes(rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(plainness.escaped(cell).replace("|", "&#124;") for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def _title(document: pdfium.PdfDocument, pages: list[list[Line]], styles: pdf_layout.Styles) -> str:
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
        title = " ".join(line.text for line in group)
        if len(title) <= 250 and any(c.isalpha() for c in title):
            return title
    return stated if re.search(r"\w\s+\w", stated) else ""


def _key(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _language(document: pdfium.PdfDocument) -> str:
    buffer: Any = raw.FPDFCatalog_GetLanguage
    import ctypes

    length = buffer(document.raw, None, 0)
    if not 2 < length < 200:
        return ""
    held = ctypes.create_string_buffer(length)
    buffer(document.raw, ctypes.cast(held, ctypes.POINTER(ctypes.c_ushort)), length)
    return held.raw[:length].decode("utf-16-le", "replace").strip("\0 ")


def _warnings(with_text: list[bool], unreadable: list[int]) -> list[str]:
    warnings = []
    if unreadable:
        warnings.append(f"{_pages(unreadable)} could not be opened.")
    bare = [number for number, held in enumerate(with_text, start=1) if not held and number not in set(unreadable)]
    if bare and any(with_text):
        warnings.append(f"{_pages(bare)} gave no text: pictures, scans or blank.")
    return warnings


def _pages(numbers: list[int]) -> str:
    named = ", ".join(map(str, numbers[:NAMED_PAGES]))
    more = len(numbers) - NAMED_PAGES
    return f"{'Page' if len(numbers) == 1 else 'Pages'} {named}{f' and {more} more' if more > 0 else ''}"
