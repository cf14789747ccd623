"""What was typed into a PDF's form: drawn into its page where it stands. Comments are left out."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

MOST_FIELDS = 5_000  # of one page
_UNSEEN = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
_TYPED = (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX)


def open_form(document: pdfium.PdfDocument) -> bool:
    """Whether the document has a form; must be asked before its pages are opened, for PDFium to draw empty fields."""
    if raw.FPDF_GetFormType(document.raw) == raw.FORMTYPE_NONE:
        return False
    document.init_forms()
    return document.formenv is not None


def values(document: pdfium.PdfDocument, number: int) -> list[tuple[str, str]]:
    """(label, value) of the visible fields of page `number` that hold text; draws all its visible fields into it.

    The page, opened afterwards, has the fields in its text, where PDFium could draw them; the values tell what should
    be there. Raises PdfiumError.
    """
    page = document[number - 1]
    form = document.formenv
    found: list[tuple[str, str]] = []
    fields = 0
    for index in range(raw.FPDFPage_GetAnnotCount(page.raw) - 1, -1, -1):
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        shown = raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_WIDGET and fields < MOST_FIELDS
        shown = shown and not raw.FPDFAnnot_GetFlags(annotation) & _UNSEEN
        if shown:
            fields += 1
            if form is not None and raw.FPDFAnnot_GetFormFieldType(form.raw, annotation) in _TYPED:
                value = _text(raw.FPDFAnnot_GetFormFieldValue, form.raw, annotation)
                label = _text(raw.FPDFAnnot_GetFormFieldAlternateName, form.raw, annotation)
                if value:
                    found.append((label, value))
        raw.FPDFPage_CloseAnnot(annotation)
        if not shown:
            raw.FPDFPage_RemoveAnnot(page.raw, index)  # in memory only
    if fields:
        raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY)
    page.close()
    return found[::-1]


def _text(ask: Any, form: Any, annotation: Any) -> str:
    length = ask(form, annotation, None, 0)
    if not 2 < length < 200_000:
        return ""
    held = ctypes.create_string_buffer(length)
    ask(form, annotation, ctypes.cast(held, ctypes.POINTER(ctypes.c_ushort)), length)
    return " ".join(held.raw[:length].decode("utf-16-le", "replace").strip("\0").split())
