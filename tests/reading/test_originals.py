"""Who gets the file as uploaded, and how it is sent."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from library.access.models import Role, User
from library.catalogue import documents, files
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document
from library.extensions import db


@pytest.fixture
def uploaded(app: Flask) -> Callable[[str, str], Document]:
    """A published piece made from a file of this name and media type."""

    def make(name: str, media_type: str) -> Document:
        file = files.store(io.BytesIO(b"bytes of the original"), name)
        file.media_type = media_type
        db.session.commit()
        document = documents.create(Metadata(title="Report"), "Text.", slug="report", file=file)
        documents.publish(document)
        return document

    return make


def test_original_is_withheld_unless_it_is_offered(
    app: Flask,
    client: FlaskClient,
    uploaded: Callable[[str, str], Document],
    person: Callable[..., User],
    reader: Callable[[User], FlaskClient],
) -> None:
    document = uploaded("report.pdf", "application/pdf")
    refused = client.get("/documents/report/original")
    assert refused.status_code == 403
    assert "not given out" in refused.text
    assert "/original" not in client.get("/documents/report/").text
    assert reader(person(Role.CURATOR)).get("/documents/report/original").status_code == 200
    assert reader(person(Role.MEMBER)).get("/documents/report/original").status_code == 403
    documents.curate(document, original="offered")
    assert client.get("/documents/report/original").data == b"bytes of the original"
    assert "/documents/report/original" in client.get("/documents/report/").text
    documents.curate(document, original="")
    app.config["ORIGINALS"] = "offered"
    assert client.get("/documents/report/original").status_code == 200


@pytest.mark.parametrize(
    ("media_type", "shown"),
    [
        ("application/pdf", True),
        ("image/png", True),
        ("text/plain", True),
        ("text/html", False),
        ("image/svg+xml", False),
    ],
)
def test_only_what_runs_nothing_is_shown(
    app: Flask, client: FlaskClient, uploaded: Callable[[str, str], Document], media_type: str, shown: bool
) -> None:
    app.config["ORIGINALS"] = "offered"
    uploaded("l'été “2024”; rapport.bin", media_type)
    response = client.get("/documents/report/original")
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("inline" if shown else "attachment")
    assert "filename*=UTF-8''" in disposition
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert media_type == "application/pdf" or "sandbox" in response.headers["Content-Security-Policy"]
    again = client.get("/documents/report/original", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_piece_written_here_has_no_original(client: FlaskClient, guide: Document) -> None:
    response = client.get("/documents/meetings/original")
    assert response.status_code == 404
    assert "no original file" in response.text


def test_missing_file_is_a_sentence_not_a_fault(
    app: Flask, client: FlaskClient, uploaded: Callable[[str, str], Document]
) -> None:
    app.config["ORIGINALS"] = "offered"
    document = uploaded("report.pdf", "application/pdf")
    assert document.file is not None
    files.path(document.file).unlink()
    response = client.get("/documents/report/original")
    assert response.status_code == 503
    assert "cannot be had" in response.text
