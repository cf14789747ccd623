"""A piece of whose original something could not be read says so: in search, on its page, at the desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from library.access.models import Role, User
from library.catalogue import documents
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document
from library.catalogue.receipts import unread_pages

RECEIPT = {"status": "partial", "pages": 9, "pages_with_text": 4, "warnings": []}
BODY = "\n\n".join(f"<!-- page {n} -->\n\nA page about lanterns, number {n}." for n in (1, 2, 3, 8))


@pytest.fixture
def scanned(app: Flask) -> Document:
    """A published report with pages 4 to 7 and 9 unread."""
    document = documents.create(Metadata(title="Lanterns", language="en"), BODY, slug="lanterns", receipt=RECEIPT)
    documents.publish(document)
    return document


def test_search_says_how_many_pieces_are_only_partly_searchable_and_lists_them(
    client: FlaskClient, scanned: Document, piece: Callable[..., Document], indexed: Callable[[], None]
) -> None:
    piece("Whole words about lanterns.")
    indexed()
    found = client.get("/api/v1/search?q=lanterns").get_json()
    assert (found["total"], found["partly_searchable"]) == (2, 1)
    assert "reading" not in found["facets"]
    page = client.get("/search?q=lanterns").text
    assert "1 of these documents is only partly searchable" in page
    assert "/search?q=lanterns&amp;reading=partial" in page
    narrowed = client.get("/api/v1/search?q=lanterns&reading=partial").get_json()
    assert [hit["document"]["slug"] for hit in narrowed["hits"]] == ["lanterns"]
    listed = client.get("/search?q=lanterns&reading=partial").text
    assert "only partly searchable" in listed and "of these documents" not in listed
    assert client.get("/api/v1/search?q=lanterns&reading=nonsense").get_json()["total"] == 0


def test_search_is_silent_where_everything_was_read(
    client: FlaskClient, piece: Callable[..., Document], indexed: Callable[[], None]
) -> None:
    piece("Whole words about lanterns.")
    indexed()
    assert "partly searchable" not in client.get("/search?q=lanterns").text


def test_page_of_the_piece_names_the_pages_in_calm_words(
    client: FlaskClient, scanned: Document, piece: Callable[..., Document]
) -> None:
    assert "these pages could not be read: 4–7, 9." in client.get("/documents/lanterns/").text
    whole = piece("Everything is here.")
    assert "could not be read" not in client.get(f"/documents/{whole.slug}/").text


def test_pages_are_not_named_once_the_text_tells_otherwise(client: FlaskClient, scanned: Document) -> None:
    changed = BODY + "\n\n<!-- page 9 -->\n\nTyped by a curator.\n"
    documents.revise(scanned, Metadata(title="Lanterns", language="en"), changed)
    documents.publish(scanned)
    assert unread_pages(scanned.shown) == ""
    assert "Some parts of the original could not be read." in client.get("/documents/lanterns/").text


def test_desk_lists_what_is_only_partly_searchable(
    app: Flask, scanned: Document, piece: Callable[..., Document], person: Callable[..., User]
) -> None:
    piece("Everything is here.", title="Whole")
    g.pop("_login_user", None)
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = person(Role.CURATOR).get_id(), True
    page = client.get("/curate/").text
    listed = page.partition("Only partly searchable")[2].partition("</section>")[0]
    assert "Lanterns" in listed and "Whole" not in listed
