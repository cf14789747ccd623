"""Judged queries: said, taken back, and which of them the index is held to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from indexer.records import Judgement
from library.access.models import User
from library.catalogue import documents, judgements
from library.catalogue.errors import BadJudgement
from library.catalogue.models import Document, JudgedQuery, LogEntry
from library.catalogue.source import CatalogueSource
from library.extensions import db

Maker = Callable[..., Document]


def test_a_query_is_kept_as_typed_with_who_and_when(piece: Maker, person: Callable[..., User]) -> None:
    document, cora = piece(title="Lantern rules"), person()
    judged = judgements.add("  Carrying \n lamps ", document, by=cora)
    assert (judged.query, judged.document, judged.created_by) == ("Carrying lamps", document, cora)
    assert judged.created_at.tzinfo
    assert judgements.listed(10) == [judged] and judgements.count() == 1
    judgements.remove(judged, by=cora)
    assert judgements.count() == 0
    actions = db.session.scalars(select(LogEntry.action).where(LogEntry.user_id == cora.id).order_by(LogEntry.id))
    assert list(actions) == ["judge", "unjudge"]


def test_the_same_query_is_said_once_of_a_piece(piece: Maker) -> None:
    one, other = piece(title="One"), piece(title="Other")
    judgements.add("Digital identity", one)
    for again in ("digital  identity", "DIGITAL IDENTITY", "ｄｉｇｉｔａｌ identity "):
        with pytest.raises(BadJudgement, match="already"):
            judgements.add(again, one)
    judgements.add("digital identity", other)
    judgements.add("identity", one)
    assert [(j.query, j.document.slug) for j in judgements.listed(2)] == [
        ("identity", "one"),
        ("digital identity", "other"),
    ]
    assert [j.query for j in judgements.listed(9, offset=2)] == ["Digital identity"]


@pytest.mark.parametrize("query", ["", " \n\0 ", "a" * 301, "ﷺ" * 100])
def test_a_query_has_words_and_an_end(piece: Maker, query: str) -> None:
    with pytest.raises(BadJudgement):
        judgements.add(query, piece())
    assert judgements.count() == 0


def test_the_index_is_held_to_published_pieces_only(piece: Maker) -> None:
    seen, draft, gone, deleted = piece(), piece(publish=False), piece(), piece(publish=False)
    for document in (seen, draft, gone, deleted):
        judgements.add("lanterns", document)
    documents.withdraw(gone, "Old.")
    documents.discard(deleted)
    assert CatalogueSource().judgements() == [Judgement("lanterns", str(seen.id))]
    assert judgements.count() == 3
    documents.publish(gone)
    assert {judgement.document for judgement in CatalogueSource().judgements()} == {str(seen.id), str(gone.id)}


def test_a_judgement_outlives_the_account_of_who_made_it(piece: Maker, person: Callable[..., User]) -> None:
    cora = person()
    db.session.add(JudgedQuery(query="q", folded="q", document_id=piece().id, created_by_id=cora.id))
    db.session.commit()
    db.session.delete(cora)
    db.session.commit()
    (judged,) = judgements.listed(9)
    db.session.refresh(judged)
    assert judged.created_by is None


@pytest.mark.parametrize(
    "name",
    [
        "marches-after-dark", "night-marches", " Marches  after DARK ", "/documents/marches-after-dark/",
        "https://library.example/documents/night-marches/carrying-light/?hl=lamp#p-1", "/curate/documents/night-marches/",
    ],
)  # fmt: skip
def test_a_piece_is_named_by_slug_address_or_title(piece: Maker, name: str) -> None:
    document = piece(title="Marches after dark")
    piece(title="Night marches elsewhere")
    documents.move(document, "night-marches")
    assert judgements.piece_named(name) == document


def test_a_page_of_the_network_is_named_by_its_address(piece: Maker) -> None:
    about, joining = piece(title="About", kind="page"), piece(title="Joining", kind="page")
    assert judgements.piece_named("/about/") == about
    assert judgements.piece_named("https://library.example/about/joining/") == joining


@pytest.mark.parametrize("name", ["", "nowhere", "/documents/nowhere/", "http://[", "//", "a\0b", "Unfinished work"])
def test_a_piece_that_is_not_there_is_told(piece: Maker, name: str) -> None:
    piece(title="Unfinished work", publish=False)
    assert judgements.piece_named("unfinished-work")
    with pytest.raises(BadJudgement, match="No piece"):
        judgements.piece_named(name)


def test_two_pieces_of_one_title_are_told_apart_by_their_addresses(piece: Maker) -> None:
    piece(title="Report"), piece(title="Report")
    with pytest.raises(BadJudgement, match="report, report-2"):
        judgements.piece_named("REPORT")
