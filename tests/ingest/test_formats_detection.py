"""A file's kind is what it holds, not what it is called."""

from __future__ import annotations

import gzip

import pytest

from library.ingest import Status
from library.ingest.outlines import from_name, headings, settle_title


@pytest.mark.parametrize(
    ("content", "name", "format"),
    [
        ("<!DOCTYPE html><html><body><p>Words of a page.</p></body></html>", "a.docx", "html"),
        (
            "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body><p>Words</p></body></html>",
            "a.txt",
            "html",
        ),
        ("{\\rtf1\\ansi Words of a letter.\\par}", "a.docx", "rtf"),
        ("# Heading\n\nWith a [link](https://x.org).\n", "a.txt", "markdown"),
        ("Only words.\n", "a.md", "markdown"),
        ("Only words.\n", "a", "text"),
        ("<?php echo 1; ?> some words", "a.txt", "text"),
    ],
)
def test_content_decides_the_format(extracted, content, name, format):
    found = extracted(content, name)
    assert (found.status, found.format) == (Status.ok, format)
    assert found.media_type


def test_pdf_under_another_name_is_a_pdf(extracted, made_pdf):
    assert extracted(made_pdf([[(12, 72, 700, "Words on a page")]]), "a.docx").format == "pdf"


def test_word_file_under_another_name_is_a_word_file(extracted, converted):
    assert extracted(converted("Words of a letter.", "docx"), "a.pdf").format == "docx"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "PNG"),
        (b"\x7fELF" + bytes(20), "program"),
        (b"SQLite format 3\x00" + bytes(20), "database"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(20), "film"),
        (bytes(257).replace(b"\x00", b"a") + b"ustar" + bytes(20), "no text"),
        (gzip.compress(b"Words that were packed alone.", mtime=0), "gzip"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><text>x</text></svg>", "SVG"),
        (b"<?xml version='1.0'?><invoice>1</invoice>", "XML"),
        (bytes(range(1, 32)) * 40, "no text"),
    ],
)
def test_what_is_not_read_here_is_unsupported_and_named(extracted, content, what):
    found = extracted(content, "thing.pdf")
    assert found.status is Status.unsupported
    assert what in found.reason
    assert "thing.pdf" in found.reason


@pytest.mark.parametrize(
    ("members", "name", "status"),
    [
        ({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}, "a.docx", Status.corrupt),
        ({"[Content_Types].xml": b"<x/>"}, "a.docx", Status.corrupt),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "a.odt", Status.corrupt),
        ({"mimetype": b"application/vnd.oasis.opendocument.graphics"}, "a.odg", Status.unsupported),
        ({"META-INF/MANIFEST.MF": b"Main-Class: x"}, "a.jar", Status.unsupported),
        ({"Index/Document.iwa": b"x"}, "a.pages", Status.unsupported),
        ({"readme.txt": b"hello"}, "a.epub", Status.corrupt),
        ({"content.xml": b"<office/>"}, "a.odt", Status.corrupt),
        ({}, "a.docx", Status.empty),
    ],
)
def test_containers_are_told_apart_by_their_members(extracted, zipped, members, name, status):
    found = extracted(zipped(name, members))
    assert found.status is status
    assert name in found.reason


@pytest.mark.parametrize("content", [b"", b"  \n\t ", b"\x00\x00", b"\xef\xbb\xbf", "\u200b\u200b".encode()])
def test_file_with_nothing_in_it_is_empty(extracted, content):
    found = extracted(content, "nothing.md")
    assert found.status is Status.empty
    assert "nothing.md" in found.reason


def test_receipt_has_the_contracts_keys_in_order(extracted):
    receipt = extracted("# A\n\nWords.\n", "a.md").receipt({"id": 1, "slug": "a", "url": "/documents/a/"}, "b")
    assert (
        list(receipt)
        == (
            "file status reason format media_type title language pages pages_with_text characters sections sha256 warnings"  # noqa: E501
            " document duplicate_of"
        ).split()
    )
    assert receipt["document"]["slug"] == "a"
    assert receipt["duplicate_of"] == "b"
    assert receipt["status"] == "ok"


def test_shown_name_hides_folders_and_reversed_writing(extracted):
    assert extracted("Words.", "../etc/\u202efdp.md").file == "fdp.md"
    assert extracted("Words.", "two\nlines.md").file == "two lines.md"


def test_headings_in_code_are_none():
    lines = "# One\n\n```\n# code\n```\n\nTwo\n===\n\n- item\n---\n".split("\n")
    assert [(h.level, h.text) for h in headings(lines)] == [(1, "One"), (1, "Two")]


def test_only_heading_of_the_highest_level_is_the_title():
    outline = settle_title("# **Guide** to x\n\nLead.\n\n## A\n\n### B\n", "", "n.md")
    assert (outline.title, outline.markdown) == ("Guide to x", "Lead.\n\n## A\n\n### B\n")
    assert outline.sections == 3


def test_chapters_of_the_highest_level_move_below_the_title():
    outline = settle_title("# A\n\ntext\n\n## A.1\n\n# B\n\ntext\n", "Stated", "n.md")
    assert outline.markdown == "## A\n\ntext\n\n### A.1\n\n## B\n\ntext\n"
    assert outline.title == "Stated"


def test_title_of_a_program_or_a_general_heading_is_no_title():
    assert settle_title("Words.\n", "Microsoft Word - x.doc", "budget_2024 report.docx").title == "Budget 2024 report"
    assert settle_title("# Introduction\n\nx\n\n# More\n", "", "water law.docx").title == "Water law"
    assert settle_title("x\n", "Introduction", "a.md", given=True).title == "Introduction"
    assert from_name("???") == "???"
