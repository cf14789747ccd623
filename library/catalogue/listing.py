"""Lists of published pieces: the shelf, a topic, a country, what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, selectinload

from library.catalogue import topics
from library.catalogue.models import (
    Document,
    DocumentCountry,
    Kind,
    Revision,
    Status,
    StoredFile,
    StoredPicture,
    Topic,
    document_pictures,
    document_topics,
)
from library.extensions import db

Columns = TypeVarTuple("Columns")
SORTS = ("newest", "oldest", "title")


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a list is narrowed to. Values of one field are alternatives; fields all hold. `access`: what may be seen."""

    kind: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    lang: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    year: tuple[int, ...] = ()
    access: tuple[str, ...] = ("public",)
    featured: bool | None = None
    sort: str = "newest"


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list: `number` from 1 of `pages`, `total` pieces in all."""

    documents: Sequence[Document]
    number: int
    pages: int
    total: int
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells that a published piece is still the same, without its text. `pictures`: their bytes; `file`: SHA-256s of
    its original and of that one's cleaned copy, with what is said of giving it out.
    """

    id: int
    uuid: str
    slug: str
    live: int
    title: str
    language: str
    characters: int
    pictures: int
    changed: str
    file: str


def identities(wanted: Shelf, limit: int) -> list[Identity]:
    """The first `limit` pieces that fit, in order."""
    return _identities(_ordered(_matching(wanted, topics.below(wanted.topic)), wanted.sort).limit(limit))


def identities_of(ids: Sequence[int]) -> list[Identity]:
    """Those of `ids` that have a live revision, whoever may see them."""
    query = select(Document).join(Revision, Revision.id == Document.live_id).where(Document.id.in_(ids))
    return _identities(query.order_by(Document.id))


def _identities(query: Select[Document]) -> list[Identity]:
    held = (
        select(func.coalesce(func.sum(StoredPicture.size), 0))
        .join(document_pictures, document_pictures.c.picture_id == StoredPicture.id)
        .where(document_pictures.c.document_id == Document.id)
        .correlate(Document)
        .scalar_subquery()
        .label("pictures")
    )
    rows = db.session.execute(
        query.outerjoin(StoredFile, StoredFile.id == Document.file_id).with_only_columns(
            Document.id,
            Document.uuid,
            Document.slug,
            Document.live_id,
            Revision.title,
            Revision.language,
            Revision.characters,
            held,
            Document.changed_at,
            Document.original,
            StoredFile.sha256,
            StoredFile.cleaned,
        )
    )
    return [
        Identity(
            id=row.id,
            uuid=row.uuid,
            slug=row.slug,
            live=row.live_id,
            title=row.title,
            language=row.language,
            characters=row.characters,
            pictures=row.pictures,
            changed=row.changed_at.isoformat() if row.changed_at else "",
            file=f"{row.original} {row.sha256} {row.cleaned}",
        )
        for row in rows
    ]


def shelf(wanted: Shelf, page: int = 1, size: int = 24, facets: bool = False) -> Page:
    """One page of the pieces that fit; a `page` beyond the last is empty. With `facets`, how many there would be."""
    below = topics.below(wanted.topic)
    matching = _matching(wanted, below)
    total = db.session.scalar(select(func.count()).select_from(matching.with_only_columns(Document.id).subquery())) or 0
    pages = max(1, -(-total // size))
    found = db.session.scalars(
        _ordered(matching, wanted.sort)
        .options(
            contains_eager(Document.live).options(defer(Revision.body), defer(Revision.receipt)),
            selectinload(Document.topics),
            selectinload(Document.countries),
            joinedload(Document.file),
        )
        .limit(size)
        .offset((max(page, 1) - 1) * size)
    )
    return Page(list(found), max(page, 1), pages, total, _facets(wanted, below) if facets else {})


def pages_of_network(language: str) -> list[Document]:
    """The network's own pages (kind `page`), in the order they were made, each in `language` if it is translated into it."""
    query = _live(select(Document)).where(Revision.kind == Kind.PAGE).order_by(Document.id)
    pages = list(db.session.scalars(query.options(contains_eager(Document.live))))
    there = {page.id for page in pages}
    translated = {
        page.translation_of_id: page
        for page in pages
        if page.shown.language.partition("-")[0] == language.partition("-")[0]
    }
    return [translated.get(page.id, page) for page in pages if page.translation_of_id not in there]


def published(ids: Sequence[int], access: tuple[str, ...] = ("public",)) -> dict[int, Document]:
    """Those of `ids` that are published and may be seen, by id, with their live revisions and topics loaded.

    What is long and not listed (the body, the receipt) is read when it is asked for.
    """
    query = _live(select(Document)).where(Document.id.in_(ids), Document.access.in_(access))
    rows = db.session.scalars(
        query.options(
            contains_eager(Document.live).options(defer(Revision.body), defer(Revision.receipt)),
            selectinload(Document.topics),
            selectinload(Document.countries),
        )
    )
    return {document.id: document for document in rows}


def apart(ids: Sequence[int]) -> dict[int, Document]:
    """Those of `ids` that are published, by id, in no session, so that they can be kept and shared; not to be changed.

    They know their live revision without its body, topics and those above them, file, and what says the same in other
    languages. Anything else that is asked of them raises DetachedInstanceError.
    """
    live = Document.live
    query = _live(select(Document)).where(Document.id.in_(ids))
    with Session(db.session.connection()) as session:  # what the request sees, and not a connection more
        rows = session.scalars(
            query.options(
                contains_eager(live).defer(Revision.body),
                selectinload(Document.topics).joinedload(Topic.parent),
                joinedload(Document.file),
                selectinload(Document.translations).joinedload(live).defer(Revision.body),
                joinedload(Document.translation_of).options(
                    joinedload(live).defer(Revision.body),
                    selectinload(Document.translations).joinedload(live).defer(Revision.body),
                ),
            )
        ).all()
        session.expunge_all()
    return {document.id: document for document in rows}


def numbers(slugs: Sequence[str]) -> dict[str, int]:
    """Ids of the published pieces at these very addresses."""
    rows = db.session.execute(_live(select(Document.slug, Document.id)).where(Document.slug.in_(slugs)))
    return {row[0]: row[1] for row in rows.all()}


def _live(query: Select[*Columns]) -> Select[*Columns]:
    return query.join(Revision, Revision.id == Document.live_id).where(Document.status == Status.PUBLISHED)


def _matching(wanted: Shelf, below: Sequence[int]) -> Select[Document]:
    """The pieces that fit; `below`: ids of the wanted topics and those below them."""
    query = _live(select(Document)).where(Revision.kind != Kind.PAGE, Document.access.in_(wanted.access))
    if wanted.kind:
        query = query.where(Revision.kind.in_(wanted.kind))
    if wanted.lang:
        languages: list[ColumnElement[bool]] = [Revision.language == tag for tag in wanted.lang]
        languages += [Revision.language.startswith(f"{tag}-") for tag in wanted.lang]
        condition = languages[0]
        for other in languages[1:]:
            condition = condition | other
        query = query.where(condition)
    if wanted.year:
        query = query.where(Revision.year.in_(wanted.year))
    if wanted.topic:
        query = query.where(
            Document.id.in_(select(document_topics.c.document_id).where(document_topics.c.topic_id.in_(below)))
        )
    if wanted.country:
        codes = [code.upper() for code in wanted.country]
        query = query.where(Document.id.in_(select(DocumentCountry.document_id).where(DocumentCountry.code.in_(codes))))
    if wanted.featured is not None:
        query = query.where(Document.featured == wanted.featured)
    return query


def _ordered(query: Select[Document], sort: str) -> Select[Document]:
    moment = func.coalesce(Revision.published_on, func.date(Document.published_at))
    match sort:
        case "title":
            return query.order_by(func.lower(Revision.title), Document.id)
        case "oldest":
            return query.order_by(moment.asc(), Document.id.asc())
        case "featured":
            return query.order_by(Document.featured.desc(), Document.changed_at.desc(), Document.id.desc())
        case "added":
            return query.order_by(Document.changed_at.desc(), Document.id.desc())
        case _:
            return query.order_by(moment.desc(), Document.id.desc())


def _facets(wanted: Shelf, below: Sequence[int]) -> dict[str, list[tuple[str, int]]]:
    """How many pieces each value of each filter would leave, the filter's own choice set aside."""

    def counted(column: Any, without: str, join: Any = None) -> list[tuple[str, int]]:
        cleared: dict[str, Any] = {without: ()}
        inner = _matching(replace(wanted, **cleared), below).with_only_columns(Document.id).subquery()
        query = select(column, func.count(func.distinct(Document.id))).select_from(Document)
        query = query.join(Revision, Revision.id == Document.live_id)
        if join is not None:
            query = query.join(*join)
        rows = db.session.execute(query.where(Document.id.in_(select(inner.c.id))).group_by(column)).all()
        return sorted(((str(v), n) for v, n in rows if v not in (None, "")), key=lambda row: (-row[1], row[0]))

    tally = topics_tally(wanted)
    return {
        "kind": counted(Revision.kind, "kind"),
        "topic": tally,
        "lang": counted(Revision.language, "lang"),
        "country": counted(
            DocumentCountry.code, "country", (DocumentCountry, DocumentCountry.document_id == Document.id)
        ),
        "year": sorted(counted(Revision.year, "year"), reverse=True),
    }


def topics_tally(wanted: Shelf) -> list[tuple[str, int]]:
    """Pieces that fit by topic, sub-topics included, the filter's own topics set aside."""
    inner = _matching(replace(wanted, topic=()), ()).with_only_columns(Document.id).subquery()
    rows = db.session.execute(
        select(document_topics.c.topic_id, document_topics.c.document_id).where(
            document_topics.c.document_id.in_(select(inner.c.id))
        )
    ).all()
    held: dict[int, set[int]] = {}
    for topic_id, document_id in rows:
        held.setdefault(topic_id, set()).add(document_id)
    tally = []
    for topic in topics.all_topics():
        below = set().union(*(held.get(t.id, set()) for t in (topic, *topics.descendants(topic))))
        if below:
            tally.append((topic.slug, len(below)))
    return sorted(tally, key=lambda row: (-row[1], row[0]))
