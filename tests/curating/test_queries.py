"""Judged queries at the desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.rebuilding import RebuildFailed, rebuild
from library.access.models import Role
from library.catalogue import documents, judgements
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document
from library.catalogue.source import CatalogueSource
from library.curating.queries import LINES, standing
from library.finding import index

SignedIn = Callable[..., FlaskClient]
Maker = Callable[..., Document]
PAGE = "/curate/queries/"


@pytest.fixture
def indexed(app: Flask) -> Callable[[], None]:
    """Builds the index of what is published by now."""

    def build() -> None:
        rebuild(CatalogueSource(), Path(app.instance_path) / "index", force=True)
        index().refresh()

    return build


def test_a_query_is_added_shown_with_its_place_and_removed(
    piece: Maker, signed_in: SignedIn, indexed: Callable[[], None]
) -> None:
    piece("Two lamps for each steward.", title="Lantern rules")
    indexed()
    client = signed_in(Role.CURATOR)
    assert "There are no queries yet" in client.get(PAGE).text
    answer = client.post(PAGE, data={"query": "lamps of stewards", "piece": "lantern RULES"}, follow_redirects=True)
    assert "Added." in answer.text and "lamps of stewards" in answer.text and "place 1" in answer.text
    (judged,) = judgements.listed(9)
    assert judged.created_by and judged.created_by.email == "curator@example.org"
    remove = f"{PAGE}{judged.id}/remove"
    assert remove in answer.text
    assert "Remove “lamps of stewards”?" in client.get(remove).text and judgements.count() == 1
    assert "Removed." in client.post(remove, follow_redirects=True).text
    assert judgements.count() == 0 and client.get(remove).status_code == 404
    log = client.get("/curate/log/").text
    assert "said what must find" in log and "took back what must find" in log


def test_a_rebuild_is_held_to_what_was_said_at_the_desk(
    app: Flask, piece: Maker, signed_in: SignedIn, indexed: Callable[[], None]
) -> None:
    document = piece("Two lamps for each steward.", title="Lantern rules")
    indexed()
    signed_in(Role.CURATOR).post(PAGE, data={"query": "lamps", "piece": "lantern-rules"})
    documents.revise(document, Metadata.of(document.latest), "Nothing of the kind.")
    documents.publish(document)
    root = Path(app.instance_path) / "index"
    with pytest.raises(RebuildFailed, match="“lamps” does not find “Lantern rules”"):
        rebuild(CatalogueSource(), root)
    documents.withdraw(document, "Old.")
    assert rebuild(CatalogueSource(), root).previous


def test_where_each_query_stands(piece: Maker, signed_in: SignedIn, indexed: Callable[[], None]) -> None:
    for n in range(12):
        piece("Lamps and lamps and lamps.", title=f"Lamps {n}")
    low = piece("Lamps. " + "Something else altogether is said here. " * 20, title="Low")
    members, draft = piece("A key.", title="Key"), piece("Lamps.", title="Draft", publish=False)
    documents.curate(members, access="members")
    indexed()
    for query, document in (("lamps", low), ("zebras", low), ("key", members), ("lamps", draft)):
        judgements.add(query, document)
    stands = {(s.judged.query, s.judged.document.slug): s for s in map(standing, judgements.listed(9))}
    assert (stands["lamps", "low"].place, stands["lamps", "low"].on_first_page) == (13, False)
    assert (stands["zebras", "low"].asked, stands["zebras", "low"].place) == (True, None)
    assert stands["key", "key"].place == 1
    assert (stands["lamps", "draft"].asked, stands["lamps", "draft"].place) == (False, None)
    page = signed_in(Role.CURATOR).get(PAGE).text
    for told in ("place 13", "not found", "place 1<", "not published, left out"):
        assert told in page, told


def test_an_index_that_is_not_ready_is_told(piece: Maker, signed_in: SignedIn) -> None:
    judgements.add("lamps", piece())
    page = signed_in(Role.CURATOR).get(PAGE).text
    assert "The index is not ready" in page and "not found" not in page


@pytest.mark.parametrize(
    ("query", "named", "told"),
    [
        ("", "a-piece", "Write the words"),
        ("lamps", "", "Write the title"),
        ("lamps", "nowhere", "No piece has the address or the title “nowhere”"),
        ("LAMPS", "/documents/a-piece/", "has been said already"),
        ("x" * 301, "a-piece", "300 characters"),
    ],
)
def test_what_cannot_be_judged_is_told_and_what_was_typed_stays(
    piece: Maker, signed_in: SignedIn, query: str, named: str, told: str
) -> None:
    judgements.add("lamps", piece(title="A piece"))
    answer = signed_in(Role.CURATOR).post(PAGE, data={"query": query, "piece": named})
    assert answer.status_code == 400 and told in answer.text
    assert f'value="{query}"' in answer.text and f'value="{named}"' in answer.text
    assert judgements.count() == 1


def test_a_piece_is_filled_in_from_its_own_page(piece: Maker, signed_in: SignedIn) -> None:
    piece(title="A piece")
    client = signed_in(Role.CURATOR)
    link = "/curate/queries/?piece=a-piece"
    assert link in client.get("/curate/documents/a-piece/").text
    page = client.get(link).text
    assert 'value="a-piece"' in page and '<option value="A piece">' in page


def test_many_queries_stand_on_several_pages(piece: Maker, signed_in: SignedIn) -> None:
    document = piece(title="A piece", publish=False)
    for n in range(LINES + 1):
        judgements.add(f"query number {n}.", document)
    client = signed_in(Role.CURATOR)
    first, second = client.get(PAGE).text, client.get(f"{PAGE}?page=2").text
    assert "query number 0." not in first and f"query number {LINES}." in first
    assert "query number 0." in second and "query number 1." not in second
    assert client.get(f"{PAGE}?page=99").text.count("query number 0.") == second.count("query number 0.")
    assert client.get(f"{PAGE}?page=lamps").status_code == 200


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.CONTRIBUTOR])
def test_only_curators_judge(app: Flask, piece: Maker, signed_in: SignedIn, role: Role | None) -> None:
    document = piece(title="A piece")
    judged = judgements.add("lamps", document)
    client = signed_in(role) if role else app.test_client()
    assert client.post(PAGE, data={"query": "lanterns", "piece": "a-piece"}).status_code in (401, 403)
    assert client.post(f"{PAGE}{judged.id}/remove").status_code in (401, 403)
    assert [j.query for j in judgements.listed(9)] == ["lamps"]
    if role is Role.CONTRIBUTOR:
        assert PAGE not in client.get("/curate/").text
