"""PDF, page by page, by PDFium; pages that are pictures by text recognition where it is installed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import pypdfium2 as pdfium
from pypdfium2 import raw

from library.ingest import progress
from library.ingest.extraction import Found, Limits, PageText, Refusal, Status
from library.ingest.formats import pdf_about, pdf_layout, pdf_markdown, recognition
from library.ingest.formats.pdf_layout import Part
from library.ingest.formats.pdf_pictures import Figures
from library.ingest.formats.pdf_sheets import OPENING_PAGES, Sheet, opening_of, sheets_of
from library.ingest.formats.recognition import named_pages


def read(path: Path, name: str, limits: Limits | None = None) -> Found:
    """What the PDF at `path` says, with a line `<!-- page N -->` before each page's text. Raises Refusal."""
    document = opened(path, name)
    outline = pdf_about.outline(document)
    figures = Figures()
    sheets = sheets_of(document, path, figures)
    recognised = _recognise(document, sheets, limits or Limits())
    pages = [[] if sheet.recognised else sheet.lines for sheet in sheets]
    kept = pdf_layout.without_furniture(pages, [sheet.height for sheet in sheets])
    styles = pdf_layout.Styles(line for lines in kept for line in lines)
    entries = pdf_layout.outlined(kept, outline)
    words = _words(line.text for lines in kept for line in lines)
    shown = figures.shown()
    bodies: list[str] = []
    texts: list[PageText] = []
    for number, (sheet, lines) in enumerate(zip(sheets, kept, strict=True), start=1):
        parts = pdf_layout.parts(lines, styles, entries, words)
        if sheet.recognised:
            parts = pdf_layout.recognised(sheet.recognised)
        parts += [Part(f"{label}: {value}" if label else value) for label, value in sheet.typed]
        body = pdf_markdown.body(parts, shown.get(number, ()))
        bodies.append(f"<!-- page {number} -->\n\n{body}")
        texts.append(PageText(number, "\n".join(part.text for part in parts)))
    found = Found("\n\n".join(bodies) + "\n", "\n\n".join(page.text for page in texts))
    found.title = pdf_about.title(document, kept, styles)
    found.language = pdf_about.language(document)
    found.pages = len(sheets)
    found.pages_with_text = sum(sheet.says_something for sheet in sheets)
    found.warnings = _warnings(sheets, recognised, figures, limits or Limits())
    used = {figure.picture for some in shown.values() for figure in some}
    found.pictures = [picture for picture in figures.album.pictures if picture in used]
    return found


def _words(texts: Iterable[str]) -> set[str]:
    return {word.casefold() for text in texts for word in re.findall(r"\w+(?:-\w+)*", text)}


def opened(path: Path, name: str) -> pdfium.PdfDocument:
    """The document at `path`, its form ready. Raises Refusal for one that is protected, damaged or without pages."""
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


def _recognise(document: pdfium.PdfDocument, sheets: list[Sheet], limits: Limits) -> recognition.Recognised | None:
    """Give the pages without text what recognition reads on them; None when nothing was to be recognised or could be."""
    bare = [number for number, sheet in enumerate(sheets, 1) if not sheet.says_something and not sheet.unreadable]
    bare = [number for number in bare if _shows_something(document, number)]
    if not bare or not recognition.wanted(limits):
        return None
    before = len(sheets) - len(bare)
    opening = opening_of(sheets[:OPENING_PAGES])

    def read(done: int, text: str) -> None:
        nonlocal opening
        if done <= OPENING_PAGES + 1:
            opening += f"\n\n{text}"
        progress.report(before + done, len(sheets), opening)

    def save(numbers: Sequence[int], target: Path) -> None:
        some = pdfium.PdfDocument.new()
        try:
            some.import_pages(document, [number - 1 for number in numbers])
            some.save(target)
        except pdfium.PdfiumError as error:
            raise RuntimeError(f"pages {numbers} cannot be copied") from error
        finally:
            some.close()

    found = recognition.recognise(bare, save, limits, read)
    for number, text in found.texts.items():
        if any(c.isalnum() for c in text):
            sheets[number - 1].recognised = text
    return found


def _shows_something(document: pdfium.PdfDocument, number: int) -> bool:
    """Whether anything is drawn on a page: an empty one is not worth a look."""
    with suppress(pdfium.PdfiumError):
        page = document[number - 1]
        try:
            return bool(raw.FPDFPage_CountObjects(page.raw) > 0)
        finally:
            page.close()
    return False


def _warnings(
    sheets: Sequence[Sheet], recognised: recognition.Recognised | None, figures: Figures, limits: Limits
) -> list[str]:
    numbered = list(enumerate(sheets, start=1))
    warnings = []
    if unreadable := [number for number, sheet in numbered if sheet.unreadable]:
        warnings.append(f"{named_pages(unreadable)} could not be opened.")
    if garbled := [number for number, sheet in numbered if sheet.garbled and not sheet.recognised]:
        warnings.append(
            f"The fonts hide their letters on {named_pages(garbled).lower()}: what was read there is no text."
            " Print the file to PDF anew, or have text recognition (OCR) read it."
        )
    known = {*unreadable, *garbled}
    if recognised is not None:
        read = [number for number, sheet in numbered if sheet.recognised]
        warnings += recognition.warnings(recognised, read, limits)
        known.update(recognised.late, recognised.failed)
    bare = [number for number, sheet in numbered if not sheet.says_something and number not in known]
    if bare and any(sheet.says_something for sheet in sheets):
        warnings.append(f"{named_pages(bare)} gave no text: pictures, scans or blank.")
    if left_out := figures.left_out + figures.album.left_out:
        warnings.append(f"{left_out} pictures were left out: there are too many of them, or they are damaged.")
    return warnings
