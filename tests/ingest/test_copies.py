"""Cleaned copies: made by the job worker when they are wanted, given to readers instead of the original."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pypandoc
import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from library.access.models import Role, User
from library.catalogue import documents, files
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document
from library.extensions import db
from library.ingest import copies, idling
from library.ingest.detection import MEDIA_TYPES
from library.ingest.idling import while_idle
from library.ingest.receiving import receive
from tests.ingest.test_cleaning import package, says


def signed_in(app: Flask, user: User) -> FlaskClient:
    """A browser in which an account is signed in."""
    g.pop("_login_user", None)  # Flask-Login remembers a request's reader in the context, which outlives it here
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = user.get_id(), True
    return client


@pytest.fixture
def uploaded(app: Flask) -> Callable[..., Document]:
    """A published piece made from these bytes."""

    def make(content: bytes, name: str, media_type: str, slug: str = "report") -> Document:
        file = files.store(io.BytesIO(content), name)
        file.media_type = media_type
        db.session.commit()
        document = documents.create(Metadata(title="Report"), "Text.", slug=slug, file=file)
        documents.publish(document)
        return document

    return make


@pytest.fixture
def word(tmp_path: Path) -> bytes:
    """A Word file that names its author among its properties."""
    made = tmp_path / "made.docx"
    pypandoc.convert_text("Honest words.", "docx", format="markdown", outputfile=str(made))
    return package(made, {"docProps/core.xml": b"<c><creator>Quokkajane</creator></c>"})


def test_reader_gets_the_cleaned_copy_and_a_curator_the_file_as_it_came(
    app: Flask, client: FlaskClient, uploaded: Callable[..., Document], word: bytes, person: Callable[..., User]
) -> None:
    document = uploaded(word, "by-quokkajane.docx", MEDIA_TYPES["docx"])
    assert not copies.clean_next(), "nothing is wanted while originals are withheld"
    documents.curate(document, original="cleaned")
    assert client.get("/documents/report/original").status_code == 403, "not before it is cleaned"
    assert "being cleaned" in copies.told(document)
    assert copies.clean_next()
    assert not copies.clean_next()
    response = client.get("/documents/report/original")
    assert response.status_code == 200
    assert not says(response.data)
    assert "report.docx" in response.headers["Content-Disposition"]
    assert "quokkajane" not in str(response.headers).lower()
    assert response.mimetype == MEDIA_TYPES["docx"]
    assert not says(client.get("/documents/report/original?as=uploaded").data), "a reader cannot ask for it"
    curator = signed_in(app, person(Role.CURATOR))
    assert says(curator.get("/documents/report/original?as=uploaded").data)
    assert not says(curator.get("/documents/report/original").data)


def test_site_may_clean_all_originals(app: Flask, uploaded: Callable[..., Document], word: bytes) -> None:
    app.config["ORIGINALS"] = "cleaned"
    kept = uploaded(word, "a.docx", MEDIA_TYPES["docx"])
    withheld = uploaded(b"Honest words.", "a.txt", "text/plain", slug="other")
    documents.curate(withheld, original="withheld")
    assert copies.clean_next()
    assert not copies.clean_next()
    assert kept.file is not None and kept.file.cleaned
    assert withheld.file is not None and not withheld.file.cleaned


def test_file_that_cannot_be_cleaned_is_withheld_and_the_curator_told_why(
    app: Flask, client: FlaskClient, uploaded: Callable[..., Document]
) -> None:
    document = uploaded(b"%PDF-1.7 broken", "a.pdf", "application/pdf")
    documents.curate(document, original="cleaned")
    assert copies.clean_next()
    assert not copies.clean_next(), "it is not tried for ever"
    assert client.get("/documents/report/original").status_code == 403
    assert "damaged, so it cannot be cleaned" in copies.told(document)
    documents.curate(document, original="withheld")
    documents.curate(document, original="cleaned")
    assert copies.clean_next(), "chosen anew, it is tried anew"


def three_wanted(uploaded: Callable[..., Document]) -> list[Document]:
    """Pieces whose originals wait for cleaned copies."""
    made = [uploaded(f"Honest word {n}.".encode(), f"{n}.txt", "text/plain", f"piece-{n}") for n in range(3)]
    for document in made:
        documents.curate(document, original="cleaned")
    return made


def dealt_with(made: list[Document]) -> int:
    db.session.expire_all()
    return sum(bool(d.file and (d.file.cleaned or d.file.uncleanable)) for d in made)


def test_copies_come_one_after_another_while_nothing_is_to_be_read(
    app: Flask, uploaded: Callable[..., Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idling, "cores_wanted", lambda: False)
    made = three_wanted(uploaded)
    assert while_idle([copies.clean_next], 0, lambda: False), "time is over, and there is more"
    assert dealt_with(made) == 1
    assert not while_idle([copies.clean_next], 60, lambda: False)
    assert dealt_with(made) == 3


def test_copies_let_files_that_wait_go_first(app: Flask, uploaded: Callable[..., Document]) -> None:
    made = three_wanted(uploaded)
    receive(io.BytesIO(b"A file that waits to be read."), "waits.txt", by=None)
    assert not while_idle([copies.clean_next], 60, lambda: False)
    assert dealt_with(made) == 1, "jobs do not starve copies either"
    assert not while_idle([copies.clean_next], 60, lambda: True)
    assert dealt_with(made) == 2


def test_scratch_folder_is_empty_afterwards(
    app: Flask, instance: Path, uploaded: Callable[..., Document], word: bytes
) -> None:
    documents.curate(uploaded(word, "a.docx", MEDIA_TYPES["docx"]), original="cleaned")
    copies.clean_next()
    assert list((instance / "tmp").iterdir()) == []


def test_desk_says_how_it_stands_with_the_copy(
    app: Flask, uploaded: Callable[..., Document], word: bytes, person: Callable[..., User]
) -> None:
    documents.curate(uploaded(word, "a.docx", MEDIA_TYPES["docx"]), original="cleaned")
    curator = signed_in(app, person(Role.CURATOR))
    assert "is being cleaned" in curator.get("/curate/documents/report/").text
    copies.clean_next()
    page = curator.get("/curate/documents/report/").text
    assert "Readers get a copy that was cleaned" in page
    assert "/documents/report/original?as=uploaded" in page


def test_a_missing_original_stands_in_no_other_copy_s_way(
    app: Flask, uploaded: Callable[..., Document], word: bytes
) -> None:
    lost = uploaded(b"lost", "lost.docx", MEDIA_TYPES["docx"], slug="lost")
    documents.curate(lost, original="cleaned")
    assert lost.file is not None
    files.path(lost.file).unlink()
    there = uploaded(word, "there.docx", MEDIA_TYPES["docx"], slug="there")
    documents.curate(there, original="cleaned")
    assert copies.clean_next() and copies.clean_next() and not copies.clean_next()
    assert "missing" in copies.told(lost)
    assert there.file is not None and there.file.cleaned
