"""From the index's hits to what a page or the API shows: documents loaded, topics named, places addressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup
from sqlalchemy import select, tuple_

from indexer.analysis import terms
from indexer.searching import Answer, Hit, Passage
from library.catalogue import topics
from library.catalogue.models import Document, Section
from library.catalogue.receipts import PARTIAL
from library.extensions import db
from library.finding import places
from library.finding.labels import Labeller
from library.reading import shown
from library.serving.remembered import Remembered

WORDS_MARKED = 12


@dataclass(slots=True)  # not frozen: dozens are made for a page
class Place:
    """A passage. `path` opens at its paragraph; `snippet` is safe HTML with only <mark>.

    `chapter`: the title of the chapter that `heading` stands in; "" outside chapters and for a chapter's own heading.
    """

    heading: str
    chapter: str
    page: int | None
    snippet: Markup
    path: str


@dataclass(frozen=True, slots=True)
class Filed:
    """Why a piece was found that has no word of the question: its topic is called `said`, in whatever language."""

    slug: str
    name: str
    said: str


@dataclass(slots=True)
class Found:
    """A piece that was found, best places first."""

    document: Document
    score: float
    path: str
    places: Sequence[Place]
    more: int  # places beside these
    topics: Sequence[tuple[str, str]]  # (slug, name)
    filed: Filed | None


def found(answer: Answer, access: tuple[str, ...], label: Labeller, *, mark: bool = True) -> list[Found]:
    """The hits with their documents, in order; with `mark`, their addresses carry the words to be marked there.

    A piece that was withdrawn a moment ago, or that the asker may not see, is left out.
    """
    documents = shown.pieces([int(hit.document) for hit in answer.hits], access)
    chapters = _chapters(answer, documents)
    marks = places.marking(answer.terms[:WORDS_MARKED] if mark else ())

    def shown_as(hit: Hit, document: Document) -> Found:
        home, slug, revision = places.piece(document), document.slug, document.shown.id
        return Found(
            document=document,
            score=hit.score,
            path=home,
            places=[
                _place(p, chapters.get((revision, p.chapter), ""), places.place(slug, home, p, marks))
                for p in hit.passages
            ],
            more=hit.more,
            topics=[(topic.slug, label("topic", topic.slug)) for topic in document.topics],
            filed=None if any("<mark>" in p.snippet for p in hit.passages) else _filed(document, answer.terms, label),
        )

    return [
        shown_as(hit, document) for hit in answer.hits if (document := documents.get(int(hit.document))) is not None
    ]


def partly_searchable(answer: Answer) -> int:
    """How many of the pieces found are only partly searchable: something of their originals could not be read."""
    return sum(value.count for value in answer.facets.get("reading", ()) if value.value == PARTIAL)


def _place(passage: Passage, chapter: str, path: str) -> Place:
    return Place(
        heading=passage.heading,
        chapter=chapter if chapter != passage.heading else "",
        page=passage.page,
        snippet=Markup(passage.snippet),  # noqa: S704  the index escapes all but its own <mark>
        path=path,
    )


def _filed(document: Document, words: tuple[str, ...], label: Labeller) -> Filed | None:
    """The topic of a piece, or the one above it, one of whose names shares most words with the question."""
    asked = frozenset(words)
    if asked & _terms_of(document.shown.title):
        return None
    most, best = 0, None
    for topic in document.topics:
        for one in filter(None, (topic, topic.parent)):
            for name in topics.words(one):
                shared = len(asked & _terms_of(name))
                if shared > most:
                    most, best = shared, Filed(one.slug, label("topic", one.slug), name)
    return best


@lru_cache(maxsize=4_000)
def _terms_of(name: str) -> frozenset[str]:
    """The words of a title or of a topic's name, which many questions meet again."""
    return frozenset(terms(name))


def _chapters(answer: Answer, documents: Mapping[int, Document]) -> dict[tuple[int, str], str]:
    """Titles of the chapters that passages stand in, by revision and slug; parts of long papers have none."""
    named = {
        (document.shown.id, p.chapter)
        for hit in answer.hits
        for p in hit.passages
        if p.chapter and not p.chapter.startswith("pages-") and (document := documents.get(int(hit.document)))
    }
    return _TITLES.get_many(named, _titles)


_TITLES: Remembered[str] = Remembered(most=10_000)


def _titles(chapters: Sequence[tuple[int, str]]) -> dict[tuple[int, str], str]:
    rows = db.session.execute(
        select(Section.revision_id, Section.chapter, Section.chapter_title)
        .where(tuple_(Section.revision_id, Section.chapter).in_(chapters))
        .distinct()
    )
    return {(revision, chapter): title for revision, chapter, title in rows}
