"""From the index's answer to what a page or the API shows: documents loaded, codes named, places addressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import select

from indexer.analysis import terms
from indexer.searching import Answer, Passage
from library.catalogue import listing, topics
from library.catalogue.models import Document, Section
from library.catalogue.receipts import PARTIAL
from library.extensions import db
from library.finding import labels, places
from library.finding.asking import FILTERS, Search
from library.finding.labels import Labeller

GROUPS = ("topic", "kind", "lang", "country", "year")
SHOWN = 8  # values of a filter that stand open; the others are a click away
WORDS_MARKED = 12


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Found:
    """A piece that was found, best places first."""

    document: Document
    score: float
    path: str
    places: Sequence[Place]
    topics: Sequence[tuple[str, str]]  # (slug, name)
    filed: Filed | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter with the pieces it has; `search` puts it on or takes it off."""

    value: str
    label: str
    count: int
    on: bool
    search: Search


@dataclass(frozen=True, slots=True)
class Group:
    """A filter with its values, of which `rest` need not be seen at once."""

    key: str
    name: str
    first: Sequence[Choice]
    rest: Sequence[Choice]

    @property
    def choices(self) -> list[Choice]:
        return [*self.first, *self.rest]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter value that is on; `search` is the search without it."""

    name: str
    label: str
    search: Search


def found(answer: Answer, access: tuple[str, ...], *, mark: bool = True) -> list[Found]:
    """The hits with their documents, in order.

    One query loads all; a piece that was withdrawn a moment ago, or that the asker may not see, is left out.
    """
    documents = listing.published([int(hit.document) for hit in answer.hits], access)
    chapters = _chapters(answer, documents)
    label = labels.labeller()
    words = answer.terms[:WORDS_MARKED] if mark else ()
    return [
        Found(
            document=document,
            score=hit.score,
            path=places.piece(document),
            places=[_place(document, p, chapters, words) for p in hit.passages],
            topics=[(topic.slug, label("topic", topic.slug)) for topic in document.topics],
            filed=None if any("<mark>" in p.snippet for p in hit.passages) else _filed(document, answer.terms, label),
        )
        for hit in answer.hits
        if (document := documents.get(int(hit.document))) is not None
    ]


def groups(answer: Answer, search: Search) -> list[Group]:
    """The filters with their counts; one that has a single value which is off would narrow nothing and is left out."""
    label = labels.labeller()
    made = [_group(key, answer, search, label) for key in GROUPS]
    return [group for group in made if len(group.choices) > 1 or any(c.on for c in group.choices)]


def counts(answer: Answer) -> dict[str, list[tuple[str, str, int]]]:
    """(value, label, count) of every filter's values."""
    label = labels.labeller()
    return {key: [(v.value, label(key, v.value), v.count) for v in answer.facets.get(key, ())] for key in GROUPS}


def partly_searchable(answer: Answer) -> int:
    """How many of the pieces found are only partly searchable: something of their originals could not be read."""
    return sum(value.count for value in answer.facets.get("reading", ()) if value.value == PARTIAL)


def said(search: Search) -> str:
    """The search in one line, for titles of pages and feeds: its words, then its filters."""
    label = labels.labeller()
    filters = [label(key, value) for key in FILTERS for value in search.filters.get(key, ())]
    return " · ".join([text for text in (search.text, *filters) if text])


def chips(search: Search) -> list[Chip]:
    """The filter values that are on."""
    label = labels.labeller()
    return [
        Chip(labels.filter_name(key), label(key, value), search.toggled(key, value))
        for key in FILTERS
        for value in search.filters.get(key, ())
    ]


def _place(
    document: Document, passage: Passage, chapters: Mapping[tuple[int, str], str], words: tuple[str, ...]
) -> Place:
    chapter = chapters.get((document.shown.id, passage.chapter), "")
    return Place(
        heading=passage.heading,
        chapter=chapter if chapter != passage.heading else "",
        page=passage.page,
        snippet=Markup(passage.snippet),  # noqa: S704  the index escapes all but its own <mark>
        path=places.place(document, passage, words),
    )


def _filed(document: Document, words: tuple[str, ...], label: Labeller) -> Filed | None:
    """The topic of a piece, or the one above it, one of whose names shares most words with the question."""
    asked = frozenset(words)
    if asked & frozenset(terms(document.shown.title)):
        return None
    most, best = 0, None
    for topic in document.topics:
        for one in filter(None, (topic, topic.parent)):
            for name in topics.words(one):
                shared = len(asked & frozenset(terms(name)))
                if shared > most:
                    most, best = shared, Filed(one.slug, label("topic", one.slug), name)
    return best


def _chapters(answer: Answer, documents: Mapping[int, Document]) -> dict[tuple[int, str], str]:
    """Titles of the chapters that passages stand in, by revision and slug; parts of long papers have none."""
    slugs = {p.chapter for hit in answer.hits for p in hit.passages if not p.chapter.startswith("pages-")} - {""}
    if not slugs:
        return {}
    rows = db.session.execute(
        select(Section.revision_id, Section.chapter, Section.chapter_title)
        .where(Section.revision_id.in_([d.shown.id for d in documents.values()]), Section.chapter.in_(slugs))
        .distinct()
    )
    return {(revision, chapter): title for revision, chapter, title in rows}


def _group(key: str, answer: Answer, search: Search, label: Labeller) -> Group:
    choices = [
        Choice(v.value, label(key, v.value), v.count, search.has(key, v.value), search.toggled(key, v.value))
        for v in answer.facets.get(key, ())
        if v.value
    ]
    if key == "year":
        choices.sort(key=lambda choice: choice.value, reverse=True)
    first = [c for n, c in enumerate(choices) if n < SHOWN or c.on]
    rest = [c for n, c in enumerate(choices) if n >= SHOWN and not c.on]
    if len(rest) == 1:
        first, rest = [*first, *rest], []
    return Group(key, labels.filter_name(key), first, rest)
