"""Which piece an address leads to for this reader: the piece, its new address, why it is gone, or nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from library.access.policy import may_edit, may_see, visible_to
from library.catalogue import documents
from library.catalogue.models import Document, LogEntry, Revision, Status
from library.extensions import db
from library.reading import shown


class Withdrawn(Exception):
    """The piece at this address was taken back; `document` says why."""

    def __init__(self, document: Document) -> None:
        super().__init__(document.withdrawn_reason)
        self.document = document


class Unknown(Exception):
    """There is nothing at this address for this reader; whether there is for others is not told."""


class Moved(Exception):
    """The piece has another slug now."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


def open_piece(slug: str, person: Any) -> Document:
    """The piece at `slug` that `person` may read. Raises Moved, Withdrawn, Unknown."""
    found = documents.by_slug(slug)
    if found is None:
        raise Unknown
    document = found.document
    withdrawn = document.status == Status.WITHDRAWN and document.access in visible_to(person)
    if not withdrawn and not may_see(person, document):
        raise Unknown
    if found.moved:
        raise Moved(document.slug)
    if document.status == Status.WITHDRAWN:
        raise Withdrawn(document)
    return document


def open_shown(slug: str, person: Any) -> Document:
    """As `open_piece`, for pages that only show it: one that was shown before is not read again (see `shown.piece`)."""
    return shown.piece(slug, visible_to(person)) or open_piece(slug, person)


def open_revision(document: Document, number: int, person: Any) -> Revision:
    """Revision `number`, if it was live once or `person` may edit the piece. Raises Unknown.

    A draft between two published revisions was never meant for readers, so its number leads nowhere for them.
    """
    revision = documents.revision(document, number)
    if revision is None or not (was_live(revision) or may_edit(person, document)):
        raise Unknown
    return revision


def was_live(revision: Revision) -> bool:
    """Whether readers ever saw this revision: publishing makes the newest one live, so the log's times tell."""
    if revision.document.live_id == revision.id:
        return True
    following = documents.revision(revision.document, revision.number + 1)
    query = select(LogEntry.id).where(
        LogEntry.document_id == revision.document_id,
        LogEntry.action == "publish",
        LogEntry.at >= revision.created_at,
    )
    if following is not None:
        query = query.where(LogEntry.at < following.created_at)
    return db.session.scalar(query.limit(1)) is not None
