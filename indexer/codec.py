"""Segments of the library as Whoosh has them: a codec of our own, and its read side for Whoosh's searchers.

Whoosh's tables of contents name these segments, Whoosh's readers open them. Questions of readers are answered by
`indexer.ranking`, over the same arrays; Whoosh's searcher is the oracle of its tests.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from indexer.schema import SEARCHED
from indexer.segments import SegmentView

EXTENSION = ".seg"


class ArraySegment(base.Segment):
    """A segment in Whoosh's table of contents: its name, how many sections it has, which of them are deleted."""

    def __init__(self, indexname: str, sections: int = 0) -> None:
        super().__init__(indexname)  # type: ignore[no-untyped-call]
        self.compound = False
        self._sections = sections
        self._deleted: set[int] = set()

    def codec(self) -> "ArrayCodec":
        """The codec that reads it."""
        return ArrayCodec()

    @property
    def file(self) -> str:
        """Name of its only file."""
        return f"{self.label}{EXTENSION}"

    @property
    def label(self) -> str:
        """Its name, unique in its index."""
        return str(self.segment_id())  # type: ignore[no-untyped-call]

    @property
    def live(self) -> int:
        """Sections that are not deleted."""
        return self._sections - len(self._deleted)

    def copy(self) -> "ArraySegment":
        """The same segment with deletions of its own."""
        other = ArraySegment(self.indexname, self._sections)
        other.segid, other._deleted = self.segid, set(self._deleted)
        return other

    def set_doc_count(self, doccount: int) -> None:
        """Note how many sections it has, deleted ones included."""
        self._sections = doccount

    def doc_count_all(self) -> int:
        """Sections, deleted ones included."""
        return self._sections

    def deleted_count(self) -> int:
        """Deleted sections."""
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        """Numbers of the deleted sections."""
        return iter(self._deleted)

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Delete a section, or bring it back."""
        (self._deleted.add if delete else self._deleted.discard)(docnum)

    def is_deleted(self, docnum: int) -> bool:
        """Whether a section is deleted."""
        return docnum in self._deleted


class ArrayCodec(base.Codec):
    """Whoosh's way into segments of arrays. Reading only: `indexer.building` writes them in bulk."""

    def new_segment(self, storage: FileStorage, indexname: str) -> ArraySegment:
        """An empty segment with a new name."""
        return ArraySegment(indexname)

    def terms_reader(self, storage: FileStorage, segment: ArraySegment) -> "_Terms":
        """Dictionary and postings."""
        return _Terms(_view(storage, segment))

    def per_document_reader(self, storage: FileStorage, segment: ArraySegment) -> "_Sections":
        """Lengths, stored fields and deletions."""
        return _Sections(_view(storage, segment), segment)

    def per_document_writer(self, storage: FileStorage, segment: ArraySegment) -> Any:
        """Not row by row; raises NotImplementedError."""
        raise NotImplementedError("Segments are written by indexer.building, in bulk.")

    def field_writer(self, storage: FileStorage, segment: ArraySegment) -> Any:
        """Not row by row; raises NotImplementedError."""
        return self.per_document_writer(storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:
        """Not row by row; raises NotImplementedError."""
        raise NotImplementedError("Segments are written by indexer.building, in bulk.")

    def postings_reader(self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None) -> Any:
        """The terms reader knows the postings; raises NotImplementedError."""
        raise NotImplementedError("Postings are no files of their own.")


def _view(storage: FileStorage, segment: ArraySegment) -> SegmentView:
    return SegmentView(Path(storage.folder) / segment.file, segment.label)


class _Terms(base.TermsReader):
    def __init__(self, view: SegmentView) -> None:
        self._view = view

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._place(*term) is not None

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name in sorted(SEARCHED):
            postings = self._view.postings
            found = postings.terms[postings.fields == SEARCHED.index(name)]
            yield from ((name, self._view.terms[int(term)]) for term in found)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        return (term for term in self.terms() if term >= (fieldname, prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        place = self._place(fieldname, text)
        if place is None:
            raise TermNotFound(f"{fieldname}:{text!r}")
        _, first, last = place
        postings = self._view.postings
        frequencies = postings.frequencies[first:last]
        lengths = self._view.lengths[SEARCHED.index(fieldname)][postings.ids[first:last]]
        return TermInfo(
            int(frequencies.sum()), last - first, int(lengths.min()), int(lengths.max()), float(frequencies.max()),
            int(postings.ids[first]), int(postings.ids[last - 1]),
        )  # fmt: skip

    def frequency(self, fieldname: str, text: bytes) -> float:
        return float(self.term_info(fieldname, text).weight()) if (fieldname, text) in self else 0.0

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        return int(self.term_info(fieldname, text).doc_frequency()) if (fieldname, text) in self else 0

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        place = self._place(fieldname, text)
        if place is None:
            raise TermNotFound(f"{fieldname}:{text!r}")
        pair, first, last = place
        postings = self._view.postings
        begin = int(postings.places_at[pair])
        values, frequencies = [], postings.frequencies[first:last].tolist()
        for frequency in frequencies:
            values.append(format_.encode(postings.places[begin : begin + frequency].tolist()))
            begin += frequency
        return ListMatcher(
            postings.ids[first:last].tolist(), [float(f) for f in frequencies], values, format_, scorer,
            term=(fieldname, text), terminfo=self.term_info(fieldname, text),
        )  # fmt: skip

    def indexed_field_names(self) -> list[str]:
        return list(SEARCHED)

    def cursor(self, fieldname: str, fieldobj: Any) -> Any:  # abstract in Whoosh, which never calls it for searching
        raise NotImplementedError("Terms are walked by terms_from.")

    def _place(self, fieldname: str, text: bytes) -> tuple[int, int, int] | None:
        """The pair of a field and a term, and where its postings begin and end."""
        term = self._view.terms.find(text)
        if term < 0 or fieldname not in SEARCHED:
            return None
        postings = self._view.postings
        _, pairs = postings.find(SEARCHED.index(fieldname), np.array([term]))
        if not pairs.size:
            return None
        pair = int(pairs[0])
        return pair, int(postings.at[pair]), int(postings.at[pair + 1])


class _Sections(base.PerDocumentReader):
    def __init__(self, view: SegmentView, segment: ArraySegment) -> None:
        self._view, self._segment = view, segment

    def doc_count(self) -> int:
        return self._segment.live

    def doc_count_all(self) -> int:
        return self._view.sections

    def has_deletions(self) -> bool:
        return self._segment.deleted_count() > 0

    def is_deleted(self, docnum: int) -> bool:
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        return self._segment.deleted_docs()

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return int(self._lengths(fieldname)[docnum]) if fieldname in SEARCHED else default

    def field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).sum())

    def min_field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).max(initial=0))

    def stored_fields(self, docnum: int) -> dict[str, str]:
        view = self._view
        document, language = (
            view.documents[int(view.document_of[docnum])],
            view.languages[int(view.language_of[docnum])],
        )
        return {"document": document.decode(), "anchor": view.row(docnum).anchor, "language": language}

    def _lengths(self, fieldname: str) -> Any:
        return self._view.lengths[SEARCHED.index(fieldname)]
