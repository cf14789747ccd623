"""DOCX, ODT, EPUB, RTF and PPTX become Markdown that the library renders."""

from __future__ import annotations

import io
import zipfile

import pytest
from pypdf import PdfWriter

from library.ingest import Status

GUIDE = """---
title: Monitoring a parliament
lang: en
---

# Before you begin

Ask for the **timetable** of sittings and read the [rules](https://example.org/rules).
The rules say who may attend.[^1]

## What to bring

- a notebook
    - with numbered pages
- a watch

| Session | Hour  |
|---------|-------|
| Plenary | ten   |
| Hearing | three |

# Afterwards

Publish what you saw within a week.

[^1]: Committees may close their doors.
"""


@pytest.mark.parametrize("format", ["docx", "odt", "epub"])
def test_office_file_keeps_title_headings_lists_tables_and_notes(extracted, converted, format):
    found = extracted(converted(GUIDE, format))
    assert (found.status, found.format, found.title) == (Status.ok, format, "Monitoring a parliament")
    assert found.language.startswith("en")
    assert "## Before you begin" in found.markdown
    assert "### What to bring" in found.markdown
    assert "## Afterwards" in found.markdown
    assert "    -   with numbered pages" in found.markdown
    assert "| Plenary | ten" in found.markdown
    assert "[rules](https://example.org/rules)" in found.markdown
    assert "[^1]" in found.markdown
    assert "Committees may close their doors." in found.text
    assert "**" not in found.text
    assert found.characters == len(found.text)
    assert found.sections == 3


def test_rtf_in_an_eastern_code_page_is_read_as_its_letters(extracted):
    words = "Článek týdne".encode("cp1250")
    letters = "".join(f"\\'{byte:02x}" if byte > 127 else chr(byte) for byte in words)
    found = extracted(f"{{\\rtf1\\ansi\\ansicpg1250 {letters}\\par\\u347?wiat\\par}}".encode(), "clanek.rtf")
    assert found.format == "rtf"
    assert "Článek týdne" in found.text
    assert "świat" in found.text


def test_rtf_font_charset_decides_the_code_page(extracted):
    letters = "".join(f"\\'{byte:02x}" for byte in "Уважаемый".encode("cp1251"))
    table = "{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset204 Arial;}}"
    found = extracted(f"{{\\rtf1\\ansi\\ansicpg1252{table}\\f1 {letters} \\f0 friend\\par}}".encode(), "brief.rtf")
    assert found.text == "Уважаемый friend"


def test_rtf_with_double_byte_letters(extracted):
    letters = "".join(f"\\'{byte:02x}" for byte in "公開".encode("cp932"))
    table = "{\\fonttbl{\\f0\\fcharset128 Gothic;}}"
    found = extracted(f"{{\\rtf1\\ansi{table}\\f0 {letters}\\par}}".encode(), "a.rtf")
    assert found.text == "公開"


def test_rtf_nested_without_end_is_unsafe(extracted):
    assert extracted(b"{\\rtf1 " + b"{" * 20_000, "deep.rtf").status is Status.unsafe


def test_presentation_counts_its_slides(extracted, converted):
    found = extracted(converted("# First slide\n\nopen\n\n# Second slide\n\nclose\n", "pptx"))
    assert found.format == "pptx"
    assert found.pages == 2
    assert "open" in found.text
    assert "close" in found.text


def test_picture_too_small_to_say_anything_goes_without_a_word(extracted, zipped, converted, tmp_path):
    picture = tmp_path / "dot.png"
    picture.write_bytes(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
            "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
        )
    )
    found = extracted(converted(f"Text before ![a dot]({picture}) and after.\n", "docx"))
    assert found.warnings == ()
    assert "Text before" in found.text
    assert "and after" in found.text


def test_name_of_the_machine_user_is_no_author(extracted, converted, tmp_path):
    source = converted("A text of some length about assembly.\n", "docx")
    target = tmp_path / "named.docx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            content = old.read(info.filename)
            if info.filename == "docProps/core.xml":
                content = content.replace(b"<dc:creator>", b"<dc:creator>laptop-user")
            new.writestr(info.filename, content)
    assert not extracted(target).metadata.get("authors")


def test_book_that_a_seller_protects_is_encrypted(extracted, converted, tmp_path):
    target = tmp_path / "drm.epub"
    target.write_bytes(converted(GUIDE, "epub").read_bytes())
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(
            "META-INF/encryption.xml",
            '<encryption><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></encryption>',
        )
    found = extracted(target)
    assert found.status is Status.encrypted
    assert "DRM" in found.reason


def test_encrypted_open_document_is_told_so(extracted, zipped):
    mimetype = b"application/vnd.oasis.opendocument.text"
    manifest = b"<manifest><file-entry><encryption-data/></file-entry></manifest>"
    found = extracted(zipped("a.odt", {"mimetype": mimetype, "META-INF/manifest.xml": manifest, "content.xml": b"xx"}))
    assert found.status is Status.encrypted
    assert "password" in found.reason


def test_encrypted_word_file_is_told_so(extracted):
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    assert extracted(compound, "secret.docx").status is Status.encrypted


@pytest.mark.parametrize(
    ("stream", "advice"), [("WordDocument", ".docx"), ("PowerPoint Document", ".pptx"), ("?", ".docx")]
)
def test_old_office_file_is_unsupported_and_says_what_to_do(extracted, stream, advice):
    found = extracted(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le"), "old.doc")
    assert found.status is Status.unsupported
    assert advice in found.reason


def test_encrypted_pdf_is_told_so(extracted, made_pdf):
    writer = PdfWriter(clone_from=io.BytesIO(made_pdf([[(12, 72, 700, "secret")]])))
    writer.encrypt("word")
    held = io.BytesIO()
    writer.write(held)
    found = extracted(held.getvalue(), "plan.pdf")
    assert (found.status, found.format, found.markdown) == (Status.encrypted, "pdf", "")
    assert "password" in found.reason
    assert "plan.pdf" in found.reason


def test_file_with_hardly_a_letter_is_empty_and_says_which(extracted):
    found = extracted(r"{\rtf1\ansi \'fc\par}", "form.rtf")
    assert found.status is Status.empty and "only “ü”" in found.reason
    assert extracted("ok", "note.txt").status is Status.ok
