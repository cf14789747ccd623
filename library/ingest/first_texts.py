"""Small files of each format, read once by the nursery before its first child: patterns, code pages and tables of
letters that reading makes ready at its first use are then ready in every child.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHOW = "http://schemas.openxmlformats.org/presentationml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"
_PAGE = b"<html xmlns='http://www.w3.org/1999/xhtml'><head><title>First</title></head><body><h1>First</h1><p>One <b>two</b>.</p></body></html>"


def first_texts() -> Iterator[tuple[str, bytes]]:
    """Name and content of each."""
    yield (
        "first.md",
        b"---\ntitle: First\n---\n# First\n\n- *one*\n- [two](#two)\n\n## Two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    )
    yield (
        "first.html",
        b"<!DOCTYPE html><title>First</title><nav>Menu</nav><main><h1>First</h1><p>One <b>two</b>.</main>",
    )
    yield "first.csv", b"name,number\none,1\ntwo,2\n"
    yield "first.txt", "Первая строка\n\nЗакон обязывает органы власти отвечать на запросы.\n".encode("cp1251")
    yield "first.eml", b"From: a@example.org\nTo: b@example.org\nSubject: First\n\nOne line.\n"
    yield "first.rtf", rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Arial;}}\pard First \b two\b0\par \'cf\'e5\par}"
    yield "first.docx", _word()
    yield "first.odt", _open_document()
    yield "first.epub", _book()
    yield "first.pptx", _slides()


def _word() -> bytes:
    text = "<w:p><w:pPr><w:pStyle w:val='Heading1'/></w:pPr><w:r><w:t>First</w:t></w:r></w:p>"
    text += "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>One</w:t></w:r><w:r><w:t> two.</w:t></w:r></w:p>"
    text += "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    return _archive(
        {
            "[Content_Types].xml": b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
            "word/document.xml": f"<w:document xmlns:w='{_WORD}'><w:body>{text}</w:body></w:document>".encode(),
            "word/styles.xml": f"<w:styles xmlns:w='{_WORD}'/>".encode(),
        }
    )


def _open_document() -> bytes:
    text = "<text:h text:outline-level='1'>First</text:h><text:p>One two.</text:p>"
    return _archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": (
                f"<office:document-content xmlns:office='{_OPEN}:office:1.0' xmlns:text='{_OPEN}:text:1.0'>"
                f"<office:body><office:text>{text}</office:text></office:body></office:document-content>"
            ).encode(),
        }
    )


def _slides() -> bytes:
    text = "<p:sp><p:txBody><a:p><a:r><a:t>First two.</a:t></a:r></a:p></p:txBody></p:sp>"
    spaces = f"xmlns:p='{_SHOW}' xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main' xmlns:r='{_OFFICE}'"
    relation = f"<Relationship Id='r1' Type='{_OFFICE}/%s' Target='%s'/>"
    relations = "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>%s</Relationships>"
    order = "<p:sldIdLst><p:sldId id='256' r:id='r1'/></p:sldIdLst>"
    members = {
        "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
        "_rels/.rels": relations % (relation % ("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"<p:presentation {spaces}>{order}</p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations % (relation % ("slide", "slides/slide1.xml")),
        "ppt/slides/slide1.xml": f"<p:sld {spaces}><p:cSld><p:spTree>{text}</p:spTree></p:cSld></p:sld>",
    }
    return _archive({name: content.encode() for name, content in members.items()})


def _book() -> bytes:
    container = (
        b"<container xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles>"
        b"<rootfile full-path='book.opf' media-type='application/oebps-package+xml'/></rootfiles></container>"
    )
    package = (
        b"<package xmlns='http://www.idpf.org/2007/opf' version='3.0'><metadata/><manifest>"
        b"<item id='one' href='one.xhtml' media-type='application/xhtml+xml'/></manifest>"
        b"<spine><itemref idref='one'/></spine></package>"
    )
    members = {"mimetype": b"application/epub+zip", "META-INF/container.xml": container, "book.opf": package}
    return _archive(members | {"one.xhtml": _PAGE})


def _archive(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()
