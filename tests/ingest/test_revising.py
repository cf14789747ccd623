"""A file's text as a new revision of a piece: by upload, and out of a draft."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from library.catalogue import documents, files, resemblance, suggestions
from library.catalogue.errors import BadMetadata
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document, Signature, Status
from library.extensions import db
from library.ingest import jobs, revising
from library.ingest.models import Job, JobState
from library.ingest.receiving import receive

FIRST = (
    "---\ntitle: Budget hearings\nauthors: [Ada Obi]\n---\n## Before the hearing\n\n"
    + "Read the estimates together. " * 9
)
SECOND = (
    "---\ntitle: Budget hearings, second edition\n---\n## Ahead of time\n\nNew words come first.\n\n"
    "## Before the hearing\n\n" + "Read the estimates together. " * 9
)


@pytest.fixture(autouse=True)
def database(app: Flask) -> Iterator[None]:
    yield
    db.session.remove()


def taken_in(text: str, name: str, *, publish: bool = False, revises: Document | None = None) -> Document:
    number = receive(io.BytesIO(text.encode()), name, by=None, publish=publish, revises=revises).id
    assert jobs.step("test")
    db.session.expire_all()
    job = db.session.get_one(Job, number)
    assert job.state == JobState.DONE and job.document is not None
    return job.document


def test_an_upload_onto_a_piece_is_its_new_revision_and_not_live_yet(app: Flask) -> None:
    piece = taken_in(FIRST, "first.md", publish=True)
    assert piece.file
    old, anchor = piece.file.sha256, piece.latest.sections[0].anchor
    again = taken_in(SECOND, "second.md", revises=piece)
    assert again.id == piece.id and piece.latest.number == 2 and piece.live and piece.live.number == 1
    assert anchor in [section.anchor for section in piece.latest.sections], "the heading keeps its address"
    assert piece.file and piece.file.sha256 != old and piece.file.name == "second.md"
    assert piece.revisions[0].receipt and piece.revisions[0].receipt["sha256"] == old
    assert (stored := files.by_sha256(old)) and files.path(stored).exists(), "nothing is lost"
    assert piece.revisions[1].receipt and piece.revisions[1].receipt["sha256"] == piece.file.sha256


def test_the_description_stays_and_what_the_new_text_says_is_offered(app: Flask) -> None:
    piece = taken_in(FIRST, "first.md")
    taken_in(SECOND, "second.md", revises=piece)
    said = Metadata.of(piece.latest)
    assert said.title == "Budget hearings" and said.authors == ("Ada Obi",)
    (offered,) = suggestions.open_for(piece)["title"]
    assert offered.value == "Budget hearings, second edition" and not offered.taken
    assert suggestions.with_accepted(said, piece, ["title"]).title == offered.value


def test_a_new_version_that_is_to_be_published_is_live(app: Flask) -> None:
    piece = taken_in(FIRST, "first.md", publish=True)
    taken_in(SECOND, "second.md", publish=True, revises=piece)
    assert piece.live and piece.live.number == 2


def test_a_new_version_of_a_piece_that_is_gone_becomes_a_draft(app: Flask) -> None:
    piece = taken_in(FIRST, "first.md")
    receive(io.BytesIO(SECOND.encode()), "second.md", by=None, revises=piece)
    documents.discard(piece)
    assert jobs.step("test")
    assert db.session.scalar(select(func.count()).select_from(Document)) == 1


def test_a_draft_becomes_a_revision_of_another_piece(app: Flask) -> None:
    piece, draft = taken_in(FIRST, "first.md", publish=True), taken_in(SECOND, "second.md")
    slug, body, file = draft.slug, draft.latest.body, draft.file_id
    number = draft.id
    revision = revising.become(draft, piece, by=None)
    assert revision.number == 2 and revision.body == body and piece.latest.id == revision.id
    assert piece.file_id == file and piece.status == Status.PUBLISHED and piece.live and piece.live.number == 1
    assert documents.by_slug(slug) is None and db.session.get(Signature, number) is None
    assert {job.document_id for job in db.session.scalars(select(Job))} == {piece.id}, (
        "the file's page leads to the piece"
    )
    assert resemblance.sketch_of(piece) is not None


def test_restoring_the_revision_before_undoes_it(app: Flask) -> None:
    piece, draft = taken_in(FIRST, "first.md"), taken_in(SECOND, "second.md")
    before = piece.latest
    revising.become(draft, piece, by=None)
    documents.revise(piece, Metadata.of(before), before.body)
    assert piece.latest.number == 3 and piece.latest.body == before.body
    assert [s.anchor for s in piece.latest.sections] == [s.anchor for s in before.sections]


def test_a_published_piece_becomes_no_revision_of_another(app: Flask) -> None:
    piece, other = taken_in(FIRST, "first.md"), taken_in(SECOND, "second.md", publish=True)
    with pytest.raises(BadMetadata):
        revising.become(other, piece, by=None)
    with pytest.raises(BadMetadata):
        revising.become(piece, piece, by=None)


def test_a_draft_has_its_signature_at_once(app: Flask) -> None:
    draft = taken_in(FIRST, "first.md")
    assert db.session.get(Signature, draft.id) is not None and resemblance.catch_up() == 0
