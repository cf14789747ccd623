"""The desk: who may go where, and what is done there."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from library.access import accounts
from library.access.models import Role
from library.catalogue import documents, topics
from library.catalogue.models import Document, Status
from library.ingest import jobs
from tests.access.conftest import PASSWORD

SignedIn = Callable[..., FlaskClient]
Maker = Callable[..., Document]

PAGES = {
    "/curate/": Role.CONTRIBUTOR,
    "/curate/upload": Role.CONTRIBUTOR,
    "/curate/new": Role.CONTRIBUTOR,
    "/curate/jobs/": Role.CONTRIBUTOR,
    "/curate/drafts/": Role.CONTRIBUTOR,
    "/curate/documents/a-piece/": Role.CURATOR,
    "/curate/documents/a-piece/preview": Role.CURATOR,
    "/curate/documents/a-piece/history": Role.CURATOR,
    "/curate/documents/a-piece/withdraw": Role.CURATOR,
    "/curate/topics/": Role.CURATOR,
    "/curate/topics/new": Role.CURATOR,
    "/curate/topics/privacy/": Role.CURATOR,
    "/curate/queries/": Role.CURATOR,
    "/curate/log/": Role.CURATOR,
    "/curate/people/": Role.ADMIN,
}
RANK = list(Role)


@pytest.mark.parametrize("role", [None, *Role])
def test_every_page_of_the_desk_is_for_those_who_may(
    app: Flask, piece: Maker, signed_in: SignedIn, role: Role | None
) -> None:
    topics.create("privacy", {"en": "Privacy"})
    piece(title="A piece")
    client = signed_in(role) if role else app.test_client()
    for path, least in PAGES.items():
        status = client.get(path).status_code
        if role is None:
            assert status == 302, path
        elif RANK.index(role) >= RANK.index(least):
            assert status == 200, path
        else:
            assert status in (403, 404), path


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.CONTRIBUTOR])
@pytest.mark.parametrize(
    "path",
    [
        "/curate/documents/a-piece/publish", "/curate/documents/a-piece/withdraw", "/curate/documents/a-piece/discard",
        "/curate/documents/a-piece/showing", "/curate/documents/a-piece/restore/1", "/curate/topics/privacy/delete",
        "/curate/people/invite", "/curate/people/1/", "/curate/people/1/link",
    ],
)  # fmt: skip
def test_nothing_is_changed_by_those_who_may_not(
    app: Flask, piece: Maker, signed_in: SignedIn, path: str, role: Role | None
) -> None:
    topics.create("privacy", {"en": "Privacy"})
    document = piece(title="A piece")
    client = signed_in(role) if role else app.test_client()
    assert client.post(path, data={"reason": "x", "slug": "y"}).status_code in (401, 403, 404)
    assert document.status == Status.PUBLISHED and topics.by_slug("privacy")


def test_a_file_goes_from_upload_to_readers_and_back(app: Flask, signed_in: SignedIn) -> None:
    topics.create("privacy", {"en": "Privacy"})
    client = signed_in(Role.CURATOR)
    text = b"---\ntitle: Lantern rules\nlanguage: en\n---\n\n## Carrying\n\nTwo lamps for each steward.\n"
    answer = client.post("/curate/upload", data={"files": (io.BytesIO(text), "rules.md"), "topics": "privacy"})
    job = answer.headers["Location"]
    waiting = client.get(f"{job}state").json
    assert waiting and (waiting["state"], waiting["settled"]) == ("queued", False)
    assert "The file is safe" in client.get(job).text
    assert jobs.step("test")
    read = client.get(f"{job}state").json
    assert read and (read["state"], read["settled"]) == ("done", True) and read["receipt"]["status"] == "ok"
    assert "Everything was read" in client.get(job).text and "/curate/documents/lantern-rules/" in client.get(job).text
    edit = "/curate/documents/lantern-rules/"
    assert "Carrying" in client.get(edit).text and app.test_client().get("/documents/lantern-rules/").status_code == 404
    assert "Lantern rules" in client.get("/curate/drafts/").text
    assert client.post(f"{edit}publish").status_code == 302
    assert app.test_client().get("/documents/lantern-rules/").status_code == 200
    assert client.post(f"{edit}withdraw", data={"reason": ""}).status_code == 400
    assert client.post(f"{edit}withdraw", data={"reason": "It names a person."}).status_code == 302
    gone = app.test_client().get("/documents/lantern-rules/")
    assert gone.status_code == 410 and "It names a person." in gone.text
    client.post(f"{edit}publish")
    assert app.test_client().get("/documents/lantern-rules/").status_code == 200
    assert "withdrew" in client.get("/curate/log/").text


def test_a_file_that_cannot_be_read_says_why_and_can_be_tried_again(signed_in: SignedIn) -> None:
    client = signed_in(Role.CONTRIBUTOR)
    job = client.post("/curate/upload", data={"files": (io.BytesIO(b""), "nothing.pdf")}).headers["Location"]
    jobs.step("test")
    page = client.get(job).text
    assert "Not readable" in page and "No text found" in page and "Read it again" in page
    assert client.post(f"{job}retry").status_code == 302
    assert client.post(f"{job}cancel").status_code == 302
    assert "Cancelled" in client.get(job).text
    assert client.post("/curate/upload", data={}).status_code == 400


def form_of(document: Document, **changed: str) -> dict[str, str]:
    """The fields that a browser would send back."""
    latest = document.latest
    fields = {"base": str(latest.number), "title": latest.title, "kind": latest.kind, "language": latest.language}
    return {**fields, "body": latest.body, **changed}


def test_two_who_write_at_once_lose_nothing(piece: Maker, signed_in: SignedIn) -> None:
    document = piece("The first words.", title="Shared")
    one, two = signed_in(Role.CURATOR), signed_in(Role.ADMIN)
    stale = form_of(document, body="Words of the second writer.")
    path = "/curate/documents/shared/"
    assert one.post(path, data=form_of(document, body="Words of the first writer.")).status_code == 302
    answer = two.post(path, data=stale)
    assert answer.status_code == 409
    assert "Words of the first writer." in answer.text and "Words of the second writer." in answer.text
    again = two.post(path, data=stale | {"base": str(document.latest.number)})
    assert again.status_code == 302 and document.latest.body == "Words of the second writer."


def test_a_refused_field_is_named_where_it_stands(piece: Maker, signed_in: SignedIn) -> None:
    document = piece(title="Fields")
    wrong = form_of(
        document, title="", language="english please", countries="Ghana", published="soon", source="ftp://x"
    )
    answer = signed_in(Role.CURATOR).post("/curate/documents/fields/", data=wrong)
    assert answer.status_code == 400
    for name in ("title", "language", "countries", "published", "source"):
        assert f'href="#{name}"' in answer.text and f'id="{name}-error"' in answer.text, name
    assert document.latest.number == 1


def test_an_older_revision_comes_back_as_a_new_one(piece: Maker, signed_in: SignedIn) -> None:
    document = piece("Old words.", title="Restored")
    client = signed_in(Role.CURATOR)
    client.post("/curate/documents/restored/", data=form_of(document, body="New words.", note="Better"))
    assert "Better" in client.get("/curate/documents/restored/history").text
    client.post("/curate/documents/restored/restore/1")
    assert (document.latest.number, document.latest.body) == (3, "Old words.")
    assert client.post("/curate/documents/restored/restore/99").status_code == 404
    assert "Old words." in client.get("/curate/documents/restored/preview").text


def test_what_was_noted_when_saving_is_told_to_readers(piece: Maker, signed_in: SignedIn) -> None:
    document = piece("Old words.", title="Noted")
    client = signed_in(Role.CURATOR)
    client.post("/curate/documents/noted/", data=form_of(document, body="New words.", note="The law changed."))
    client.post("/curate/documents/noted/publish", data={"significant": "1"})
    assert "The law changed." in client.get("/documents/noted/changes").text


def test_a_contributor_sees_own_drafts_only(piece: Maker, signed_in: SignedIn) -> None:
    client = signed_in(Role.CONTRIBUTOR)
    piece(title="Of somebody else", publish=False)
    answer = client.post("/curate/new", data={"title": "Mine", "kind": "article", "language": "en", "body": "Text."})
    assert answer.headers["Location"] == "/curate/documents/mine/"
    drafts = client.get("/curate/drafts/").text
    assert "Mine" in drafts and "Of somebody else" not in drafts
    assert client.get("/curate/documents/of-somebody-else/").status_code == 404
    assert client.post("/curate/documents/mine/publish").status_code == 403
    assert "Discard" in client.get("/curate/documents/mine/discard").text
    client.post("/curate/documents/mine/discard")
    assert documents.by_slug("mine") is None


def test_how_a_piece_is_shown(piece: Maker, signed_in: SignedIn) -> None:
    original = piece(title="The original")
    document = piece(title="La copie", language="fr")
    client = signed_in(Role.CURATOR)
    path = "/curate/documents/la-copie/showing"
    fields = {"slug": "copie", "translation_of": "the-original", "access": "members", "featured": "y"}
    assert client.post(path, data=fields).headers["Location"] == "/curate/documents/copie/"
    assert (document.slug, document.translation_of, document.access, document.featured) == (
        "copie",
        original,
        "members",
        True,
    )
    taken = client.post("/curate/documents/copie/showing", data=fields | {"slug": "the-original"})
    assert taken.status_code == 400 and "belongs to another piece" in taken.text
    unknown = client.post("/curate/documents/copie/showing", data=fields | {"translation_of": "nowhere"})
    assert unknown.status_code == 400 and "nowhere" in unknown.text


def test_topics_are_added_changed_and_deleted(piece: Maker, signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    fields = {
        "slug": "privacy",
        "parent": "",
        "names-en": "Privacy",
        "names-fr": "Vie privée",
        "synonyms-en": "secrecy\n",
    }
    assert client.post("/curate/topics/new", data=fields).status_code == 302
    assert client.post("/curate/topics/new", data=fields).status_code == 400
    assert client.post("/curate/topics/new", data=fields | {"slug": ""}).status_code == 400
    topic = topics.by_slug("privacy")
    assert topic and topic.synonyms == {"en": ["secrecy"]}
    client.post("/curate/topics/new", data=fields | {"slug": "identity", "parent": "privacy", "names-en": "Identity"})
    child = topics.by_slug("identity")
    assert child and child.parent == topic
    assert client.post("/curate/topics/privacy/", data=fields | {"names-en": ""} | {"names-fr": ""}).status_code == 400
    assert client.post("/curate/topics/privacy/", data=fields | {"names-en": "Private life"}).status_code == 302
    assert topic.names["en"] == "Private life"
    back = {"back": "/curate/topics/privacy/"}
    client.post("/curate/topics/privacy/delete", data=back)
    assert topics.by_slug("privacy"), "a topic with others below it stays"
    client.post("/curate/topics/identity/delete")
    client.post("/curate/topics/privacy/delete")
    assert topics.by_slug("privacy") is None


def test_people_are_invited_changed_and_disabled(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in(Role.ADMIN)
    user = accounts.create("cora@example.org", Role.MEMBER, "Cora", PASSWORD)
    page = client.post("/curate/people/invite", data={"role": "curator"}).text
    assert "http://localhost/account/setup/" in page
    assert client.post("/curate/people/invite", data={"role": "queen"}).status_code == 400
    assert "cora@example.org" in client.post(f"/curate/people/{user.id}/link").text
    client.post(f"/curate/people/{user.id}/", data={"do": "role", "role": "curator"})
    assert user.role == Role.CURATOR
    client.post(f"/curate/people/{user.id}/", data={"do": "disable"})
    assert user.disabled
    client.post(f"/curate/people/{user.id}/", data={"do": "enable"})
    assert not user.disabled
    admin = accounts.by_email("admin@example.org")
    assert admin
    answer = client.post(
        f"/curate/people/{admin.id}/", data={"do": "disable", "back": "/curate/people/"}, follow_redirects=True
    )
    assert "last administrator" in answer.text
