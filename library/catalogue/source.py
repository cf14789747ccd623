"""What the index is made from: the catalogue as the `Source` that the indexer follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from indexer.records import Block, Change, Entry, Judgement
from library.catalogue import judgements, outbox, receipts, topics
from library.catalogue.models import Document, Kind, Revision, Status
from library.extensions import db

BATCH = 500


class CatalogueSource:
    """The published pieces as index entries. Each call is a transaction of its own: what is read is the newest."""

    def latest_change(self) -> int:
        """Id of the newest change."""
        with self._fresh():
            return outbox.latest()

    def changes_after(self, change: int, limit: int) -> Sequence[Change]:
        """Changes with ids above `change` in order, at most `limit`."""
        with self._fresh():
            return [Change(id=row.id, document=str(row.document_id)) for row in outbox.after(change, limit)]

    def documents(self) -> Iterator[tuple[str, int]]:
        """(document id, number of its live revision) of everything that must be in the index."""
        last = 0
        while True:
            with self._fresh():
                rows = db.session.execute(
                    select(Document.id, Revision.number)
                    .join(Revision, Revision.id == Document.live_id)
                    .where(Document.status == Status.PUBLISHED, Document.id > last)
                    .order_by(Document.id)
                    .limit(BATCH)
                ).all()
            if not rows:
                return
            for number, revision in rows:
                yield str(number), revision
            last = rows[-1][0]

    def entries(self, document: str) -> Sequence[Entry]:
        """The entries of one document; none when it must not be in the index."""
        with self._fresh():
            found = db.session.scalar(
                select(Document)
                .where(Document.id == int(document), Document.status == Status.PUBLISHED)
                .options(joinedload(Document.live).selectinload(Revision.sections), selectinload(Document.topics))
            )
            return entries(found) if found and found.live else []

    def judgements(self) -> Sequence[Judgement]:
        """What curators say that queries must find, among published pieces."""
        with self._fresh():
            return [Judgement(query, str(document)) for query, document in judgements.of_published()]

    @contextmanager
    def _fresh(self) -> Iterator[None]:
        db.session.rollback()
        try:
            yield
        finally:
            db.session.rollback()


def entries(document: Document) -> list[Entry]:
    """Index entries of a published document: its sections that say something."""
    revision = document.shown
    family = list({t.id: t for topic in document.topics for t in (topic, *topics.ancestors(topic))}.values())
    year = revision.year or (document.published_at.year if document.published_at else None)
    moment = revision.published_on or (document.published_at.date() if document.published_at else None)
    return [
        Entry(
            document=str(document.id),
            revision=revision.number,
            position=section.position,
            anchor=section.anchor,
            chapter=section.chapter,
            title=revision.title,
            heading=section.heading,
            blocks=tuple(Block(anchor=anchor, text=text) for anchor, text in section.blocks),
            page=section.page,
            language=section.language or revision.language,
            kind=Kind(revision.kind).value,
            topics=tuple(topic.slug for topic in family),
            topic_names=tuple(word for topic in family for word in topics.words(topic)),
            countries=tuple(revision.countries),
            year=year,
            authors=tuple(revision.authors),
            published=moment.isoformat() if moment else "",
            summary=revision.summary,
            access=document.access,
            reading=receipts.PARTIAL if receipts.partly_read(revision) else "",
        )
        for section in revision.sections
        if section.blocks or section.level
    ]


@contextmanager
def open_source(instance: Path | None = None) -> Iterator[CatalogueSource]:
    """A source over the catalogue of an instance folder (`LIBRARY_INSTANCE` or `./instance` by default)."""
    from library import create_app

    with create_app(instance).app_context():
        yield CatalogueSource()
