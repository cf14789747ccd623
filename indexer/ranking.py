"""Which sections answer a question and how well: BM25F over the fields, words with their stems, phrases, filters."""

import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from indexer import querying as q
from indexer.analysis import primary
from indexer.arrays import Array
from indexer.function_words import function_words
from indexer.schema import SEARCHED
from indexer.segments import EVERY_LANGUAGE, F32, Forms, Mask, SegmentView
from indexer.snapshot import Snapshot
from indexer.spelling import Alike, near

K1 = 1.2
OTHER_FORM = 0.7
"""What an occurrence of another form with the same stem counts; the form that was asked for counts 1."""
MOST_EXPANSIONS = 256  # terms that all `word*` and `word~` of a question may stand for
EXPANSIONS_EACH = 64
FEW_WORDS = 4
"""Sections with all words stand first only for questions of so many; of a sentence some words may well be missing."""
SENTENCE, STATEMENT = 10, 30
"""From so many words to so many a question turns from a sentence, in which a word comes twice by accident, into a
statement, in which what is said three times is meant three times and rare words say more (`RARER`)."""
RARER = 0.3
FUNCTION_WORD = 0.25
"""What a function word of a sentence counts."""
FARTHEST = 50  # words between the words of a phrase, whatever was typed
SECONDS = 0.25
"""What a question may take; what is not done by then is left out and the answer is partial."""

_NO_SECTIONS: NDArray[np.int64] = np.empty(0, np.int64)

Leaf = q.WordClause | q.PrefixClause | q.FuzzyClause


@dataclass(slots=True)
class Found:
    """`score`, `match`: shape (sections,). `complete`: sections that have every word. `literal`: as it was typed."""

    score: F32
    match: Mask
    complete: Mask
    literal: Mask


@dataclass
class Ranking:
    """One question over one snapshot. `partial` becomes true when a bound cut something off."""

    snapshot: Snapshot
    partial: bool = False
    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)
    _expansions: int = 0
    _forms: dict[Leaf, list[Forms]] = field(default_factory=dict)
    alike: Alike = field(default_factory=dict)

    @property
    def late(self) -> bool:
        """Whether the time for this question is over; then the answer is partial."""
        if time.monotonic() < self.until:
            return False
        self.partial = True
        return True

    def find(self, clause: q.Clause) -> Found:
        """Evaluate a clause over all sections, deleted ones included (the caller masks them)."""
        match clause:
            case q.WordClause() | q.PrefixClause() | q.FuzzyClause():
                return self._leaf(clause)
            case q.PhraseClause():
                return self._phrase(clause)
            case q.FilterClause():
                return self._plain(self._filter(clause))
            case q.NotClause():
                return self._plain(~self.find(clause.clause).match)
            case q.AllClause():
                return self._all(self._each(clause.clauses))
            case q.AnyClause():
                return self._any(self._each(clause.clauses))
            case q.LooseClause():
                return self._loose(clause)

    def _each(self, clauses: Sequence[q.Clause]) -> list[Found]:
        """What the clauses find; those for which no time is left are passed over, but never the first."""
        found: list[Found] = []
        for clause in clauses:
            if found and self.late:
                break
            found.append(self.find(clause))
        return found

    def forms(self, leaf: Leaf) -> list[Forms]:
        """What stands for a word of the question in each segment."""
        found = self._forms.get(leaf)
        if found is None:
            found = self._forms[leaf] = self._look_up(leaf)
        return found

    def _look_up(self, leaf: Leaf) -> list[Forms]:
        views = self.snapshot.views
        match leaf:
            case q.WordClause():
                languages = self.snapshot.languages
                return [view.forms(leaf.term, leaf.whole, languages, OTHER_FORM) for view in views]
            case q.PrefixClause():
                worth = dict.fromkeys(self._beginning(leaf), 1.0)
            case q.FuzzyClause():
                worth = self._near(leaf)
        return [_exact(view, worth) for view in views]

    def _loose(self, clause: q.LooseClause) -> Found:
        binding = self._each([child for child in clause.clauses if _binds(child)])
        filters: dict[str, list[Found]] = {}
        for child in clause.clauses:
            if isinstance(child, q.FilterClause):  # values of one key are alternatives, as in the sidebar
                filters.setdefault(child.key, []).append(self.find(child))
        binding += [self._any(found) for found in filters.values()]
        repeated = Counter(c for c in clause.clauses if not _binds(c) and not isinstance(c, q.FilterClause))
        free = list(repeated)
        if len(free) > q.MOST_WORDS:
            free, self.partial = free[: q.MOST_WORDS], True
        if not free:
            return self._all(binding) if binding else self._plain(np.zeros(self.snapshot.sections, np.bool_))
        dull = function_words([child.term for child in free if isinstance(child, q.WordClause)])
        score = np.zeros(self.snapshot.sections, np.float32)
        has = np.zeros(self.snapshot.sections, np.bool_)
        telling: list[Found] = []
        stress = min(max(sum(repeated.values()) - SENTENCE, 0) / (STATEMENT - SENTENCE), 1.0)
        for child in free:
            if self.late:
                break
            found = self.find(child)
            worth = np.float32(repeated[child] ** stress)
            if stress:
                worth *= np.float32(self._rarity(found.match) ** (RARER * stress))
            if isinstance(child, q.WordClause) and child.term in dull:
                worth *= np.float32(FUNCTION_WORD)
            elif not (isinstance(child, q.WordClause) and child.optional):
                telling.append(found)
            score += found.score if worth == 1 else found.score * worth
            has |= found.match
        complete = literal = has
        if not dull and 0 < len(telling) <= FEW_WORDS:
            complete = reduce(np.logical_and, [found.match for found in telling])
            literal = reduce(np.logical_and, [found.literal for found in telling])
        loose = Found(score, has, complete, literal)
        return self._all([*binding, loose]) if binding else loose

    def _all(self, found: list[Found]) -> Found:
        match = reduce(np.logical_and, [one.match for one in found])
        complete = reduce(np.logical_and, [one.complete for one in found])
        literal = reduce(np.logical_and, [one.literal for one in found])
        return Found(_sum(found) * match, match, complete, literal)

    def _any(self, found: list[Found]) -> Found:
        match = reduce(np.logical_or, [one.match for one in found])
        complete = reduce(np.logical_or, [one.complete for one in found])
        literal = reduce(np.logical_or, [one.literal for one in found])
        return Found(_sum(found), match, complete, literal)

    def _plain(self, match: Mask) -> Found:
        return Found(np.zeros(self.snapshot.sections, np.float32), match, match, match)

    def _leaf(self, leaf: Leaf) -> Found:
        """BM25F: saturated weight times inverse document frequency. Robertson & Zaragoza 2009, eq. 3.15 and 3.19."""
        weight, literal = self._weight(leaf)
        match = weight > 0
        score = weight + np.float32(K1)
        np.divide(weight, score, out=score)
        score *= np.float32(self._rarity(match) * (K1 + 1))
        return Found(score, match, match, match if literal is None else literal)

    def _rarity(self, match: Mask) -> float:
        """Inverse document frequency of what these sections have."""
        n = self.snapshot.live_sections
        df = int(np.count_nonzero(match if n == self.snapshot.sections else match & self.snapshot.live))
        return math.log1p((n - df + 0.5) / (df + 0.5))

    def _weight(self, leaf: Leaf) -> tuple[F32, Mask | None]:
        """Occurrences in each section, weighed by field, length and form, and where the word stands as it was typed.

        Both of shape (sections,); the second is None when there are no other forms.
        """
        snapshot = self.snapshot
        total = np.zeros(snapshot.sections, np.float32)
        typed: list[tuple[int, Array]] = []
        others = False
        for view, base, forms, norms in zip(
            snapshot.views, snapshot.bases, self.forms(leaf), snapshot.norms_of, strict=True
        ):
            found = view.weigh(forms, norms, leaf.field)
            if found:
                sections, weights, itself = zip(*found, strict=True)
                np.add.at(total[base:], np.concatenate(sections, dtype=np.intp), np.concatenate(weights))
                typed += [(base, ids) for ids, typed_so in zip(sections, itself, strict=True) if typed_so]
                others = others or not all(itself)
        if not others:
            return total, None
        literal = np.zeros(snapshot.sections, np.bool_)
        for base, ids in typed:
            literal[base:][ids.astype(np.intp)] = True  # what an index is made of anyway, but in one go
        return total, literal

    def _beginning(self, clause: q.PrefixClause) -> list[str]:
        """The most frequent words with this beginning, as many as there is room for."""
        counted: Counter[bytes] = Counter()
        room = self._room()
        prefix = clause.term.encode("utf-8", "surrogatepass")
        for view in self.snapshot.views:
            first, last = view.terms.beginning_with(prefix)
            frequencies = view.frequencies[first:last]
            few = np.arange(last - first)
            if few.size > room:
                self.partial = True
                few = np.argpartition(-frequencies, room)[:room]
            for at in few.tolist():
                counted[view.terms[first + at]] += int(frequencies[at])
        return list(self._bounded({str(term, "utf-8"): 1.0 for term, _ in counted.most_common()}, room))

    def _near(self, clause: q.FuzzyClause) -> dict[str, float]:
        room = self._room()
        if not room:
            self.partial = True
            return {clause.term: 1.0}
        close = near(clause.term, self.snapshot.views, clause.distance, self.alike)
        return self._bounded({clause.term: 1.0} | {word: 0.6**distance for word, distance, _ in close}, room)

    def _room(self) -> int:
        return max(0, min(EXPANSIONS_EACH, MOST_EXPANSIONS - self._expansions))

    def _bounded(self, terms: dict[str, float], room: int) -> dict[str, float]:
        if len(terms) > room:
            self.partial = True
            terms = dict(list(terms.items())[:room])
        self._expansions += len(terms)
        return terms

    def _phrase(self, phrase: q.PhraseClause) -> Found:
        exact = [q.WordClause(word.term, "", phrase.field) for word in phrase.words]
        found = self._all(self._each(exact))
        if len(exact) == 1:
            return found
        match = np.zeros(self.snapshot.sections, np.bool_)
        slop = min(phrase.slop, FARTHEST)
        terms = [word.term.encode("utf-8", "surrogatepass") for word in phrase.words]
        for view, base in zip(self.snapshot.views, self.snapshot.bases, strict=True):
            possible = found.match[base : base + view.sections]
            if possible.any():
                numbers = [view.terms.find(term) for term in terms]
                for name in [phrase.field] if phrase.field else SEARCHED:
                    match[base + self._in_order(view, name, numbers, possible, slop)] = True
        return Found(np.where(match, found.score, np.float32(0)), match, match, match)

    def _in_order(self, view: SegmentView, name: str, terms: list[int], possible: Mask, slop: int) -> NDArray[np.int64]:
        """Sections of a segment in one of whose fields the terms follow each other, `slop` words apart at most.

        None when there is no time left to look.
        """
        postings = view.postings
        which, where = postings.find(SEARCHED.index(name), np.array(terms))
        if which.size < len(terms):
            return _NO_SECTIONS
        ends = postings.occurrences(int(where[0]), possible)
        for at in where[1:].tolist():
            following = postings.occurrences(at, possible)
            before = ends.searchsorted(following - slop)  # the first end from which on this word is near enough
            near_enough = before < ends.size
            near_enough[near_enough] = ends[before[near_enough]] < following[near_enough]
            ends = following[near_enough]
            if not ends.size or self.late:
                return _NO_SECTIONS
        return np.unique(ends >> 24)

    def _filter(self, clause: q.FilterClause) -> Mask:
        table = self.snapshot.facets[clause.key]
        size = self.snapshot.documents
        if clause.key == "year":
            wanted = [year for year in table.values if _in_years(year, clause.value)]
        elif clause.key == "lang":
            wanted = [primary(clause.value)]
        else:
            wanted = [value for value in table.values if q.same(value, clause.value)]
        documents = table.mask(wanted, size)
        if clause.key == "topic":
            names = self.snapshot.facets["topic_name"]
            documents |= names.mask([name for name in names.values if q.same(name, clause.value)], size)
        mask: Mask = documents[self.snapshot.document_of]
        return mask


def _exact(view: SegmentView, worth: dict[str, float]) -> Forms:
    found = [(view.terms.find(term.encode("utf-8", "surrogatepass")), w, EVERY_LANGUAGE) for term, w in worth.items()]
    return Forms.of([form for form in found if form[0] >= 0])


def _binds(clause: q.Clause) -> bool:
    """Clauses that every result must satisfy even when they stand among loose words."""
    match clause:
        case q.PhraseClause() | q.NotClause() | q.AllClause():
            return True
        case q.WordClause() | q.PrefixClause() | q.FuzzyClause():
            return bool(clause.field)
        case _:
            return False


def _sum(found: list[Found]) -> F32:
    total: F32 = reduce(np.add, [one.score for one in found])
    return total


def _in_years(year: str, wanted: str) -> bool:
    first, dots, last = wanted.partition("..")
    if not dots:
        return year == wanted
    try:
        return (not first or int(first) <= int(year)) and (not last or int(year) <= int(last))
    except ValueError:
        return False
