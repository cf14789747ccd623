"""The desk's part: proposals taken or left, pieces that are nearly the same, versions."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from library.access.models import Role
from library.catalogue import documents, resemblance, topics
from library.catalogue.models import Document
from library.extensions import db
from library.ingest import jobs

SignedIn = Callable[..., FlaskClient]
Maker = Callable[..., Document]
WORDS = " ".join(random.Random(7).choices([f"word{number}" for number in range(300)], k=400))

SUGGESTED = {
    "summary": {"value": "A summary.", "reason": "from the beginning of the text", "confidence": 0.65},
    "publisher": {"value": "The Meadow", "reason": "“© The Meadow” stands in the text", "confidence": 0.5},
    "countries": [{"value": "KE", "reason": "named 14 times, in the title", "confidence": 0.9}],
    "topics": [{"value": "privacy", "reason": "“privacy” stands in the title", "confidence": 0.8}],
}


@pytest.fixture
def draft(app: Flask, piece: Maker) -> Document:
    """A draft with proposals."""
    topics.create("privacy", {"en": "Privacy"})
    made = piece("Words.", publish=False, title="A draft", summary="A summary.")
    made.suggestions = SUGGESTED
    db.session.commit()
    return made


def fields(document: Document, **changed: object) -> dict[str, object]:
    latest = document.latest
    said = {"base": str(latest.number), "title": latest.title, "summary": latest.summary, "kind": latest.kind,
            "language": latest.language, "body": latest.body}  # fmt: skip
    return said | changed


def test_the_editor_shows_proposals_with_their_reasons(draft: Document, signed_in: SignedIn) -> None:
    page = signed_in(Role.CURATOR).get("/curate/documents/a-draft/").text
    for reason in ("named 14 times, in the title", "“privacy” stands in the title", "from the beginning of the text"):
        assert reason in page
    assert "Use “The Meadow”" in page and 'name="also_countries" value="KE"' in page and "Kenya" in page
    assert "One field below holds a proposal" in page


def test_what_is_ticked_is_taken_and_asked_no_more(draft: Document, signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    client.post(
        "/curate/documents/a-draft/",
        data=fields(draft, also_countries="KE", topics="privacy", use="publisher", looked_at="summary"),
    )
    db.session.expire_all()
    assert draft.latest.countries == ["KE"] and draft.latest.topics == ["privacy"]
    assert draft.latest.publisher == "The Meadow" and draft.suggestions is None


def test_what_is_edited_is_asked_no_more_and_the_rest_is(draft: Document, signed_in: SignedIn) -> None:
    signed_in(Role.CURATOR).post("/curate/documents/a-draft/", data=fields(draft, summary="Mine."))
    db.session.expire_all()
    assert set(draft.suggestions or {}) == {"publisher", "countries", "topics"}


def test_only_what_was_proposed_can_be_taken(draft: Document, signed_in: SignedIn) -> None:
    signed_in(Role.CURATOR).post(
        "/curate/documents/a-draft/", data=fields(draft, also_countries=["XX", "KE"], use="body")
    )
    db.session.expire_all()
    assert draft.latest.countries == ["KE"] and draft.latest.body == "Words."


def test_publishing_is_looking_at_what_was_filled_in(draft: Document, signed_in: SignedIn) -> None:
    signed_in(Role.CURATOR).post("/curate/documents/a-draft/publish")
    db.session.expire_all()
    assert "summary" not in (draft.suggestions or {}) and "countries" in (draft.suggestions or {})


def test_a_draft_names_what_it_is_nearly_the_same_as(piece: Maker, signed_in: SignedIn) -> None:
    piece(WORDS, title="The old one")
    new = piece(WORDS.replace("word7 ", "changed "), title="The new one", publish=False)
    resemblance.catch_up()
    client = signed_in(Role.CURATOR)
    page = client.get("/curate/documents/the-new-one/").text
    assert "Nearly the same as" in page and "The old one" in page
    page = client.get("/curate/documents/the-new-one/compare/the-old-one/").text
    assert "<ins>changed</ins>" in page and "<del>word7</del>" in page
    answer = client.post("/curate/documents/the-new-one/become/the-old-one", follow_redirects=True)
    assert "This is revision 2 of “The old one” now" in answer.text
    assert documents.by_slug("the-new-one") is None and new


def test_a_contributor_hears_nothing_of_other_peoples_drafts(piece: Maker, signed_in: SignedIn, app: Flask) -> None:
    from library.access.models import User

    client = signed_in(Role.CONTRIBUTOR)
    me = db.session.query(User).one()
    piece(WORDS, title="Somebody's draft", publish=False)
    public = piece(WORDS, title="A public one")
    documents.revise(public, documents.Metadata.of(public.latest), WORDS + "\n\nSecretly written.")
    piece(WORDS, title="My own", publish=False, by=me)
    resemblance.catch_up()
    page = client.get("/curate/documents/my-own/").text
    assert "A public one" in page and "Somebody" not in page and "Make this a new revision" not in page
    assert client.get("/curate/documents/my-own/compare/somebodys-draft/").status_code == 404
    assert "Secretly" not in client.get("/curate/documents/my-own/compare/a-public-one/").text
    assert client.post("/curate/documents/my-own/become/a-public-one").status_code == 404


def test_a_new_version_is_uploaded_from_the_editor(piece: Maker, signed_in: SignedIn) -> None:
    old = piece("## A part\n\nOld words.", title="A piece")
    client = signed_in(Role.CURATOR)
    answer = client.post(
        "/curate/documents/a-piece/version", data={"file": (io.BytesIO(b"## A part\n\nNew words."), "new.md")}
    )
    assert answer.status_code == 302 and jobs.step("test")
    db.session.expire_all()
    assert old.latest.number == 2 and "New words." in old.latest.body
    assert client.post("/curate/documents/a-piece/version", data={}).status_code == 302
