"""Question → answer, over one snapshot: what is found, in which order, and what is shown of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from indexer import facets, querying, suggesting
from indexer.arrays import best_places
from indexer.facets import FacetValue
from indexer.feedback import with_feedback
from indexer.ranking import Found, Ranking
from indexer.segments import Mask
from indexer.snapshot import Snapshot
from indexer.snippets import Marker

PASSAGES = 3
FEW = 3
"""Fewer documents than this: perhaps a word is misspelt."""
OTHERS = 0.1
"""What the other sections of a document add to its best one: at most this share of it."""

Sort = Literal["relevance", "newest", "oldest", "title"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `filters`: keys kind topic lang country year author reading; values of one key are alternatives.

    `year` values are years or ranges ("2019..2023"). `offset` and `limit` count documents. `access`: what the
    asker may see. `document`: find within this one only. `passages`: places shown of a document, at most.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 10
    access: tuple[str, ...] = ("public",)
    facets: bool = True
    document: str | None = None
    passages: int = PASSAGES


@dataclass(slots=True)  # not frozen: dozens are made for a page
class Passage:
    """A place that answers. `anchor`: of the best paragraph; `section`: of the heading. `snippet`: only <mark>."""

    anchor: str
    section: str
    chapter: str
    heading: str
    page: int | None
    snippet: str


@dataclass(slots=True)
class Hit:
    """A document with its best places, at most three (or as many as the question wants), best first. `more`: sections
    beside these that have the words."""

    document: str
    score: float
    passages: tuple[Passage, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """`total`: documents, exact. `facets`: codes with counts over the whole result. `partial`: something was bounded
    or the index is not ready. `plain`: the question could not be parsed and was searched as words. `loosened`: nothing
    has its phrases as they stand, their words were searched one by one. `terms`: folded
    words to mark on the page."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    suggestion: str | None
    partial: bool
    plain: bool
    took_ms: float
    terms: tuple[str, ...]
    loosened: bool = False


NO_ANSWER = Answer(0, (), {}, None, True, False, 0.0, ())


@dataclass(frozen=True, slots=True)
class Ranked:
    """What is found before anything is shown. `score`, `match`: shape (sections,). `reached`: documents that the
    words reach, before filters; `worth`: their scores; both shape (documents,). `total`: documents in the result.
    `order`: the first of them, best first, as many as the question wants."""

    parsed: querying.Parsed
    ranking: Ranking
    score: NDArray[np.float32]
    match: Mask
    reached: Mask
    worth: NDArray[np.float32]
    total: int
    order: NDArray[np.int64]
    filters: Mapping[str, Mask]
    visible: Mask


def rank(snapshot: Snapshot, question: Question) -> Ranked:
    """Find the documents that answer a question and order the first of them."""
    parsed = querying.parse(question.text)
    ranking = Ranking(snapshot, partial=parsed.partial)
    visible = facets.allowed(snapshot, question.access, question.document)
    filters = facets.masks(snapshot, question.filters)
    found = _everything(snapshot) if not question.text.strip() else ranking.find(parsed.clause)
    match = _seen(snapshot, found, visible)
    if not match.any() and (looser := querying.loosened(parsed)):
        parsed = looser
        found = ranking.find(parsed.clause)
        match = _seen(snapshot, found, visible)
    sections = np.flatnonzero(match)
    tier = found.complete[sections].view(np.int8) + found.literal[sections].view(np.int8)
    tier -= tier.min(initial=2)
    score = with_feedback(snapshot, sections, found.score[sections], tier)
    if tier.any():
        score += tier * score.max(initial=0)
    documents = snapshot.document_of[sections]
    reached = np.zeros(snapshot.documents, np.bool_)
    reached[documents] = True
    worth, everything = np.zeros((2, snapshot.documents), np.float32)
    np.maximum.at(worth, documents, score)  # five times as fast as reduceat
    np.add.at(everything, documents, score)
    worth *= 1 + OTHERS * (1 - worth / np.maximum(everything, np.float32(1e-9)))
    found.score[sections] = score
    result = np.flatnonzero(facets.narrowed(reached, filters))
    wanted = max(question.offset, 0) + max(question.limit, 0)
    order = _ordered(snapshot, result, worth, question.sort, wanted)
    return Ranked(parsed, ranking, found.score, match, reached, worth, result.size, order, filters, visible)


def answer_from(snapshot: Snapshot, question: Question) -> Answer:
    """The answer of one snapshot."""
    ranked = rank(snapshot, question)
    ranking, parsed = ranked.ranking, ranked.parsed
    marker = Marker(ranking, parsed.clause)
    hits = _hits(snapshot, ranked.order[max(question.offset, 0) :].tolist(), ranked, marker, question.passages)
    counts = facets.count(snapshot, ranked.reached, ranked.filters) if question.facets else {}
    few = ranked.total < FEW and bool(question.text.strip())
    suggestion = suggesting.did_you_mean(ranking, question.text, parsed, ranked.visible) if few else None
    return Answer(
        total=ranked.total, hits=hits, facets=counts, suggestion=suggestion, partial=ranking.partial,
        plain=parsed.plain, took_ms=0.0, terms=marker.terms, loosened=parsed.loosened,
    )  # fmt: skip


def _seen(snapshot: Snapshot, found: Found, visible: Mask) -> Mask:
    """The sections found that are live and may be seen."""
    match = found.match & snapshot.live
    if not visible.all():
        match &= visible[snapshot.document_of]
    return match


def _everything(snapshot: Snapshot) -> Found:
    every = np.ones(snapshot.sections, np.bool_)
    return Found(np.zeros(snapshot.sections, np.float32), every, every, every)


def _ordered(
    snapshot: Snapshot, documents: NDArray[np.int64], worth: NDArray[np.float32], sort: Sort, wanted: int
) -> NDArray[np.int64]:
    """The first `wanted` of the documents."""
    newest = snapshot.newest_first[documents]
    match sort:
        case "newest":
            order = _first(newest, wanted)
        case "oldest":
            order = _first(-newest, wanted)
        case "title":
            order = _first(snapshot.by_title[documents], wanted)
        case _:
            values = worth[documents]
            likely = best_places(values, wanted) if wanted else np.empty(0, np.int64)
            order = likely[np.lexsort((newest[likely], -values[likely]))][:wanted]
    return documents[order]


def _first(keys: NDArray[np.int64], wanted: int) -> NDArray[np.int64]:
    """Places of the `wanted` smallest of different keys, in order."""
    if not keys.size > 4 * wanted > 0:
        return np.argsort(keys)[:wanted]
    smallest = np.argpartition(keys, wanted - 1)[:wanted]
    return smallest[np.argsort(keys[smallest])]


def _hits(snapshot: Snapshot, documents: Sequence[int], ranked: Ranked, marker: Marker, most: int) -> tuple[Hit, ...]:
    """The documents with their best sections and what is shown of these."""
    best: dict[int, list[int]] = {}
    more: dict[int, int] = {}
    for document in documents:
        first, last = int(snapshot.first[document]), int(snapshot.last[document]) + 1
        if last - first == 1:
            best[document] = [first]
            continue
        found = first + ranked.match[first:last].nonzero()[0]
        best[document] = found[(-ranked.score[found]).argsort(kind="stable")[:most]].tolist()
        if found.size < last - first:  # else by its title, which every section has: where the words are is not known
            more[document] = found.size - len(best[document])
    blocks = marker.best([section for sections in best.values() for section in sections])
    hits: list[Hit] = []
    for document, sections in best.items():
        passages: list[Passage] = []
        for section in sections:
            block = blocks[section]
            row = block.row
            if passages and not block.words and not marker.in_heading(row.heading, section):
                continue  # found by the title or a topic alone: one place is enough
            anchor = block.anchor or row.anchor
            passages.append(Passage(anchor, row.anchor, row.chapter, row.heading, row.page, block.snippet))
        score = round(float(ranked.worth[document]), 4)
        hits.append(Hit(snapshot.document(document), score, tuple(passages), more.get(document, 0)))
    return tuple(hits)
