"""Pieces that who has read this one may want to read next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Select, select

from library.catalogue.models import Document, Kind, Revision, Status, document_topics
from library.extensions import db
from library.finding import index

MOST = 4
_LOOKED_AT = 12


@dataclass(frozen=True, slots=True)
class Nearby:
    """What is shown of a piece to read next. `family`: the piece that it says the same as, itself where it is none."""

    id: int
    family: int
    slug: str
    title: str
    kind: str
    language: str
    characters: int


def related(document: Document, access: tuple[str, ...]) -> list[Nearby]:
    """At most MOST published pieces that `access` lets see: nearest by text first, then the newest of its topics.

    The piece in other languages is not among them; it stands at the head of the page.
    """
    own = document.translation_of_id or document.id
    found: dict[int, Nearby] = {}
    for piece in _candidates(document, access):
        # Of a piece that there is in several languages, the one nearest is enough.
        if piece.family != own and piece.family not in found:
            found[piece.family] = piece
        if len(found) == MOST:
            break
    return list(found.values())


def _candidates(document: Document, access: tuple[str, ...]) -> Iterator[Nearby]:
    opened = index()
    state = opened.state()
    near = _alike(opened.root, state.generation, state.change, document.id, access) if state.ready else ()
    if near:
        pieces = {piece.id: piece for piece in _read(_shown(access).where(Document.id.in_(near)))}
        yield from (pieces[number] for number in near if number in pieces)
    topics = [topic.id for topic in document.topics]
    if topics:
        of_topics = select(document_topics.c.document_id).where(document_topics.c.topic_id.in_(topics))
        query = _shown(access).where(Document.id.in_(of_topics), Revision.language == document.shown.language)
        yield from _read(query.order_by(Document.published_at.desc(), Document.id.desc()).limit(_LOOKED_AT))


@lru_cache(maxsize=4096)
def _alike(root: Path, generation: str | None, change: int, document: int, access: tuple[str, ...]) -> tuple[int, ...]:
    """Pieces alike in the index of this state, nearest first: a document is compared once with what is there."""
    return tuple(int(number) for number in index().similar(str(document), _LOOKED_AT, access))


def _shown(access: tuple[str, ...]) -> Select[int, int | None, str, str, str, str, int]:
    return (
        select(
            Document.id,
            Document.translation_of_id,
            Document.slug,
            Revision.title,
            Revision.kind,
            Revision.language,
            Revision.characters,
        )
        .join(Revision, Revision.id == Document.live_id)
        .where(Document.status == Status.PUBLISHED, Document.access.in_(access), Revision.kind != Kind.PAGE)
    )


def _read(query: Select[int, int | None, str, str, str, str, int]) -> list[Nearby]:
    return [Nearby(row[0], row[1] or row[0], *row[2:]) for row in db.session.execute(query)]
