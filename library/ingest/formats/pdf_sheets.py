"""The pages of a PDF, read one by one; those of a long one by two processes at once."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2 as pdfium

from library.ingest import progress
from library.ingest.formats import pdf_forms, pdf_garble
from library.ingest.formats.pdf_glyphs import glyphs_of
from library.ingest.formats.pdf_lines import Line, lines_of
from library.ingest.formats.pdf_pictures import Figures
from library.ingest.formats.pdf_tables import labelled

LONG = 300  # pages from which a second process is worth its start
OPENING_PAGES = 5  # whose text is shown while the rest is read
_SECOND_HALF = Path("second-half.pickle")


@dataclass(slots=True)
class Sheet:
    """A page as it was read. `recognised`: its text came from text recognition, which gives no places."""

    height: float = 0.0
    lines: list[Line] = field(default_factory=list)
    typed: list[tuple[str, str]] = field(default_factory=list)  # (label, value) of fields that are not drawn
    unreadable: bool = False
    garbled: bool = False
    recognised: str = ""

    @property
    def says_something(self) -> bool:
        """Whether there is text that a person can read."""
        return bool(self.recognised or self.typed or (self.lines and not self.garbled))


def sheets_of(document: pdfium.PdfDocument, path: Path, figures: Figures) -> list[Sheet]:
    """Every page of the document at `path`, read; how far this is told page by page."""
    count = len(document)
    other = _second_half(path, count) if count >= LONG and (os.cpu_count() or 1) > 1 and hasattr(os, "fork") else 0
    with_form = pdf_forms.open_form(document)
    half = count // 2 if other else count
    sheets: list[Sheet] = []
    opening = ""
    for number in range(1, half + 1):
        sheets.append(_sheet(document, number, with_form, figures))
        if number <= OPENING_PAGES:
            opening += opening_of(sheets[-1:])
        progress.report(number * 2 if other else number, count, opening)
    if other:
        sheets += _joined(other, document, half, with_form, figures)
    return sheets


def opening_of(sheets: Iterable[Sheet]) -> str:
    """The text of some pages as it was read, for a first look."""
    return "".join("\n".join(line.text for line in sheet.lines) + "\n\n" for sheet in sheets if not sheet.garbled)


def _second_half(path: Path, count: int) -> int:
    """Start a process that reads the second half of the pages; its number."""
    _SECOND_HALF.unlink(missing_ok=True)
    number = os.fork()
    if number:
        return number
    status = 1
    try:
        document = pdfium.PdfDocument(path)
        with_form = pdf_forms.open_form(document)
        figures = Figures()
        sheets = [_sheet(document, page, with_form, figures) for page in range(count // 2 + 1, count + 1)]
        with _SECOND_HALF.open("wb") as file:
            pickle.dump((sheets, figures), file, pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        os._exit(status)  # nothing of the first process's doings is done twice


def _joined(other: int, document: pdfium.PdfDocument, half: int, with_form: bool, figures: Figures) -> list[Sheet]:
    """What the second process read; its pages are read here when it broke off."""
    _, status = os.waitpid(other, 0)
    if status == 0 and _SECOND_HALF.is_file():
        with _SECOND_HALF.open("rb") as file:
            sheets, more = pickle.load(file)  # noqa: S301 - written by this program, within the same sandbox
        figures.add(more)
        return list(sheets)
    rest: list[Sheet] = []
    for number in range(half + 1, len(document) + 1):
        rest.append(_sheet(document, number, with_form, figures))
        progress.report(number, len(document))
    return rest


def _sheet(document: pdfium.PdfDocument, number: int, with_form: bool, figures: Figures) -> Sheet:
    try:
        typed = pdf_forms.values(document, number) if with_form else []
        page = document[number - 1]
    except pdfium.PdfiumError:
        return Sheet(unreadable=True)
    try:
        sheet = Sheet(page.get_height())
        textpage = page.get_textpage()
        found = lines_of(glyphs_of(page, textpage), number)
        textpage.close()
        sheet.lines = [line for line in labelled(found) if any(c.isalnum() for c in line.text)]
        sheet.garbled = pdf_garble.is_garbled([line.text for line in found])
        if typed:
            drawn = _squeezed("".join(line.text for line in found))
            sheet.typed = [(label, value) for label, value in typed if _squeezed(value) not in drawn]
        figures.gather(document, page, number)
        return sheet
    except pdfium.PdfiumError:
        return Sheet(unreadable=True)
    finally:
        page.close()


def _squeezed(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
