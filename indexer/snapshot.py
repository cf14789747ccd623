"""The whole index at one moment, as arrays: sections, the documents they belong to, what facets and sorting need."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from whoosh.filedb.filestore import FileStorage

from indexer import generations
from indexer.analysis import STEMMERS, fold
from indexer.schema import SEARCHED, WEIGHTS, About
from indexer.segments import F32, I32, Mask, Postings, SegmentView

ATTEMPTS = 6
FACETS = ("topic", "kind", "lang", "country", "year")


@dataclass(frozen=True, slots=True)
class FacetTable:
    """Values of one key. Pair i says that document `documents[i]` has `values[codes[i]]`; shapes (pairs,)."""

    values: tuple[str, ...]
    codes: I32
    documents: I32

    def mask(self, wanted: Iterable[str], size: int) -> Mask:
        """Documents with one of these values; shape (size,)."""
        places = [i for i, value in enumerate(self.values) if value in set(wanted)]
        found = np.zeros(size, np.bool_)
        found[self.documents[np.isin(self.codes, places)]] = True
        return found

    def counts(self, documents: Mask) -> list[tuple[str, int]]:
        """(value, number of these documents that have it), most first, without zeros."""
        counted = np.bincount(self.codes[documents[self.documents]], minlength=len(self.values))
        pairs = [(self.values[i], int(counted[i])) for i in np.flatnonzero(counted)]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


@dataclass
class Snapshot:
    """Segments side by side. Sections are numbered through all segments, documents too; both include deleted ones.

    `live`: shape (sections,). `document_of`: shape (sections,). `first`, `last`: shape (documents,), a document's
    sections, which are neighbours. `committed`: seconds since 1970 when this became the live state.
    """

    generation: str
    change: int
    committed: float
    views: list[SegmentView]
    deleted: list[frozenset[int]]
    bases: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        document_of: list[I32] = []
        live: list[Mask] = []
        documents: list[About] = []
        base = 0
        for view, deleted in zip(self.views, self.deleted, strict=True):
            self.bases.append(base)
            base += view.sections
            document_of.append((view.document_of + len(documents)).astype(np.int32))
            documents.extend(view.documents)
            alive = np.ones(view.sections, np.bool_)
            alive[list(deleted)] = False
            live.append(alive)
        self.documents: list[About] = documents
        self.sections = base
        self.live: Mask = np.concatenate(live) if live else np.zeros(0, np.bool_)
        self.document_of: I32 = np.concatenate(document_of) if document_of else np.zeros(0, np.int32)
        size = len(documents)
        self.first = np.full(size, self.sections, np.int64)
        self.last = np.full(size, -1, np.int64)
        numbers = np.arange(self.sections)
        np.minimum.at(self.first, self.document_of, numbers)
        np.maximum.at(self.last, self.document_of, numbers)
        self.document_live: Mask = np.zeros(size, np.bool_)
        self.document_live[self.document_of[self.live]] = True
        self.live_sections = int(self.live.sum())
        self.place: dict[str, int] = {about.document: i for i, about in enumerate(documents) if self.document_live[i]}
        self.languages: tuple[str, ...] = tuple(sorted({about.language for about in documents} & STEMMERS.keys()))
        self.norms = self._norms()

    def _norms(self) -> F32:
        """What an occurrence counts in each field of each section, shape (fields, sections).

        boost / (1 - b + b * length / average length): BM25F, Robertson & Zaragoza 2009, eq. 3.19.
        """
        if not self.sections:
            return np.zeros((len(SEARCHED), 0), np.float32)
        lengths = np.concatenate([view.lengths for view in self.views], axis=1)
        norms = np.empty_like(lengths)
        for i, weight in enumerate(WEIGHTS):
            filled = lengths[i][self.live & (lengths[i] > 0)]
            average = float(filled.mean()) if filled.size else 1.0
            norms[i] = weight.boost / (1 - weight.b + weight.b * lengths[i] / average)
        return norms

    @cached_property
    def stemmed(self) -> Mask:
        """Sections in a language that has stems; shape (sections,)."""
        of_document = np.array([about.language in STEMMERS for about in self.documents], np.bool_)
        return of_document[self.document_of] if self.documents else np.zeros(0, np.bool_)

    @cached_property
    def facets(self) -> Mapping[str, FacetTable]:
        """The table of each facet key, and of "author" and "access"."""
        pairs: dict[str, list[tuple[int, str]]] = {key: [] for key in (*FACETS, "author", "access")}
        for i, about in enumerate(self.documents):
            pairs["topic"] += [(i, topic) for topic in dict.fromkeys(about.topics)]
            pairs["kind"].append((i, about.kind))
            pairs["lang"].append((i, about.language))
            pairs["country"] += [(i, country.upper()) for country in dict.fromkeys(about.countries)]
            pairs["author"] += [(i, fold(author)) for author in dict.fromkeys(about.authors)]
            pairs["access"].append((i, about.access))
            if about.year is not None:
                pairs["year"].append((i, str(about.year)))
        return {key: _table(found) for key, found in pairs.items()}

    @cached_property
    def newest_first(self) -> NDArray[np.int64]:
        """Rank of each document when the newest stands first; shape (documents,)."""
        keys = [(about.published, about.document) for about in self.documents]
        order = sorted(range(len(keys)), key=keys.__getitem__, reverse=True)
        return _ranks(order)

    @cached_property
    def by_title(self) -> NDArray[np.int64]:
        """Rank of each document in the order of titles; shape (documents,)."""
        return _ranks(sorted(range(len(self.documents)), key=lambda i: (fold(self.documents[i].title), i)))

    def postings(self, field: str, term: str) -> Postings:
        """(sections, term frequencies) through all segments."""
        found = [(base, view.postings(field, term)) for base, view in zip(self.bases, self.views, strict=True)]
        if len(found) == 1:
            return found[0][1]
        filled = [(base, postings) for base, postings in found if postings[0].size]
        if not filled:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        ids = np.concatenate([ids + np.int32(base) for base, (ids, _) in filled])
        return ids, np.concatenate([weights for _, (_, weights) in filled])

    def positions(self, field: str, term: str, sections: NDArray[np.int64]) -> dict[int, list[int]]:
        """Where the term stands in these sections (ascending)."""
        found: dict[int, list[int]] = {}
        for base, view in zip(self.bases, self.views, strict=True):
            inside = sections[(sections >= base) & (sections < base + view.sections)] - base
            if inside.size:
                found.update((base + s, at) for s, at in view.positions(field, term, inside.tolist()).items())
        return found

    def shown(self, section: int) -> tuple[str, str, str, int | None, tuple[tuple[str, str], ...]]:
        """(anchor, chapter, heading, page, blocks) of a section."""
        at = max(i for i, base in enumerate(self.bases) if base <= section and self.views[i].sections)
        return self.views[at].shown(section - self.bases[at])


def open_snapshot(root: Path, before: Snapshot | None = None, *, thorough: bool = False) -> Snapshot:
    """The live index as it is now; segments that `before` has read are taken over. Raises IndexDamaged."""
    pointer = generations.read_pointer(root)
    snapshot = open_generation(generations.generation_folder(root, pointer.current), before, thorough=thorough)
    snapshot.committed = max(snapshot.committed, pointer.switched)
    return snapshot


def open_generation(folder: Path, before: Snapshot | None = None, *, thorough: bool = False) -> Snapshot:
    """One generation as it is now. A commit may take files away in the middle of opening: tried again then."""
    for attempt in range(ATTEMPTS):
        try:
            return _open(folder, before, thorough=thorough)
        except generations.IndexDamaged:
            if attempt == ATTEMPTS - 1 or not folder.is_dir():
                raise
            time.sleep(0.05)
    raise AssertionError("unreachable")


def _open(folder: Path, before: Snapshot | None, *, thorough: bool) -> Snapshot:
    manifest = generations.check(folder, thorough=thorough)
    try:
        toc = generations.read_toc(folder)
        committed = (folder / generations.toc_name(toc.generation)).stat().st_mtime
        known = {view.name: view for view in before.views} if before and before.generation == folder.name else {}
        storage = FileStorage(str(folder), readonly=True)
        views = [known.get(segment.segment_id()) or SegmentView(storage, segment) for segment in toc.segments]
    except generations.IndexDamaged:
        raise
    except Exception as error:  # random bytes make Whoosh, zlib and pickle raise anything
        raise generations.IndexDamaged(f"Generation {folder.name} of the index cannot be opened ({error}).") from error
    deleted = [frozenset(segment.deleted_docs()) for segment in toc.segments]
    return Snapshot(folder.name, manifest.change, committed, views, deleted)


def _table(pairs: list[tuple[int, str]]) -> FacetTable:
    values = sorted({value for _, value in pairs})
    code = {value: i for i, value in enumerate(values)}
    codes = np.array([code[value] for _, value in pairs], np.int32)
    return FacetTable(tuple(values), codes, np.array([document for document, _ in pairs], np.int32))


def _ranks(order: list[int]) -> NDArray[np.int64]:
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    return ranks
