"""The library's own judged queries: where each finds its document, and whether a newer index does worse.

Both indexes are asked through the code that serves, in this process, so that what is compared is what they hold.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.answering import Question, rank
from indexer.records import Judgement
from indexer.snapshot import Snapshot

logger = logging.getLogger(__name__)
DEPTH = 100
"""A document that is farther down counts as not found."""
FIRST_PAGE = 10
MEAN_FALL = 0.02
CHANCE = 0.05
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """Where a query finds its document. `place`: from 1 to 100, None when it is not there."""

    query: str
    document: str
    title: str
    place: int | None

    @property
    def on_first_page(self) -> bool:
        """Whether a reader sees it without turning the page."""
        return self.place is not None and self.place <= FIRST_PAGE

    def __str__(self) -> str:
        if self.place is None:
            return f"“{self.query}” does not find “{self.title}” among the first {DEPTH}"
        return f"“{self.query}” finds “{self.title}” at place {self.place}"


@dataclass(frozen=True, slots=True)
class Move:
    """Where a query found its document before, and where it does after."""

    before: int | None
    after: Judged

    @property
    def fell(self) -> bool:
        """Whether the document stands lower."""
        return worth(self.after.place) < worth(self.before)

    @property
    def rose(self) -> bool:
        """Whether the document stands higher."""
        return worth(self.after.place) > worth(self.before)

    @property
    def lost(self) -> bool:
        """Whether the document stood on the first page, and left it or stands more than twice as far down there.

        One place further, from 10 to 11, is two neighbours that changed places.
        """
        before, after = self.before, self.after.place
        if before is None or before > FIRST_PAGE:
            return False
        return after is None or after > max(FIRST_PAGE, before + 1) or after > 2 * before

    def __str__(self) -> str:
        if self.after.place is None:
            return f"{self.after} instead of finding it at place {self.before}"
        return f"{self.after} instead of {self.before}"


def judge(snapshot: Snapshot, judgements: Sequence[Judgement]) -> list[Judged]:
    """Where each query finds its document; a document that the snapshot does not hold is left out."""
    return [
        Judged(judgement.query, judgement.document, snapshot.about(at).title, _place(snapshot, judgement.query, at))
        for judgement in judgements
        if (at := snapshot.find(judgement.document)) is not None
    ]


def moves(before: Snapshot, after: Snapshot, judgements: Sequence[Judgement]) -> list[Move]:
    """What became of each query whose document both snapshots hold."""
    stood = {(judged.query, judged.document): judged.place for judged in judge(before, judgements)}
    return [
        Move(stood[key], judged)
        for judged in judge(after, judgements)
        if (key := (judged.query, judged.document)) in stood
    ]


def worse(moved: Sequence[Move]) -> list[Move]:
    """The moves for which the newer index is not to go live; none when it is no worse.

    These are the queries that lost their document. Where none did, small falls count when they are many: the mean
    reciprocal rank fell by more than 0.02, and so many more documents fell than rose as chance does not explain
    (sign test, one-sided, p < 0.05: Hull 1993, SIGIR; five that fell when none rose).
    """
    lost = [move for move in moved if move.lost]
    if lost:
        return lost
    fell = [move for move in moved if move.fell]
    rose = sum(move.rose for move in moved)
    if mean_fall(moved) > MEAN_FALL and _chance(len(fell), rose) < CHANCE:
        return fell
    return []


def mean_fall(moved: Sequence[Move]) -> float:
    """By how much the mean reciprocal rank is lower than before."""
    return sum(worth(move.before) - worth(move.after.place) for move in moved) / len(moved) if moved else 0.0


def worth(place: int | None) -> float:
    """Reciprocal rank; 0 for what is not found."""
    return 1 / place if place else 0.0


def _chance(fell: int, rose: int) -> float:
    """How probable it is that at least `fell` of the documents that moved fell, were up and down equally probable."""
    moved = fell + rose
    return sum(math.comb(moved, n) for n in range(fell, moved + 1)) / math.pow(2, moved)


def _place(snapshot: Snapshot, query: str, at: int) -> int | None:
    """Asked as somebody who may see what everybody sees and this document."""
    access = tuple({"public": None, snapshot.about(at).access: None})
    try:
        order = _first(snapshot, Question(query, limit=DEPTH, access=access))
    except Exception:  # a reader would get an empty answer, as Index.ask gives it
        logger.exception("“%s” could not be answered.", query)
        return None
    return order.index(at) + 1 if at in order else None


def _first(snapshot: Snapshot, question: Question) -> list[int]:
    """The first documents in order. A partial answer is asked for again: a busy machine may have cut it."""
    for _ in range(ATTEMPTS):
        ranked = rank(snapshot, question)
        if not ranked.ranking.partial:
            break
    order: list[int] = ranked.order.tolist()
    return order
