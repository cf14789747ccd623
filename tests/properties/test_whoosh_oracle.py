"""Whoosh's own searcher opens the same index and finds the same sections with the same scores."""

import math
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import query
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.matching import ListMatcher, NullMatcher
from whoosh.searching import Searcher

from indexer import generations
from indexer import querying as q
from indexer.analysis import STEMMERS, stems
from indexer.ranking import K1, OTHER_FORM, Ranking
from indexer.records import Entry
from indexer.schema import SEARCHED, WEIGHTS, schema
from indexer.snapshot import Snapshot, open_generation
from indexer.writing import GenerationWriter
from tests.indexer.conftest import section

WORDS = ["policy", "policies", "run", "running", "runs", "law", "laws", "open", "opens", "data", "co-op", "vote"]
TEXT = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


class Word(query.Query):  # type: ignore[misc]
    """A word over all fields, evaluated with Whoosh's readers alone: BM25F as `indexer.ranking` documents it."""

    def __init__(self, clause: q.WordClause | q.PrefixClause) -> None:
        self.clause, self.boost = clause, 1.0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Word) and other.clause == self.clause

    def __hash__(self) -> int:
        return hash(self.clause)

    def normalize(self) -> query.Query:
        return self

    def estimate_min_size(self, reader: Any) -> int:
        return 0

    def estimate_size(self, reader: Any) -> int:
        return int(reader.doc_count())

    def matcher(self, searcher: Searcher, context: Any = None) -> Any:
        parent = searcher.get_parent()
        weights = dict(self._weights(searcher.reader(), parent))
        if not weights:
            return NullMatcher()
        everywhere = sum(len(dict(self._weights(reader, parent))) for reader, _ in parent.reader().leaf_readers())
        n = parent.doc_count()
        idf = math.log1p((n - everywhere + 0.5) / (everywhere + 0.5))
        ids = sorted(weights)
        return ListMatcher(ids, [idf * (K1 + 1) * weights[i] / (weights[i] + K1) for i in ids])

    def _weights(self, reader: Any, parent: Searcher) -> Iterator[tuple[int, float]]:
        found: dict[int, float] = {}
        for weight in WEIGHTS:
            if self.clause.field not in ("", weight.name):
                continue
            average = _average(parent, weight.name)
            for term in reader.lexicon(weight.name):
                matcher = reader.postings(weight.name, term)
                while matcher.is_active():
                    at = matcher.id()
                    worth = self._worth(term.decode(), reader.stored_fields(at)["language"])
                    length = reader.doc_field_length(at, weight.name)
                    norm = weight.boost / (1 - weight.b + weight.b * length / average)
                    found[at] = found.get(at, 0.0) + worth * matcher.weight() * norm
                    matcher.next()
        return ((at, weight) for at, weight in found.items() if weight)

    def _worth(self, term: str, language: str) -> float:
        if isinstance(self.clause, q.PrefixClause):
            return float(term.startswith(self.clause.term))
        if term == self.clause.term:
            return 1.0
        same = set(stems(term, language)) & set(stems(self.clause.whole, language)) if language in STEMMERS else set()
        return OTHER_FORM if same and "-" not in term and term != "coop" else 0.0


class Unscored(query.ConstantScoreQuery):  # type: ignore[misc]
    """Finds what its query does, with a score of next to nothing: for Whoosh what scores 0 is no match."""

    def matcher(self, searcher: Searcher, context: Any = None) -> Any:
        ids = list(self.child.matcher(searcher, context).all_ids())
        return ListMatcher(ids, [1e-9] * len(ids)) if ids else NullMatcher()


def _average(searcher: Searcher, name: str) -> float:
    lengths = [
        length
        for reader, _ in searcher.reader().leaf_readers()
        for at in reader.all_doc_ids()
        if (length := reader.doc_field_length(at, name))
    ]
    return sum(lengths) / len(lengths) if lengths else 1.0


def translated(clause: q.Clause) -> query.Query:
    """A tree of clauses as a tree of Whoosh's queries."""
    match clause:
        case q.WordClause() | q.PrefixClause():
            return Word(clause)
        case q.NotClause():
            return Unscored(query.AndNot(query.Every(), translated(clause.clause)))
        case q.PhraseClause():
            words = [word.term for word in clause.words]
            anywhere = query.Or([query.Phrase(name, words, clause.slop) for name in SEARCHED])
            scored = [Word(q.WordClause(word, "")) for word in words]
            return query.And([Unscored(anywhere), *scored])
        case q.AllClause():
            return query.And([translated(child) for child in clause.clauses])
        case q.AnyClause() | q.LooseClause():
            return query.Or([translated(child) for child in clause.clauses])
        case _:
            raise TypeError(clause)


word = st.sampled_from([w for w in WORDS if "-" not in w] + ["coop", "nothing"])
leaf = st.one_of(
    word.map(lambda w: q.WordClause(w, w)),
    word.map(lambda w: q.WordClause(w, "")),
    st.tuples(word, st.sampled_from(["title", "text"])).map(lambda pair: q.WordClause(pair[0], pair[0], pair[1])),
    st.sampled_from(["po", "run", "o", "l", "zz"]).map(q.PrefixClause),
    st.tuples(st.lists(word, min_size=2, max_size=3), st.integers(1, 3)).map(
        lambda pair: q.PhraseClause(tuple(q.WordClause(w, w) for w in pair[0]), pair[1])
    ),
)


def _groups(children: st.SearchStrategy[q.Clause]) -> st.SearchStrategy[q.Clause]:
    some = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(some.map(q.AllClause), some.map(q.AnyClause), children.map(q.NotClause))


trees = st.recursive(leaf, _groups, max_leaves=6)
loose = st.lists(word.map(lambda w: q.WordClause(w, w)), min_size=1, max_size=4, unique=True).map(
    lambda words: q.LooseClause(tuple(words))
)
pieces = st.lists(st.tuples(TEXT, TEXT, st.sampled_from(["en", "de", "th"])), min_size=1, max_size=6)
corpora = st.lists(pieces, min_size=1, max_size=3)


def written(folder: Path, corpus: Sequence[Sequence[tuple[str, str, str]]], gone: set[int], *, merge: bool) -> Snapshot:
    """A segment for each batch; documents of the numbers in `gone` are withdrawn again."""
    writer = GenerationWriter(folder, create=True)
    number = 0
    for batch in corpus:
        documents: list[tuple[str, list[Entry]]] = []
        for title, text, language in batch:
            entry = section(str(number), text, title=title, language=language)
            more = section(str(number), text[::-1], title=title, language=language, position=1)
            documents.append((str(number), [entry, more] if number % 3 == 0 else [entry]))
            number += 1
        writer.apply(documents, 1)
    writer.apply([(str(n), []) for n in gone], 2)
    if merge:
        writer.merge_all()
    return open_generation(folder)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(corpora, st.one_of(trees, loose), st.sets(st.integers(0, 12), max_size=4), st.booleans())
def test_whoosh_finds_the_same_with_the_same_scores(
    corpus: Sequence[Sequence[tuple[str, str, str]]], clause: q.Clause, gone: set[int], merge: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        snapshot = written(Path(folder), corpus, gone, merge=merge)
        index = FileIndex(FileStorage(folder), schema(), generations.INDEX_NAME)
        with index.searcher() as searcher:
            results = searcher.search(translated(clause), limit=None)
            wanted = {number: score for score, number in results.top_n}
        found = Ranking(snapshot).find(clause)
        match = found.match & snapshot.live
        assert set(np.flatnonzero(match).tolist()) == set(wanted)
        for number, score in wanted.items():
            assert float(found.score[number]) == pytest.approx(score, abs=1e-4)
