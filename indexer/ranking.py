"""Which sections answer a question and how well: BM25F over the fields, words with their stems, phrases, filters."""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from indexer import querying as q
from indexer.analysis import stems
from indexer.schema import SEARCHED, stem_field
from indexer.segments import F32, Mask
from indexer.snapshot import Snapshot
from indexer.spelling import near

K1 = 1.2
EXACT_SHARE = 0.3
"""Part of a word's weight that only its exact form earns; the rest a stem earns as well."""
MOST_EXPANSIONS = 256  # terms that all `word*` and `word~` of a question may stand for
EXPANSIONS_EACH = 64


@dataclass(slots=True)
class Found:
    """`score`, `match`: shape (sections,). `complete`: sections that have every word, which stand first."""

    score: F32
    match: Mask
    complete: Mask


@dataclass
class Ranking:
    """One question over one snapshot. `partial` becomes true when a bound cut something off."""

    snapshot: Snapshot
    partial: bool = False
    _expansions: int = 0
    _words: dict[q.WordClause, F32] = field(default_factory=dict)

    def find(self, clause: q.Clause) -> Found:
        """Evaluate a clause over all sections, deleted ones included (the caller masks them)."""
        match clause:
            case q.WordClause():
                return self._weighed(self._word(clause))
            case q.PrefixClause():
                return self._weighed(self._any_of(clause.field, self._beginning(clause)))
            case q.FuzzyClause():
                return self._weighed(self._any_of(clause.field, self._near(clause)))
            case q.PhraseClause():
                return self._phrase(clause)
            case q.FilterClause():
                return self._plain(self._filter(clause))
            case q.NotClause():
                return self._plain(~self.find(clause.clause).match)
            case q.AllClause():
                return self._all([self.find(child) for child in clause.clauses])
            case q.AnyClause():
                return self._any([self.find(child) for child in clause.clauses])
            case q.LooseClause():
                return self._loose(clause)

    def _loose(self, clause: q.LooseClause) -> Found:
        binding = [self.find(child) for child in clause.clauses if _binds(child)]
        filters: dict[str, list[Found]] = {}
        for child in clause.clauses:
            if isinstance(child, q.FilterClause):  # values of one key are alternatives, as in the sidebar
                filters.setdefault(child.key, []).append(self.find(child))
        binding += [self._any(found) for found in filters.values()]
        repeated = Counter(c for c in clause.clauses if not _binds(c) and not isinstance(c, q.FilterClause))
        free = list(repeated)
        if len(free) > q.MOST_WORDS:
            free, self.partial = free[: q.MOST_WORDS], True
        loose = [(child, self.find(child)) for child in free]
        for child, found in loose:
            if repeated[child] > 1:  # a word that a long question says three times counts three times
                found.score = found.score * np.float32(repeated[child])
        if not loose:
            return self._all(binding) if binding else self._plain(np.zeros(self.snapshot.sections, np.bool_))
        any_word = self._any([found for _, found in loose])
        required = [found.match for child, found in loose if not (isinstance(child, q.WordClause) and child.optional)]
        any_word.complete = reduce(np.logical_and, required) if required else any_word.match
        return self._all([*binding, any_word])

    def _all(self, found: list[Found]) -> Found:
        match = reduce(np.logical_and, [one.match for one in found])
        complete = reduce(np.logical_and, [one.complete for one in found])
        return Found(_sum(found), match, complete)

    def _any(self, found: list[Found]) -> Found:
        match = reduce(np.logical_or, [one.match for one in found])
        complete = reduce(np.logical_or, [one.complete for one in found])
        return Found(_sum(found), match, complete)

    def _plain(self, match: Mask) -> Found:
        return Found(np.zeros(self.snapshot.sections, np.float32), match, match)

    def _weighed(self, weight: F32) -> Found:
        match = weight > 0
        return Found(self._bm25(weight, match), match, match)

    def _bm25(self, weight: F32, match: Mask) -> F32:
        """Saturated weight times inverse document frequency. Robertson & Zaragoza 2009, eq. 3.15 and 3.19."""
        n = self.snapshot.live_sections
        df = int(np.count_nonzero(match & self.snapshot.live))
        idf = np.float32(np.log1p((n - df + 0.5) / (df + 0.5)))
        score: F32 = idf * (K1 + 1) * weight / (weight + np.float32(K1))
        return score

    def _word(self, word: q.WordClause) -> F32:
        """Frequency of a word in each section, weighed by field and length: shape (sections,)."""
        known = self._words.get(word)
        if known is not None:
            return known
        total = np.zeros(self.snapshot.sections, np.float32)
        stemmed = np.zeros(self.snapshot.sections, np.float32)
        stem_terms = sorted({stem for language in self.snapshot.languages for stem in stems(word.whole, language)})
        for i, name in enumerate(SEARCHED):
            if word.field and word.field != name:
                continue
            ids, frequency = self.snapshot.postings(name, word.term)
            total[ids] += frequency * self.snapshot.norms[i, ids]
            best = np.zeros(self.snapshot.sections, np.float32) if stem_terms else stemmed
            for stem in stem_terms:
                ids, frequency = self.snapshot.postings(stem_field(name), stem)
                best[ids] = np.maximum(best[ids], frequency)
            if stem_terms:
                stemmed += best * self.snapshot.norms[i]
        if stem_terms:
            share = np.where(self.snapshot.stemmed, np.float32(EXACT_SHARE), np.float32(1))
            total = share * total + (1 - np.float32(EXACT_SHARE)) * stemmed
        self._words[word] = total
        return total

    def _any_of(self, only: str, terms: dict[str, float]) -> F32:
        """Weight of a set of exact terms that stand for one; each with what it counts."""
        total = np.zeros(self.snapshot.sections, np.float32)
        for i, name in enumerate(SEARCHED):
            if not only or only == name:
                for term, worth in terms.items():
                    ids, frequency = self.snapshot.postings(name, term)
                    total[ids] += np.float32(worth) * frequency * self.snapshot.norms[i, ids]
        return total

    def _beginning(self, clause: q.PrefixClause) -> dict[str, float]:
        found: dict[str, float] = {}
        fields = [clause.field] if clause.field else ["text", "heading", "title", "author", "topics"]
        room = self._room()
        for name in fields:
            for view in self.snapshot.views:
                for term in view.beginning_with(name, clause.term, room + 1):
                    found[term] = 1.0
        return self._bounded(found, room)

    def _near(self, clause: q.FuzzyClause) -> dict[str, float]:
        room = self._room()
        if not room:
            self.partial = True
            return {clause.term: 1.0}
        close = near(clause.term, [view.vocabulary() for view in self.snapshot.views], clause.distance)
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
        found = self._all([self._weighed(self._word(word)) for word in exact])
        if len(exact) == 1:
            return found
        candidates = np.flatnonzero(found.match & self.snapshot.live)
        match = np.zeros(self.snapshot.sections, np.bool_)
        for name in [phrase.field] if phrase.field else SEARCHED:
            left = candidates
            places: list[dict[int, list[int]]] = []
            for word in phrase.words:
                places.append(self.snapshot.positions(name, word.term, left))
                left = np.array(sorted(places[-1]), np.int64)
            for section in left.tolist():
                if _in_order([at[section] for at in places], phrase.slop):
                    match[section] = True
        return Found(np.where(match, found.score, np.float32(0)), match, match)

    def _filter(self, clause: q.FilterClause) -> Mask:
        table = self.snapshot.facets[clause.key]
        size = len(self.snapshot.documents)
        if clause.key == "year":
            wanted = [year for year in table.values if _in_years(year, clause.value)]
        elif clause.key == "lang":
            wanted = [re.split("[-_]", clause.value)[0].lower()]
        else:
            wanted = [value for value in table.values if q.same(value, clause.value)]
        documents = table.mask(wanted, size)
        if clause.key == "topic":
            for i, about in enumerate(self.snapshot.documents):
                documents[i] |= any(q.same(name, clause.value) for name in about.topic_names)
        mask: Mask = documents[self.snapshot.document_of]
        return mask


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


def _in_order(places: list[list[int]], slop: int) -> bool:
    ends = {(start, start) for start in places[0]}
    for following in places[1:]:
        ends = {(start, at) for start, end in ends for at in following if 0 < at - end <= slop}
    return bool(ends)


def _in_years(year: str, wanted: str) -> bool:
    first, dots, last = wanted.partition("..")
    if not dots:
        return year == wanted
    try:
        return (not first or int(first) <= int(year)) and (not last or int(year) <= int(last))
    except ValueError:
        return False
