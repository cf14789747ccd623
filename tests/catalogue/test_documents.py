"""Documents: written, published, moved, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select

from library.access.models import User
from library.catalogue import documents, outbox, topics
from library.catalogue.errors import BadMetadata, BadSlug, NothingToPublish, SlugTaken
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document, LogEntry, OutboxRow, Revision, Section, Status
from library.catalogue.session import writing
from library.extensions import db

Maker = Callable[..., Document]


def test_publishing_makes_the_latest_revision_live_and_writes_one_outbox_row(piece: Maker) -> None:
    document = piece(publish=False)
    assert document.live is None and outbox.latest() == 0
    documents.publish(document)
    assert document.status == Status.PUBLISHED and document.live == document.latest
    assert [row.document_id for row in outbox.after(0, 10)] == [document.id]


def test_a_publish_that_fails_leaves_neither_document_nor_outbox_changed(piece: Maker) -> None:
    document = piece(publish=False)
    with pytest.raises(RuntimeError), writing():
        documents.publish(document)
        raise RuntimeError("the power went")
    db.session.expire_all()
    assert document.status == Status.DRAFT and document.live_id is None
    assert db.session.scalar(select(func.count(OutboxRow.id))) == 0


def test_a_revision_is_a_new_row_and_the_old_one_stays_as_it_was(piece: Maker) -> None:
    document = piece("First text.", title="Assembly")
    first = document.latest
    second = documents.revise(document, Metadata.of(first), "Second text.", note="Better words")
    assert (first.number, second.number) == (1, 2)
    assert (first.body, second.body, second.note) == ("First text.", "Second text.", "Better words")
    assert document.live == first, "a saved revision is not live before it is published"


def test_saving_what_has_not_changed_makes_no_revision(piece: Maker) -> None:
    document = piece("Same text.")
    again = documents.revise(document, Metadata.of(document.latest), "Same text.")
    assert again.number == 1


def test_the_moment_for_feeds_moves_only_for_a_change_that_matters(piece: Maker) -> None:
    document = piece("One.")
    first = document.changed_at
    documents.revise(document, Metadata.of(document.latest), "One, with a comma mended.")
    documents.publish(document, significant=False)
    assert document.changed_at == first
    documents.revise(document, Metadata.of(document.latest), "Two.")
    documents.publish(document)
    assert document.changed_at and first and document.changed_at > first
    assert document.published_at == first


def test_an_old_address_leads_to_the_piece_and_is_given_to_no_other(piece: Maker) -> None:
    document = piece(title="Right to information")
    documents.move(document, "rti")
    found = documents.by_slug("right-to-information")
    assert found and found.moved and found.document == document
    assert not documents.by_slug("rti").moved  # type: ignore[union-attr]
    other = piece(title="Right to information")
    assert other.slug == "right-to-information-2"
    with pytest.raises(SlugTaken):
        documents.move(other, "right-to-information")
    with pytest.raises(SlugTaken):
        documents.create(Metadata(title="X", language="en"), "x", slug="rti")
    documents.move(document, "right-to-information")
    assert document.slug == "right-to-information"


def test_an_address_with_blanks_is_refused_with_a_better_one(piece: Maker) -> None:
    with pytest.raises(BadSlug, match="a-b"):
        documents.move(piece(), "A b")
    with pytest.raises(BadSlug):
        documents.create(Metadata(title="X", language="en"), "x", slug="../etc")


def test_withdrawing_wants_a_reason_and_tells_the_index(piece: Maker) -> None:
    document = piece()
    with pytest.raises(BadMetadata):
        documents.withdraw(document, " ")
    documents.withdraw(document, "Names a person at risk.")
    assert document.status == Status.WITHDRAWN and document.withdrawn_reason == "Names a person at risk."
    assert len(outbox.after(0, 10)) == 2
    documents.publish(document)
    assert document.status == Status.PUBLISHED and document.withdrawn_reason == ""


def test_a_piece_without_text_is_not_published(piece: Maker) -> None:
    with pytest.raises(NothingToPublish):
        piece("")


def test_a_draft_can_be_discarded_but_a_published_piece_cannot(piece: Maker) -> None:
    draft = piece(publish=False, title="Never mind")
    documents.discard(draft)
    assert documents.by_slug("never-mind") is None
    assert db.session.scalar(select(func.count(Revision.id))) == 0
    assert db.session.scalar(select(func.count(Section.id))) == 0
    with pytest.raises(BadMetadata):
        documents.discard(piece())


def test_translations_are_one_family_whichever_is_linked(piece: Maker) -> None:
    english, french, spanish = piece(language="en"), piece(language="fr"), piece(language="es")
    documents.translate(french, english)
    documents.translate(spanish, french)
    assert spanish.translation_of == english
    assert documents.in_languages(french) == [english, spanish]
    with pytest.raises(BadMetadata):
        documents.translate(english, french)
    documents.translate(spanish, None)
    assert documents.in_languages(english) == [french]


def test_topics_and_countries_of_the_live_revision_are_the_documents(piece: Maker) -> None:
    topics.create("privacy", {"en": "Privacy"})
    document = piece(topics=("privacy", "unknown"), countries=("gh", "KE"))
    assert [topic.slug for topic in document.topics] == ["privacy"]
    assert sorted(country.code for country in document.countries) == ["GH", "KE"]
    changed = Metadata.of(document.latest)
    documents.revise(document, Metadata(title=changed.title, language="en", countries=("KE", "FR")), "New.")
    documents.publish(document)
    assert document.topics == [] and sorted(c.code for c in document.countries) == ["FR", "KE"]


def test_restricting_a_piece_to_members_tells_the_index(piece: Maker) -> None:
    document = piece()
    before = outbox.latest()
    documents.curate(document, featured=True, original="offered")
    assert document.featured and document.original == "offered" and outbox.latest() == before
    documents.curate(document, access="members")
    assert outbox.latest() == before + 1
    with pytest.raises(BadMetadata):
        documents.curate(document, access="nobody")


def test_the_log_tells_who_did_what(piece: Maker, person: Callable[..., User]) -> None:
    curator = person()
    document = piece(by=curator)
    documents.withdraw(document, "Outdated.", by=curator)
    entries = db.session.scalars(select(LogEntry).order_by(LogEntry.id)).all()
    assert [(e.action, e.user_id) for e in entries] == [
        ("create", curator.id), ("publish", curator.id), ("withdraw", curator.id)
    ]  # fmt: skip


def test_old_outbox_rows_can_be_forgotten_but_never_the_newest(piece: Maker) -> None:
    piece(), piece(), piece()
    with writing() as session:
        outbox.prune(session, outbox.latest())
    assert len(outbox.after(0, 10)) == 1
    before = outbox.latest()
    piece()
    assert outbox.latest() == before + 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": " "}, "title"),
        ({"kind": "poem"}, "poem"),
        ({"language": "english please"}, "language"),
        ({"countries": ("Ghana",)}, "country"),
        ({"source_url": "javascript:alert(1)"}, "https"),
    ],
)
def test_unusable_metadata_is_refused_in_words(fields: dict[str, object], words: str) -> None:
    with pytest.raises(BadMetadata, match=words):
        Metadata(**{"title": "T", "language": "en", **fields}).checked()  # type: ignore[arg-type]


def test_a_date_gives_the_year(piece: Maker) -> None:
    assert piece(published_on=date(2019, 4, 1)).shown.year == 2019
