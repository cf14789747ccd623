"""The library's own judged queries: a curator says that a query must find a piece, and the index is held to it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from library.access.models import User
from library.catalogue import documents
from library.catalogue.documents import log
from library.catalogue.errors import BadJudgement
from library.catalogue.models import Document, JudgedQuery, Revision, Status
from library.catalogue.session import writing
from library.extensions import db

LONGEST = 300
_BEFORE_A_SLUG = ("documents", "about")


def add(query: str, document: Document, *, by: User | None = None) -> JudgedQuery:
    """Say that `query` must find `document`. Raises BadJudgement for no query, a long one, or one said already."""
    query = _trimmed(query)
    if not query:
        raise BadJudgement(_("Write the words that a reader would search for."), "query")
    if max(len(query), len(folded(query))) > LONGEST:
        raise BadJudgement(
            _("The query is longer than %(most)d characters; write it as a reader would.", most=LONGEST), "query"
        )
    with writing() as session:
        said = select(JudgedQuery).where(JudgedQuery.document_id == document.id, JudgedQuery.folded == folded(query))
        if session.scalar(said) is not None:
            raise BadJudgement(
                _(
                    "That “%(query)s” must find “%(title)s” has been said already.",
                    query=query,
                    title=document.shown.title,
                )
            )
        judged = JudgedQuery(
            query=query, folded=folded(query), document_id=document.id, created_by_id=by.id if by else None
        )
        session.add(judged)
        log(session, by, "judge", document, query)
    return judged


def remove(judged: JudgedQuery, *, by: User | None = None) -> None:
    """Take back that a query must find a piece."""
    with writing() as session:
        log(session, by, "unjudge", judged.document, judged.query)
        session.delete(judged)


def by_id(number: int) -> JudgedQuery | None:
    return db.session.get(JudgedQuery, number)


def count() -> int:
    """How many there are, those of pieces that are not published included."""
    return db.session.scalar(select(func.count()).select_from(JudgedQuery)) or 0


def listed(limit: int, offset: int = 0) -> Sequence[JudgedQuery]:
    """The latest first, with their pieces and who said so."""
    query = select(JudgedQuery).order_by(JudgedQuery.id.desc()).limit(limit).offset(offset)
    return db.session.scalars(
        query.options(
            joinedload(JudgedQuery.document).joinedload(Document.live).defer(Revision.body),
            joinedload(JudgedQuery.created_by),
        )
    ).all()


def of_published() -> Sequence[tuple[str, int]]:
    """(query, document id) of those that an index can be held to: no index has a piece that is not published."""
    rows = db.session.execute(
        select(JudgedQuery.query, JudgedQuery.document_id)
        .join(Document, Document.id == JudgedQuery.document_id)
        .where(Document.status == Status.PUBLISHED)
        .order_by(JudgedQuery.id)
    )
    return [(query, document) for query, document in rows]


def piece_named(text: str) -> Document:
    """The piece with this slug, address (old ones and those of its chapters too) or title. Raises BadJudgement."""
    found = documents.by_slug(_slug_in(text))
    if found is not None:
        return found.document
    titled = _titled(text)
    if len(titled) > 1:
        slugs = ", ".join(document.slug for document in titled)
        raise BadJudgement(
            _(
                "Several pieces are called “%(title)s”; write the address of one: %(slugs)s.",
                title=text.strip(),
                slugs=slugs,
            ),
            "piece",
        )
    if not titled:
        raise BadJudgement(_("No piece has the address or the title “%(title)s”.", title=text.strip()), "piece")
    return titled[0]


def folded(text: str) -> str:
    """A text without what makes no difference to a reader: forms of characters, case, spaces."""
    return _trimmed(unicodedata.normalize("NFKC", text).casefold())


def _trimmed(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


def _slug_in(text: str) -> str:
    """The slug in an address of the library, or the text itself."""
    try:
        path = urlsplit(_trimmed(text)).path
    except ValueError:  # a bracket where an address has its host
        return ""
    parts = [part for part in unquote(path).replace("\0", "").split("/") if part]
    for before, part in pairwise(parts):
        if before in _BEFORE_A_SLUG:
            return part
    return "/".join(parts)


def _titled(title: str) -> list[Document]:
    """Published pieces with this title. Compared here, because not every database folds every script."""
    rows = db.session.execute(
        select(Document.id, Revision.title)
        .join(Revision, Revision.id == Document.live_id)
        .where(Document.status == Status.PUBLISHED)
        .order_by(Document.id)
    )
    ids = [number for number, name in rows if folded(name) == folded(title)]
    return [document for number in ids if (document := db.session.get(Document, number))]
