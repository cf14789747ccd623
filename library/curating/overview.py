"""What waits on the desk: jobs, drafts, changes not yet published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from library.access.models import User
from library.access.policy import Action, may
from library.catalogue.models import Document, Revision, Section, Status, document_pictures
from library.catalogue.receipts import PARTIAL
from library.extensions import db
from library.ingest.models import Job, JobState

LINES = 50


@dataclass(frozen=True, slots=True)
class Desk:
    """What a person sees first."""

    open_jobs: Sequence[Job]
    failed_jobs: Sequence[Job]
    drafts: Sequence[Document]
    undescribed: Sequence[Document]
    published: Sequence[Document]
    partly_searchable: Sequence[Document]


def desk(person: User) -> Desk:
    """The desk of one person: everything for curators, their own for contributors."""
    return Desk(
        open_jobs=jobs(person, (JobState.QUEUED, JobState.RUNNING), 8),
        failed_jobs=jobs(person, (JobState.FAILED,), 8),
        drafts=drafts(person, 8),
        undescribed=undescribed(person, 8),
        published=_recent(8) if may(person, Action.EDIT) else [],
        partly_searchable=partly_searchable() if may(person, Action.EDIT) else [],
    )


def jobs(person: User, states: Sequence[str] = (), limit: int = LINES) -> Sequence[Job]:
    """Jobs that `person` may see, newest first."""
    query = select(Job).options(joinedload(Job.document), joinedload(Job.file)).order_by(Job.id.desc()).limit(limit)
    if states:
        query = query.where(Job.state.in_(states))
    if not may(person, Action.EDIT):
        query = query.where(Job.created_by_id == person.id)
    return db.session.scalars(query).all()


def drafts(person: User, limit: int = LINES) -> Sequence[Document]:
    """Drafts, and published pieces with a revision that is not live yet, the latest touched first."""
    newest = select(func.max(Revision.id)).where(Revision.document_id == Document.id).scalar_subquery()
    query = (
        select(Document)
        .where(
            or_(
                Document.status == Status.DRAFT,
                (Document.status == Status.PUBLISHED) & (Document.live_id != newest),
            )
        )
        .options(selectinload(Document.revisions), joinedload(Document.created_by))
        .order_by(newest.desc())
        .limit(limit)
    )
    if not may(person, Action.EDIT):
        query = query.where(Document.created_by_id == person.id, Document.status == Status.DRAFT)
    return db.session.scalars(query).all()


def undescribed(person: User, limit: int = LINES) -> Sequence[Document]:
    """Pieces whose newest revision shows pictures without saying what is on them, the latest touched first."""
    newest = (
        select(func.max(Revision.id)).where(Revision.document_id == Document.id).correlate(Document).scalar_subquery()
    )
    silent = select(Section.id).where(
        Section.revision_id == newest, Section.html.contains('<img alt="" src="/pictures/')
    )
    query = (
        select(Document)
        .where(
            Document.status != Status.WITHDRAWN,
            Document.id.in_(select(document_pictures.c.document_id)),
            silent.exists(),
        )
        .options(selectinload(Document.revisions), joinedload(Document.created_by))
        .order_by(newest.desc())
        .limit(limit)
    )
    if not may(person, Action.EDIT):
        query = query.where(Document.created_by_id == person.id, Document.status == Status.DRAFT)
    return db.session.scalars(query).all()


def withdrawn() -> Sequence[Document]:
    """Withdrawn pieces, for bringing back."""
    query = (
        select(Document)
        .join(Revision, Revision.id == Document.live_id)
        .where(Document.status == Status.WITHDRAWN)
        .options(contains_eager(Document.live))
        .order_by(Document.id.desc())
        .limit(LINES)
    )
    return db.session.scalars(query).all()


def partly_searchable(limit: int = LINES) -> Sequence[Document]:
    """Published pieces of whose originals something could not be read, the latest first."""
    query = (
        select(Document)
        .join(Revision, Revision.id == Document.live_id)
        .where(Document.status == Status.PUBLISHED, Revision.receipt["status"].as_string() == PARTIAL)
        .options(contains_eager(Document.live), selectinload(Document.revisions), joinedload(Document.created_by))
        .order_by(Document.id.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()


def titles(limit: int) -> Sequence[str]:
    """Titles of published pieces, the latest changed first."""
    query = (
        select(Revision.title)
        .join(Document, Document.live_id == Revision.id)
        .where(Document.status == Status.PUBLISHED)
        .order_by(Document.changed_at.desc(), Document.id.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()


def _recent(limit: int) -> Sequence[Document]:
    query = (
        select(Document)
        .join(Revision, Revision.id == Document.live_id)
        .where(Document.status == Status.PUBLISHED)
        .options(contains_eager(Document.live))
        .order_by(Document.changed_at.desc(), Document.id.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()
