"""Question → answer. `Index` is all that the library needs to know of the index."""

import logging
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from indexer import facets, querying, suggesting
from indexer.agreement import PATIENCE, Reader
from indexer.arrays import best_places
from indexer.facets import FacetValue
from indexer.feedback import with_feedback
from indexer.generations import IndexDamaged, State
from indexer.ranking import Found, Ranking
from indexer.segments import Mask
from indexer.snapshot import Snapshot, open_snapshot
from indexer.snippets import Marker

__all__ = ["Answer", "FacetValue", "Hit", "Index", "Passage", "Question", "State"]

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.1
PASSAGES = 3
FEW = 3
"""Fewer documents than this: perhaps a word is misspelt."""
OTHERS = 0.1
"""What the other sections of a document add to its best one: at most this share of it."""

Sort = Literal["relevance", "newest", "oldest", "title"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `filters`: keys kind topic lang country year author; values of one key are alternatives.

    `year` values are years or ranges ("2019..2023"). `offset` and `limit` count documents. `access`: what the
    asker may see. `document`: find within this one only.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 10
    access: tuple[str, ...] = ("public",)
    facets: bool = True
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A place that answers. `anchor`: of the best paragraph; `section`: of the heading. `snippet`: only <mark>."""

    anchor: str
    section: str
    chapter: str
    heading: str
    page: int | None
    snippet: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A document with its best places, at most three, best first."""

    document: str
    score: float
    passages: tuple[Passage, ...]


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


class Index:
    """The live index, open for questions. Thread-safe; works after a fork; never raises because of the index.

    A daemon thread looks for new segments and generations ten times a second and opens them; a question takes the
    newest that all the processes have opened (indexer.agreement) and waits for nothing.
    """

    def __init__(self, root: Path) -> None:
        """`root`: the folder `index` of the instance. Nothing is opened before the first question."""
        self.root = root
        self._snapshot: Snapshot | None = None
        self._coming: list[Snapshot] = []
        self._reader: Reader | None = None
        self._reason = "The index has not been opened yet."
        self._seen: tuple[object, ...] | None = None
        self._damaged: tuple[object, ...] | None = None
        self._process = 0
        self._starting = threading.Lock()
        self._looking, self._swapping = threading.Lock(), threading.Lock()
        self._closed = threading.Event()

    def ask(self, question: Question) -> Answer:
        """The answer; empty and `partial` while the index is not ready."""
        started = time.perf_counter()
        snapshot = self._current()
        if snapshot is None:
            return NO_ANSWER
        try:
            answer = answer_from(snapshot, question)
        except Exception:  # damage shows as any error of Whoosh, zlib or pickle; the reader gets an empty answer
            logger.exception("The index could not answer; it is being checked.")
            self._seen = None
            return NO_ANSWER
        return replace(answer, took_ms=(time.perf_counter() - started) * 1000)

    def suggest(self, prefix: str, limit: int = 8, access: tuple[str, ...] = ("public",)) -> list[str]:
        """Titles, topics, headings and phrases whose words begin with what was typed, best first."""
        snapshot = self._current()
        return suggesting.completions(snapshot, prefix, limit, access) if snapshot else []

    def similar(self, document: str, limit: int = 5, access: tuple[str, ...] = ("public",)) -> list[str]:
        """Documents about the same things, nearest first."""
        snapshot = self._current()
        return suggesting.similar(snapshot, document, limit, access) if snapshot else []

    def state(self) -> State:
        """Whether questions can be answered, and with what."""
        snapshot = self._current()
        if snapshot is None:
            return State(False, self._reason, None, 0, 0, 0)
        return State(True, "", snapshot.generation, snapshot.live_sections, snapshot.live_documents, snapshot.change)

    def refresh(self) -> None:
        """Look for a newer index now instead of within a moment, and show it."""
        self._current()
        self._look()
        self._show(patient=False)

    def close(self) -> None:
        """Stop looking for changes."""
        self._closed.set()
        self._snapshot, self._coming = None, []
        if self._reader and self._process == os.getpid():
            self._reader.leave()

    def _current(self) -> Snapshot | None:
        if self._process != os.getpid() and not self._closed.is_set():
            if self._process:  # forked: locks may have been held by threads that are not here
                self._starting, self._looking, self._swapping = (threading.Lock() for _ in range(3))
                self._snapshot, self._coming, self._seen = None, [], None
                if self._reader:
                    self._reader.forget()
            with self._starting:
                if self._process != os.getpid():
                    self._start()
        waiting = self._snapshot is None and not self._coming and not self._closed.is_set()
        if waiting and self._damaged != _fingerprint(self.root):
            self._look()  # another process may answer already
        if self._coming:
            self._show()
        return self._snapshot

    def _start(self) -> None:
        """Join the readers; what they show already must be open before the first answer."""
        self._reader = Reader(self.root)
        self._look()
        self._look()  # what was committed before the others knew of this reader
        until = time.monotonic() + PATIENCE
        while self._coming and time.monotonic() < until:  # what the others do not show yet, a new one does not either
            self._show()
            if self._snapshot is not None:
                break
            time.sleep(0.01)
        threading.Thread(target=self._watch, name="index-watch", daemon=True).start()
        self._process = os.getpid()

    def _show(self, *, patient: bool = True) -> None:
        """Swap to the newest snapshot that may be shown."""
        with self._swapping:
            at = len(self._coming) - 1
            if patient and self._reader:
                at = self._reader.newest([snapshot.committed for snapshot in self._coming])
            if at >= 0:
                self._snapshot = self._coming[at]
                self._coming = self._coming[at + 1 :]
                self._tell()

    def _tell(self) -> None:
        """Tell the other readers what is open here."""
        if self._reader:
            held = [self._snapshot, *self._coming] if self._snapshot else self._coming
            self._reader.holds([snapshot.committed for snapshot in held])

    def _watch(self) -> None:
        while not self._closed.wait(POLL_SECONDS):
            self._look()

    def _look(self) -> None:
        """Open what is new; keep the old snapshot while the new one cannot be opened, unless its files are gone."""
        with self._looking:
            self._open()

    def _open(self) -> None:
        seen = _fingerprint(self.root)
        if seen == self._seen:
            return
        before = self._coming[-1] if self._coming else self._snapshot
        try:
            snapshot = open_snapshot(self.root, before, thorough=before is None)
            _ = snapshot.facets, snapshot.newest_first
        except IndexDamaged as damage:
            if self._reason != str(damage):
                logger.warning("%s", damage)
            self._reason = str(damage)
            if before is not None and seen == _fingerprint(self.root):
                self._snapshot, self._coming = None, []
            self._seen, self._damaged = None, seen
            return
        except Exception:
            logger.exception("The index could not be opened; the one before stays open.")
            self._seen = None
            return
        if self._closed.is_set():
            return
        with self._swapping:
            self._coming = [*self._coming, snapshot]
            self._tell()
        self._reason, self._seen = "", seen


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
    tier = found.complete[sections].astype(np.int8) + found.literal[sections]
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
    hits = _hits(snapshot, ranked.order[max(question.offset, 0) :].tolist(), ranked, marker)
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


def _hits(snapshot: Snapshot, documents: Sequence[int], ranked: Ranked, marker: Marker) -> tuple[Hit, ...]:
    """The documents with their best sections and what is shown of these."""
    best: dict[int, list[int]] = {}
    for document in documents:
        first, last = int(snapshot.first[document]), int(snapshot.last[document]) + 1
        if last - first == 1:
            best[document] = [first]
            continue
        found = first + ranked.match[first:last].nonzero()[0]
        best[document] = found[(-ranked.score[found]).argsort(kind="stable")[:PASSAGES]].tolist()
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
        hits.append(Hit(snapshot.document(document), round(float(ranked.worth[document]), 4), tuple(passages)))
    return tuple(hits)


def _fingerprint(root: Path) -> tuple[object, ...]:
    """What changes with every commit and every switch, and when files of the live generation are touched."""
    try:
        pointer = (root / "current").stat()
        live = (root / "current").read_text("utf-8")
        folder = root / "generations" / live.split('"current": "', 1)[1].split('"', 1)[0]
        found = sorted(
            (entry.name, entry.stat().st_size, entry.stat().st_mtime_ns)
            for entry in os.scandir(folder)
            if entry.name.endswith((".toc", ".seg")) or entry.name == "manifest"
        )
    except (OSError, IndexError):
        return ("missing",)
    return (pointer.st_ino, pointer.st_mtime_ns, folder.name, *found)
