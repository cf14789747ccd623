"""The whole index at one moment, as arrays: sections, the documents they belong to, what facets and sorting need."""

import time
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer import generations
from indexer.analysis import STEMMERS
from indexer.drafting import FACETS, TABLES
from indexer.schema import SEARCHED, WEIGHTS, About
from indexer.segments import F32, I32, Mask, SegmentView

__all__ = ["FACETS", "FacetTable", "Snapshot", "open_generation", "open_snapshot"]

ATTEMPTS = 6


@dataclass(frozen=True, slots=True)
class FacetTable:
    """Values of one key. Pair i says that document `documents[i]` has `values[codes[i]]`; shapes (pairs,)."""

    values: tuple[str, ...]
    codes: NDArray[np.int64]
    documents: NDArray[np.int64]
    single: bool = False
    """Each document has exactly one value, so that pair i is document i's."""

    def mask(self, wanted: Iterable[str], size: int) -> Mask:
        """Documents with one of these values; shape (size,)."""
        looked_for = set(wanted)
        has = np.fromiter((value in looked_for for value in self.values), np.bool_, len(self.values))
        found = np.zeros(size, np.bool_)
        found[self.documents[has[self.codes]]] = True
        return found

    def counts(self, documents: Mask, places: NDArray[np.int64]) -> list[tuple[str, int]]:
        """(value, number of these documents that have it), most first, without zeros.

        `documents`: shape (documents,). `places`: where it is true; looked up once for all keys.
        """
        if not self.values:
            return []
        codes = self.codes[places if self.single else documents[self.documents].nonzero()[0]]
        counted = np.bincount(codes, minlength=len(self.values))
        filled = counted.nonzero()[0]
        order = filled[(-counted[filled]).argsort(kind="stable")]  # `values` are in order already
        return [(self.values[i], count) for i, count in zip(order.tolist(), counted[order].tolist(), strict=True)]


@dataclass
class Snapshot:
    """Segments side by side. Sections are numbered through all segments, documents too; both include deleted ones.

    `live`: shape (sections,). `document_of`: shape (sections,), ascending. `first`, `last`: shape (documents,), a
    document's sections, which are neighbours. `committed`: seconds since 1970 when this became the live state.
    `norms`: see `_norms`; `norms_of`: the same by segment and field. `bases`, `document_bases`: shape (segments,), number of a segment's first section and document.
    """

    generation: str
    change: int
    committed: float
    views: list[SegmentView]
    deleted: list[frozenset[int]]
    bases: list[int] = field(default_factory=list)
    document_bases: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        document_of: list[I32] = []
        live: list[Mask] = []
        sections = documents = 0
        for view, deleted in zip(self.views, self.deleted, strict=True):
            self.bases.append(sections)
            self.document_bases.append(documents)
            document_of.append(view.document_of.astype(np.int32) + np.int32(documents))
            alive = np.ones(view.sections, np.bool_)
            alive[list(deleted)] = False
            live.append(alive)
            sections += view.sections
            documents += len(view.documents)
        self.sections, self.documents = sections, documents
        self.live: Mask = np.concatenate(live) if live else np.zeros(0, np.bool_)
        self.document_of: I32 = np.concatenate(document_of) if document_of else np.zeros(0, np.int32)
        self.first = np.searchsorted(self.document_of, np.arange(documents))
        self.last = np.append(self.first[1:], sections)[:documents] - 1
        self.document_live: Mask = np.logical_or.reduceat(self.live, self.first) if documents else np.zeros(0, np.bool_)
        self.live_sections = int(self.live.sum())
        self.live_documents = int(self.document_live.sum())
        spoken = {language for view in self.views for language in view.languages}
        self.languages: tuple[str, ...] = tuple(sorted(spoken & STEMMERS.keys()))
        self.norms = self._norms()
        self.norms_of = [
            [norms[base : base + view.sections] for norms in self.norms]
            for view, base in zip(self.views, self.bases, strict=True)
        ]
        self._allowed: dict[tuple[str, ...], Mask] = {}  # there are a handful of levels of access

    def _norms(self) -> F32:
        """What an occurrence counts in each field of each section, shape (fields, sections).

        boost / (1 - b + b * length / average length): BM25F, Robertson & Zaragoza 2009, eq. 3.19.
        """
        norms = np.zeros((len(SEARCHED), self.sections), np.float32)
        for view, base in zip(self.views, self.bases, strict=True):
            norms[:, base : base + view.sections] = view.lengths
        for lengths, weight in zip(norms, WEIGHTS, strict=True):
            filled = lengths[self.live & (lengths > 0)]
            average = float(filled.mean()) if filled.size else 1.0
            lengths *= np.float32(weight.b / average)
            lengths += np.float32(1 - weight.b)
            np.divide(np.float32(weight.boost), lengths, out=lengths)
        return norms

    def allowed(self, access: tuple[str, ...]) -> Mask:
        """Live documents that somebody with this access may see; shape (documents,), not to be changed."""
        found = self._allowed.get(access)
        if found is None:
            found = self._allowed[access] = self.document_live & self.facets["access"].mask(access, self.documents)
        return found

    def document(self, number: int) -> str:
        """The id of a document."""
        view, local = self._of_document(number)
        return str(view.documents[local], "utf-8")

    def about(self, number: int) -> About:
        """What holds for all the sections of a document."""
        view, local = self._of_document(number)
        return view.about(local)

    def view_of(self, section: int) -> tuple[SegmentView, int]:
        """The segment of a section, and its number there."""
        at = bisect_right(self.bases, section) - 1
        while not self.views[at].sections:
            at -= 1
        return self.views[at], section - self.bases[at]

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Document id → number of the live document."""
        return {
            document: base + local
            for view, base in zip(self.views, self.document_bases, strict=True)
            for document, local in view.place.items()
            if self.document_live[base + local]
        }

    def find(self, document: str) -> int | None:
        """The number of a live document."""
        for view, base in zip(self.views, self.document_bases, strict=True):
            local = view.place.get(document)
            if local is not None and self.document_live[base + local]:
                return base + local
        return None

    @cached_property
    def facets(self) -> Mapping[str, FacetTable]:
        """The table of each facet key, and of "author", "access" and "topic_name"."""
        return {key: self._table(key) for key in TABLES}

    def _table(self, key: str) -> FacetTable:
        tables = [view.table(key) for view in self.views]
        values = sorted({value for found, _, _ in tables for value in found})
        code = {value: i for i, value in enumerate(values)}
        codes, documents = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for (found, local_codes, local_documents), base in zip(tables, self.document_bases, strict=True):
            codes.append(np.array([code[value] for value in found], np.int64)[local_codes])
            documents.append(local_documents + np.int64(base))
        whose = np.concatenate(documents)
        single = whose.size == self.documents and bool(np.array_equal(whose, np.arange(whose.size)))
        return FacetTable(tuple(values), np.concatenate(codes), whose, single)

    @cached_property
    def newest_first(self) -> NDArray[np.int64]:
        """Rank of each document when the newest stands first; shape (documents,)."""
        published = np.concatenate([np.empty(0, np.int64), *(view.published for view in self.views)])
        order = np.argsort(-published, kind="stable")
        return _ranks(order)

    @cached_property
    def by_title(self) -> NDArray[np.int64]:
        """Rank of each document in the order of titles; shape (documents,)."""
        return _ranks(np.argsort(np.concatenate([view.titles for view in self.views]), kind="stable"))

    def _of_document(self, number: int) -> tuple[SegmentView, int]:
        at = bisect_right(self.document_bases, number) - 1
        while not self.views[at].sections:
            at -= 1
        return self.views[at], number - self.document_bases[at]


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
        views = [
            known.get(segment.label) or SegmentView(folder / segment.file, segment.label) for segment in toc.segments
        ]
        deleted = [frozenset(segment.deleted_docs()) for segment in toc.segments]
        return Snapshot(folder.name, manifest.change, committed, views, deleted)
    except generations.IndexDamaged:
        raise
    except Exception as error:  # random bytes make pickle, JSON and NumPy raise anything
        raise generations.IndexDamaged(f"Generation {folder.name} of the index cannot be opened ({error}).") from error


def _ranks(order: NDArray[np.int64]) -> NDArray[np.int64]:
    ranks = np.empty(order.size, np.int64)
    ranks[order] = np.arange(order.size)
    return ranks
