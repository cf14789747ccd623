"""Scans: recognised where OCRmyPDF and Tesseract are installed, page by page, within a time of their own."""

from __future__ import annotations

import io
import time

import pypdfium2 as pdfium
import pytest
from PIL import Image

from library.ingest import Limits, Status
from library.ingest.formats import recognition
from tests.needs import needs

OCR = Limits(ocr_seconds=240, ocr_languages="eng+fra+spa+ara")
WORDS = ("Every citizen may ask for", "the records of a ministry.", "The lantern stands on page")


def picture(made_pdf, *lines):
    """A picture of printed lines."""
    content = made_pdf([[(18, 72, 760 - 30 * number, text) for number, text in enumerate(lines)]])
    document = pdfium.PdfDocument(content)
    drawn = document[0].render(scale=150 / 72, grayscale=True).to_pil()
    document.close()
    return drawn


def scanned(made_pdf, count, text_pages=()):
    """A PDF of pages that are pictures; those in `text_pages` (0-based) have text."""
    made = pdfium.PdfDocument.new()
    for number in range(count):
        if number in text_pages:
            content = made_pdf([[(12, 72, 700, f"Printed words of page {number + 1}.")]])
        else:
            out = io.BytesIO()
            picture(made_pdf, *WORDS, f"number {number + 1}.").save(out, "PDF", resolution=150)
            content = out.getvalue()
        one = pdfium.PdfDocument(content)
        made.import_pages(one)
        one.close()
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_scan_without_recognition_says_how_to_install_it(extracted, made_pdf):
    found = extracted(scanned(made_pdf, 1), "scan.pdf")
    assert found.status is Status.empty
    assert "Install text recognition (OCR)" in found.reason and "docs/running.md" in found.reason


def test_picture_without_recognition_is_unsupported_and_says_what_would_read_it(extracted, made_pdf):
    out = io.BytesIO()
    picture(made_pdf, *WORDS).save(out, "PNG")
    found = extracted(out.getvalue(), "scan.png")
    assert found.status is Status.unsupported
    assert "text recognition" in found.reason


@needs("tesseract")
@pytest.mark.slow
def test_scan_is_recognised_in_the_sandbox_and_the_receipt_says_so(sandboxed, made_pdf):
    found = sandboxed(scanned(made_pdf, 2), "scan.pdf", OCR)
    assert (found.status, found.pages, found.pages_with_text) == (Status.ok, 2, 2)
    assert "Every citizen may ask for the records of a ministry." in found.text
    assert "<!-- page 2 -->" in found.markdown
    assert found.warnings[0].startswith(
        "The text of pages 1, 2 was recognised in a picture (OCR) and may have mistakes"
    )


@needs("tesseract")
@pytest.mark.slow
def test_only_pages_without_text_are_recognised(sandboxed, made_pdf):
    found = sandboxed(scanned(made_pdf, 3, text_pages=(0, 2)), "mixed.pdf", OCR)
    assert found.status is Status.ok
    assert "Printed words of page 1." in found.text and "Printed words of page 3." in found.text
    assert "lantern" in found.text
    assert found.warnings[0].startswith("The text of page 2 was recognised")


@needs("tesseract")
@pytest.mark.slow
def test_picture_of_text_is_a_piece_of_one_page(sandboxed, made_pdf):
    out = io.BytesIO()
    picture(made_pdf, *WORDS).save(out, "JPEG")
    found = sandboxed(out.getvalue(), "notice.jpg", OCR)
    assert (found.status, found.format, found.pages, found.title) == (Status.ok, "jpeg", 1, "Notice")
    assert "records of a ministry" in found.text
    assert f"![](picture:{found.pictures[0].kept})" in found.markdown


@needs("tesseract")
@pytest.mark.slow
def test_every_page_of_a_tiff_is_recognised(sandboxed, made_pdf):
    out = io.BytesIO()
    frames = [picture(made_pdf, *WORDS, f"number {number}.") for number in (1, 2)]
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_lzw")
    found = sandboxed(out.getvalue(), "scan.tif", OCR)
    assert (found.status, found.pages_with_text) == (Status.ok, 2)


def test_broken_picture_is_corrupt(extracted, monkeypatch):
    monkeypatch.setattr(recognition, "languages", lambda names: "eng")
    found = extracted(b"\x89PNG\r\n\x1a\n" + b"nothing of it holds" * 20, "a.png", OCR)
    assert found.status is Status.corrupt


def test_what_is_recognised_in_time_is_kept_and_the_rest_is_named(extracted, made_pdf, monkeypatch):
    monkeypatch.setattr(recognition, "languages", lambda names: "eng")

    def slowly(some, save, spoken, seconds):
        time.sleep(1.2)
        return [f"Words of a page, {number}" for number in some]

    monkeypatch.setattr(recognition, "_texts", slowly)
    found = extracted(scanned(made_pdf, 9), "scan.pdf", Limits(ocr_seconds=3.5, ocr_languages="eng"))
    assert (found.status, found.pages_with_text) == (Status.partial, 5)
    assert "Words of a page, 5" in found.text
    assert any(warning.startswith("Pages 6–9 were not recognised: the time for it") for warning in found.warnings)


def test_page_that_breaks_recognition_costs_no_other_page(extracted, made_pdf, monkeypatch):
    monkeypatch.setattr(recognition, "languages", lambda names: "eng")
    monkeypatch.setattr(
        recognition, "_texts", lambda some, *_: None if 3 in some else [f"Words of page {number}" for number in some]
    )
    found = extracted(scanned(made_pdf, 5), "scan.pdf", OCR)
    assert (found.status, found.pages_with_text) == (Status.partial, 4)
    assert "Page 3: text recognition broke off there." in found.warnings


def test_empty_page_is_not_recognised(extracted, made_pdf, monkeypatch):
    monkeypatch.setattr(recognition, "languages", lambda names: "eng")
    monkeypatch.setattr(recognition, "_texts", lambda *_: pytest.fail("nothing is drawn on it"))
    found = extracted(made_pdf([[(12, 72, 700, "Words.")], []]), "a.pdf", OCR)
    assert found.warnings == ("Page 2 gave no text: pictures, scans or blank.",)


def test_recognised_paragraphs_are_joined_and_words_mended():
    from library.ingest.formats.pdf_layout import recognised

    text = "Every citizen may ask the com-\nmittee for records, and the\n\nministry answers.\n\nAppeals follow.\n• One\n• Two"
    assert [(part.text, part.item) for part in recognised(text)] == [
        ("Every citizen may ask the committee for records, and the ministry answers.", False),
        ("Appeals follow.", False),
        ("One", True),
        ("Two", True),
    ]


@pytest.mark.parametrize(
    ("numbers", "named"),
    [([3], "Page 3"), ([1, 2], "Pages 1, 2"), ([1, 2, 3, 7], "Pages 1–3, 7"), (list(range(1, 90, 2)), "and 25 more")],
)
def test_runs_of_pages_are_named_together(numbers, named):
    assert named in recognition.named_pages(numbers)


def test_bomb_of_pixels_is_too_large(extracted, monkeypatch):
    monkeypatch.setattr(recognition, "languages", lambda names: "eng")
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert extracted(out.getvalue(), "a.png", OCR).status is Status.too_large
