"""Pictures inside files: kept where they stand, with what the file says of them; what is left out is counted."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from library.catalogue import documents, pictures
from library.ingest import Limits, extract, importing, jobs
from library.ingest.keeping import described, warning
from library.ingest.receiving import receive
from tests.ingest.office import docx, odt, p_sp, picture, pptx, w_p

BEFORE = "Words before the picture."


def w_picture(alt: str, title: str = "") -> str:
    return (
        f'<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="{alt}" title="{title}"/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:blipFill>'
        '<a:blip r:embed="rPicture"/></pic:blipFill><pic:spPr/></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r></w:p>"
    )


def data(content: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


def made(form: str, zipped, content: bytes) -> Path | str | bytes:
    """A file of a format in which the picture with the description “A crowd” follows BEFORE."""
    match form:
        case "docx":
            return zipped("a.docx", docx(w_p(BEFORE) + w_picture("A crowd") + w_p("After."), picture=content))
        case "odt":
            frame = '<draw:frame><draw:image xlink:href="Pictures/one.png"/><svg:desc>A crowd</svg:desc></draw:frame>'
            return zipped("a.odt", odt(f"<text:p>{BEFORE}</text:p><text:p>{frame}</text:p>", one=content))
        case "pptx":
            shape = (
                '<p:pic><p:nvPicPr><p:cNvPr id="3" name="Picture 2" descr="A crowd"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr>'
                '<p:blipFill><a:blip r:embed="r3"/></p:blipFill><p:spPr/></p:pic>'
            )
            return zipped("a.pptx", pptx(p_sp(BEFORE) + shape, picture=content))
        case "html":
            return f'<html><body><main><p>{BEFORE}</p><p><img src="{data(content)}" alt="A crowd"></p></main></body></html>'
        case "md":
            return f"{BEFORE}\n\n![A crowd]({data(content)})\n"
        case _:
            hexed = content.hex().encode()
            return (
                rb"{\rtf1\ansi " + BEFORE.encode() + rb"\par{\*\shppict{\pict\pngblip " + hexed + rb"}}\par after\par}"
            )


@pytest.mark.parametrize("form", ["docx", "odt", "pptx", "html", "md", "rtf"])
def test_picture_is_kept_where_it_stands(extracted, zipped, form):
    found = extracted(made(form, zipped, picture()), f"a.{form}")
    (kept,) = found.pictures
    alt = "" if form == "rtf" else "A crowd"
    assert (kept.width, kept.height) == (60, 40)
    assert found.markdown.index(BEFORE) < found.markdown.index(f"![{alt}](picture:{kept.kept})")
    assert alt in found.text
    assert found.warnings == ()


def test_picture_of_a_book_is_kept(extracted, converted, tmp_path):
    (tmp_path / "p.png").write_bytes(picture())
    found = extracted(converted(f"# One\n\n{BEFORE}\n\n![A crowd]({tmp_path / 'p.png'})\n", "epub"), "a.epub")
    assert f"![A crowd](picture:{found.pictures[0].kept})" in found.markdown


def test_bytes_of_pictures_reach_the_folder_of_who_asks(sandboxed, zipped, tmp_path):
    keep = tmp_path / "keep"
    keep.mkdir()
    path = made("docx", zipped, picture())
    found = extract(path, "a.docx", Limits(), tmp_path / "scratch", keep=keep)
    assert [file.name for file in keep.iterdir()] == [found.pictures[0].kept]


def test_picture_shown_twice_is_kept_once(extracted, zipped):
    body = w_picture("A crowd") + w_picture("The same", "Again")
    found = extracted(zipped("a.docx", docx(body, picture=picture())))
    assert len(found.pictures) == 1
    assert found.markdown.count(found.pictures[0].kept) == 2
    assert f'![The same](picture:{found.pictures[0].kept} "Again")' in found.markdown


def test_pictures_that_cannot_be_kept_are_counted_and_their_descriptions_stay(extracted):
    page = (
        f'<html><body><main><p>{BEFORE}</p><img src="https://example.org/a.png" alt="A march">'
        '<img src="https://example.org/b.png"><img src="https://example.org/count.gif" width="1" height="1"></main></body></html>'
    )
    found = extracted(page, "a.html")
    assert found.warnings == ("2 pictures were left out.",)
    assert "![A march](left-out)" in found.markdown and "A march" in found.text


def test_picture_that_is_no_picture_is_left_out(extracted, zipped):
    found = extracted(zipped("a.docx", docx(w_p(BEFORE) + w_picture("A crowd"), picture=b"<svg/>")))
    assert found.warnings == ("1 picture was left out.",)
    assert found.pictures == () and "A crowd" in found.text


def test_picture_in_a_heading_stands_below_it(extracted, converted, tmp_path):
    (tmp_path / "p.png").write_bytes(picture())
    found = extracted(converted(f"{BEFORE}\n\n# Part ![x]({tmp_path / 'p.png'})\n\n# Next\n\nText.\n", "docx"))
    assert f"## Part\n\n![x](picture:{found.pictures[0].kept})\n" in found.markdown


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("A crowd at the gate", "A crowd at the gate"),
        ("IMG_2041.JPG", ""),
        (r"C:\Users\somebody\Pictures\crowd", ""),
        ("Picture 4", ""),
        ("A crowd\nDescription automatically generated", "A crowd"),
        ("", ""),
    ],
)
def test_what_programs_say_of_pictures_is_no_description(said, kept):
    assert described(said) == kept


def test_nothing_is_said_where_nothing_is_left_out():
    assert warning(0) == []


def test_uploaded_file_is_shown_with_its_pictures(app: Flask, client: FlaskClient, zipped):
    path = made("docx", zipped, picture())
    receive(io.BytesIO(path.read_bytes()), "plan.docx", by=None, publish=True)
    assert jobs.step("w")
    found = documents.by_id(1)
    assert found is not None
    (kept,) = found.pictures
    page = client.get(f"/documents/{found.slug}/").text
    assert f'<img alt="A crowd" src="/pictures/{kept.name}" width="60" height="40"' in page
    assert client.get(f"/pictures/{kept.name}").status_code == 200
    assert not list((Path(app.instance_path) / "tmp").iterdir())


def test_imported_file_is_shown_with_its_pictures(app: Flask, zipped):
    told: list[dict[str, object]] = []
    importing.take_in(importing.collect([made("docx", zipped, picture())]), told.append)
    found = documents.by_id(1)
    assert found is not None and len(found.pictures) == 1
    assert pictures.path(found.pictures[0]).is_file()
    assert not list((Path(app.instance_path) / "tmp").iterdir())
