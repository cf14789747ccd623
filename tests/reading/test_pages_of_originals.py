"""A page of a PDF beside its text: drawn apart, kept bounded, and never where the original is withheld."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from PIL import Image

from library.access.models import Role, User
from library.catalogue import documents, files
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document
from library.extensions import db
from library.ingest import page_pictures

Uploaded = Callable[..., Document]
BODY = "<!-- page 1 -->\n\nFirst page.\n\n<!-- page 2 -->\n\n## Second\n\nSecond page, with [a way](#second).\n"


def pdf(pages: int = 2) -> bytes:
    """A PDF of empty A5 pages."""
    document = pdfium.PdfDocument.new()
    for _ in range(pages):
        document.new_page(420, 595)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


@pytest.fixture
def uploaded(app: Flask) -> Uploaded:
    """A published piece made from a PDF of two pages; its original is offered unless said otherwise."""

    def make(content: bytes = b"", original: str = "offered", media_type: str = "application/pdf") -> Document:
        file = files.store(io.BytesIO(content or pdf()), "report.pdf")
        file.media_type = media_type
        db.session.commit()
        document = documents.create(Metadata(title="Report"), BODY, slug="report", file=file, receipt={"pages": 2})
        documents.publish(document)
        documents.curate(document, original=original)
        return document

    return make


def test_a_page_stands_beside_its_text_as_a_picture_with_its_size(client: FlaskClient, uploaded: Uploaded) -> None:
    uploaded()
    article = lxml_html.document_fromstring(client.get("/documents/report/").text)
    assert article.xpath("//div[@class='page-break']/a/@href") == [
        "/documents/report/pages/1/",
        "/documents/report/pages/2/",
    ]
    found = lxml_html.document_fromstring(client.get("/documents/report/pages/2/").text)
    assert "Second page" in found.xpath("//div[@class='prose']")[0].text_content()
    assert "First page" not in found.xpath("//div[@class='prose']")[0].text_content()
    assert "/documents/report/#second" in found.xpath("//div[@class='prose']//a/@href")
    assert "/documents/report/original#page=2" in found.xpath("//main//a/@href")
    image = found.xpath("//img")[0]
    response = client.get(image.get("src"))
    assert response.mimetype == "image/webp"
    assert response.headers["Cache-Control"] == "no-cache"
    assert Image.open(io.BytesIO(response.data)).width == 800
    assert int(image.get("width")) == 1400
    assert abs(int(image.get("height")) - 1400 * 595 / 420) < 2


@pytest.mark.parametrize("original", ["withheld", "", "cleaned"])
def test_an_original_that_is_withheld_or_not_cleaned_yet_does_not_leak_by_its_pages(
    client: FlaskClient, uploaded: Uploaded, person: Callable[..., User], reader: Callable[[User], FlaskClient],
    original: str,
) -> None:  # fmt: skip
    document = uploaded()
    assert client.get("/documents/report/pages/1/").status_code == 200
    assert client.get("/documents/report/pages/1/480.webp").status_code == 200
    documents.curate(document, original=original)
    for path in ("pages/1/", "pages/1/480.webp", "pages/1/1400.webp"):
        assert client.get(f"/documents/report/{path}").status_code == 404
        assert reader(person(Role.MEMBER)).get(f"/documents/report/{path}").status_code == 404
    assert "/pages/" not in client.get("/documents/report/").text
    curator = reader(person(Role.CURATOR))
    assert curator.get("/documents/report/pages/1/480.webp").headers["Cache-Control"] == "private, no-store"


def test_a_cleaned_copy_is_what_is_drawn(client: FlaskClient, uploaded: Uploaded, app: Flask) -> None:
    document = uploaded(original="cleaned")
    copy = files.store(io.BytesIO(pdf(3)), "report.pdf")
    copy.media_type = "application/pdf"
    assert document.file is not None
    document.file.cleaned = copy.sha256
    db.session.commit()
    assert client.get("/documents/report/pages/1/480.webp").status_code == 200
    drawn = [folder.name for folder in (Path(app.instance_path) / "page-pictures").iterdir()]
    assert drawn == [copy.sha256]


def test_hidden_and_withdrawn_pieces_show_no_pages(client: FlaskClient, uploaded: Uploaded) -> None:
    document = uploaded()
    documents.curate(document, access="members")
    assert client.get("/documents/report/pages/1/480.webp").status_code == 404
    documents.curate(document, access="public")
    documents.withdraw(document, "Wrong.")
    assert client.get("/documents/report/pages/1/480.webp").status_code == 410


def test_a_damaged_file_gives_a_sentence_and_no_picture(client: FlaskClient, uploaded: Uploaded) -> None:
    uploaded(b"%PDF-1.7 and then nothing that anybody could draw")
    response = client.get("/documents/report/pages/1/")
    assert response.status_code == 200
    assert "could not be drawn" in response.text
    assert client.get("/documents/report/pages/1/480.webp").status_code == 404


def test_only_pages_and_widths_that_there_are(client: FlaskClient, uploaded: Uploaded) -> None:
    uploaded()
    for path in ("pages/0/", "pages/3/", "pages/1/481.webp", "pages/3/480.webp"):
        assert client.get(f"/documents/report/{path}").status_code == 404


def test_another_format_has_no_pages(client: FlaskClient, uploaded: Uploaded) -> None:
    uploaded(media_type="application/epub+zip")
    assert client.get("/documents/report/pages/1/").status_code == 404


def test_pictures_take_no_more_room_than_they_may(app: Flask, uploaded: Uploaded) -> None:
    document = uploaded(pdf(4))
    assert document.file is not None
    app.config["PAGE_PICTURES_MB"] = 0
    for number in (1, 2, 3):
        page_pictures.draw(document.file, number)
        kept = [folder.name for folder in (Path(app.instance_path) / "page-pictures").glob("*/*")]
        assert kept == [str(number)]


def test_who_waits_too_long_is_asked_to_come_back(
    client: FlaskClient, uploaded: Uploaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploaded()
    monkeypatch.setattr(page_pictures, "PATIENCE", 0.01)
    with page_pictures._ONE:
        response = client.get("/documents/report/pages/1/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
