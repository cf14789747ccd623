"""Read side of one Whoosh segment: columns as arrays, postings as arrays, both kept in memory once read."""

import copy
import threading
from collections import OrderedDict
from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader, TermNotFound

from indexer.schema import SEARCHED, About, read_about, schema

I32 = NDArray[np.int32]
F32 = NDArray[np.float32]
Mask = NDArray[np.bool_]
Postings = tuple[I32, F32]

NOTHING: Postings = (np.empty(0, np.int32), np.empty(0, np.float32))
KEPT_POSTINGS = 20_000


class SegmentView:
    """A segment as it was written: deletions are the snapshot's business, so that a view outlives commits.

    `document_of`: shape (sections,), the section's place in `documents`. `lengths`: shape (fields, sections), words.
    Thread-safe: Whoosh's readers seek in shared files, hence the lock around them.
    """

    def __init__(self, storage: FileStorage, segment: Any) -> None:
        whole = copy.copy(segment)
        whole._deleted = None  # no public way to read a segment with its deleted sections
        self.name: str = segment.segment_id()
        self._lock = threading.Lock()
        self._reader = SegmentReader(storage, schema(), whole)
        self.sections: int = self._reader.doc_count_all()
        self.documents: list[About] = []
        self.document_of = self._read_documents()
        joined = b"".join(self._reader.column_reader("lengths"))
        self.lengths: F32 = np.frombuffer(joined, "<u4").reshape(-1, len(SEARCHED)).T.astype(np.float32)
        self._kept: OrderedDict[tuple[str, str], Postings] = OrderedDict()
        self._vocabulary: dict[str, int] | None = None

    def _read_documents(self) -> I32:
        ids = self._reader.column_reader("document_of")
        places: dict[bytes, int] = {}
        document_of = np.empty(self.sections, np.int32)
        for section, (document, value) in enumerate(zip(ids, self._reader.column_reader("about"), strict=True)):
            if value:
                places[document] = len(self.documents)
                self.documents.append(read_about(value))
            document_of[section] = places[document]
        return document_of

    def postings(self, field: str, term: str) -> Postings:
        """(sections, term frequencies) of a term, sections ascending; empty arrays when it does not occur."""
        key = (field, term)
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                found = self._read_postings(field, term)
                self._kept[key] = found
                if len(self._kept) > KEPT_POSTINGS:
                    self._kept.popitem(last=False)
        return found

    def _read_postings(self, field: str, term: str) -> Postings:
        try:
            matcher = self._reader.postings(field, term)
        except TermNotFound:
            return NOTHING
        if not isinstance(matcher, W3LeafMatcher):  # a term of one section is kept inline
            return _array(matcher.all_ids(), np.int32), np.array([_first_weight(self._reader, field, term)], np.float32)
        ids, weights = [], []
        while not matcher._atend:  # a block at a time: Whoosh's own iteration takes a call per posting
            matcher._read_ids()
            matcher._read_weights()
            ids.append(_array(matcher._ids, np.int32))
            weights.append(_array(matcher._weights, np.float32))
            matcher._next_block()
        return np.concatenate(ids), np.concatenate(weights)

    def positions(self, field: str, term: str, sections: Iterable[int]) -> dict[int, list[int]]:
        """Where the term stands in each of these sections (ascending; those without it are left out)."""
        found: dict[int, list[int]] = {}
        with self._lock:
            try:
                matcher = self._reader.postings(field, term)
            except TermNotFound:
                return found
            for section in sections:
                if not matcher.is_active():
                    break
                matcher.skip_to(section)
                if matcher.is_active() and matcher.id() == section:
                    found[section] = matcher.value_as("positions")
        return found

    def beginning_with(self, field: str, prefix: str, limit: int) -> list[str]:
        """Up to `limit` terms of a field that begin with `prefix`, in order."""
        with self._lock:
            return [term.decode() for term in islice(self._reader.expand_prefix(field, prefix), limit)]

    def vocabulary(self) -> dict[str, int]:
        """Words of titles, headings and text → number of sections with them; read once."""
        if self._vocabulary is None:
            counts: dict[str, int] = {}
            for field in ("title", "heading", "text"):
                with self._lock:
                    for term, info in self._reader.iter_field(field):
                        word = term.decode()
                        counts[word] = max(counts.get(word, 0), int(info.doc_frequency()))
            self._vocabulary = counts
        return self._vocabulary

    def shown(self, section: int) -> tuple[str, str, str, int | None, tuple[tuple[str, str], ...]]:
        """(anchor, chapter, heading, page, blocks) of a section."""
        with self._lock:
            stored: Any = self._reader.stored_fields(section)["shown"]
        anchor, chapter, heading, page, blocks = stored
        return anchor, chapter, heading, page, blocks


def _array(values: Any, kind: Any) -> Any:
    return np.fromiter(values, kind)


def _first_weight(reader: SegmentReader, field: str, term: str) -> float:
    return float(reader.term_info(field, term).weight())
