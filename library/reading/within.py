"""Find within one piece: the places in it that answer, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select

from indexer.searching import Passage, Question
from library.access.policy import visible_to
from library.catalogue.models import Document, Section
from library.extensions import db
from library.finding import index
from library.finding.asking import clean
from library.finding.places import marking, piece, place
from library.reading.access import open_piece
from library.reading.blueprint import bp
from library.reading.chapters import contents
from library.reading.forms import path
from library.serving.urls import absolute

MOST = 60  # places that are shown
LONGEST = 300  # characters of a question
WORDS_MARKED = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A place that answers: `number` and `title` of its chapter (0 and "" outside one). `snippet`: only <mark>."""

    number: int
    title: str
    heading: str
    page: int | None
    snippet: Markup
    path: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. `ready`: whether the index could be asked; `more`: there may be places beyond MOST."""

    places: Sequence[Place]
    suggestion: str
    ready: bool
    more: bool


def find(document: Document, words: str, access: tuple[str, ...]) -> Found:
    """The places of a published `document` that answer `words`, at most MOST, in the order of the text."""
    if not index().state().ready:
        return Found((), "", False, False)
    question = Question(text=words, document=str(document.id), access=access, limit=1, facets=False, passages=MOST)
    answer = index().ask(question)
    passages = answer.hits[0].passages if answer.hits else ()
    chapters = {chapter.slug: chapter for chapter in contents(document.shown).chapters}
    home = piece(document)
    marks = marking(answer.terms[:WORDS_MARKED])

    def shown(passage: Passage) -> Place:
        chapter = chapters.get(passage.chapter)
        title = (chapter.pages or chapter.title) if chapter else ""
        return Place(
            number=chapter.number if chapter else 0,
            title=title,
            heading=passage.heading if passage.heading != title else "",
            page=passage.page,
            snippet=Markup(passage.snippet),  # noqa: S704  the index escapes all but its own <mark>
            path=place(document.slug, home, passage, marks),
        )

    places = [shown(passage) for passage in _as_read(document, passages)]
    return Found(places, answer.suggestion or "", True, len(passages) == MOST)


def _as_read(document: Document, passages: Sequence[Passage]) -> list[Passage]:
    """The index gives the best first; in a book one looks for the next."""
    anchors = db.session.scalars(
        select(Section.anchor).where(Section.revision_id == document.live_id).order_by(Section.position)
    )
    order = {anchor: position for position, anchor in enumerate(anchors)}
    return sorted(passages, key=lambda passage: order.get(passage.section, len(order)))


@bp.get("/documents/<slug>/find", endpoint="find")
def find_within(slug: str) -> str:
    """The places in one piece that answer `q`; a link to each, where the words are marked."""
    piece = open_piece(slug, current_user)
    words = clean(request.args.get("q", ""))[:LONGEST]
    return render_template(
        "reading/find.html",
        document=piece,
        revision=piece.shown,
        words=words,
        found=find(piece, words, visible_to(current_user)) if words else None,
        everywhere=url_for("finding.search", q=words),
        canonical=absolute(path(piece)),
    )
