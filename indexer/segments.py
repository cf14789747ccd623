"""Read side of one segment: everything stays in the mapped file until it is asked for."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import STEMMERS, stems
from indexer.arrays import Array, ArrayFile
from indexer.hints import Hints
from indexer.keywords import Keywords
from indexer.postings import Postings
from indexer.rows import Row, read_row
from indexer.schema import SEARCHED, About, read_about
from indexer.stem_groups import Stems
from indexer.stemming import is_alone

I32 = NDArray[np.int32]
F32 = NDArray[np.float32]
Mask = NDArray[np.bool_]

EVERY_LANGUAGE = -1


@dataclass(frozen=True, slots=True)
class Forms:
    """Terms of a segment that stand for one word of a question; all of shape (terms,).

    `terms`: their numbers. `worth`: what an occurrence counts, at most 1. `language`: code of the only language in
    whose sections the term counts, or EVERY_LANGUAGE.
    """

    terms: I32
    worth: F32
    language: I32

    @classmethod
    def of(cls, found: list[tuple[int, float, int]]) -> "Forms":
        """Out of (term, worth, language)."""
        return cls(
            np.array([term for term, _, _ in found], np.int32),
            np.array([worth for _, worth, _ in found], np.float32),
            np.array([language for _, _, language in found], np.int32),
        )


class SegmentView:
    """A segment as it was written: deletions are the snapshot's business, so that a view outlives commits.

    `document_of`: shape (sections,), the section's place among the segment's documents, ascending. `lengths`: shape
    (fields, sections), words. `language_of`: shape (sections,), places in `languages`.
    """

    def __init__(self, path: Path, name: str) -> None:
        """Map the file; raises NotAnArrayFile or OSError."""
        self.name = name
        file = self._file = ArrayFile(path)
        self.sections: int = file.values["sections"]
        self.languages: list[str] = file.values["languages"]
        self.tables: dict[str, list[str]] = file.values["tables"]
        self.terms = file.strings("terms")
        self.postings = Postings(*(file.array(name) for name in Postings.__slots__))
        self.keywords = Keywords(file, self.sections)
        self._stem_names = file.strings("stems")
        self.stems = Stems(self._stem_names, file.array("stems.first"), file.array("stems.terms"))
        self.document_of, self.language_of = file.array("document_of"), file.array("language_of")
        self.lengths = file.array("lengths").reshape(len(SEARCHED), -1)
        self.published, self.titles = file.array("published"), file.array("titles")
        self.documents = file.strings("documents")
        self.abouts, self.rows = file.strings("about"), file.strings("rows")
        self.hints = Hints(file)
        self._counting = threading.Lock()

    def table(self, key: str) -> tuple[list[str], Array, Array]:
        """Values of a key, and the pairs (place of a value, document) that say which document has which."""
        return self.tables[key], self._file.array(f"{key}.codes"), self._file.array(f"{key}.documents")

    def about(self, document: int) -> About:
        """What holds for all the sections of a document."""
        return read_about(self.abouts[document])

    def row(self, section: int) -> Row:
        """What is shown of a section."""
        return read_row(self.rows[section])

    def stem_terms(self, stem: bytes) -> Array:
        """The terms that have a stem ("en/polici")."""
        at = self._stem_names.find(stem)
        return self.stems.terms[self.stems.first[at] : self.stems.first[at + 1]] if at >= 0 else _NONE

    def forms(self, term: str, whole: str, languages: tuple[str, ...], other: float) -> Forms:
        """A word itself, and the words with the same stem in a language, of which an occurrence counts `other`.

        Args:
            term: The word, folded.
            whole: The word with its accents, "" when no other form is meant.
            languages: Primary subtags.
            other: At most 1.
        """
        own = self.terms.find(term.encode("utf-8", "surrogatepass"))
        found = [(own, 1.0, EVERY_LANGUAGE)] if own >= 0 else []
        for code, language in enumerate(self.languages):
            if language in languages and language in STEMMERS and not is_alone(whole, language):
                same = {int(t) for stem in stems(whole, language) for t in self.stem_terms(stem.encode())} - {own}
                found += [(t, other, code if len(self.languages) > 1 else EVERY_LANGUAGE) for t in sorted(same)]
        return Forms.of(found)

    def weigh(self, forms: Forms, norms: Sequence[F32], only: str) -> list[tuple[Array, F32, bool]]:
        """(sections, weights, whether the word itself) of occurrences, for each field and term; sections ascending.

        Args:
            forms: What counts as the word.
            norms: What an occurrence counts in each section, for each field; shape (sections,).
            only: The one field to look into, "" for all.
        """
        found: list[tuple[Array, F32, bool]] = []
        if not forms.terms.size:
            return found
        postings, wanted = self.postings, SEARCHED.index(only) if only else -1
        for begin, end, worth, language in zip(
            *postings.pairs_of(forms.terms), forms.worth.tolist(), forms.language.tolist(), strict=True
        ):
            bounds = postings.at[begin : end + 1].tolist()
            for pair, first, last in zip(postings.pairs[begin:end].tolist(), bounds, bounds[1:], strict=False):
                field = pair & 7
                if 0 <= wanted != field:
                    continue
                ids = postings.ids[first:last]
                weights = norms[field].take(ids)  # by 16-bit numbers twice as fast as by brackets
                weights *= postings.frequencies[first:last]
                if worth != 1:
                    weights *= np.float32(worth)
                if language != EVERY_LANGUAGE:
                    spoken = self.language_of[ids] == language
                    ids, weights = ids[spoken], weights[spoken]
                found.append((ids, weights, worth == 1))
        return found

    @cached_property
    def frequencies(self) -> I32:
        """In how many sections each term stands, in the field in which these are most; shape (terms,)."""
        with self._counting:
            most = np.zeros(len(self.terms), np.int32)
            terms, sections = self.postings.terms, np.diff(self.postings.at).astype(np.int32)
            for name in ("title", "heading", "text"):
                of_it = self.postings.fields == SEARCHED.index(name)
                most[terms[of_it]] = np.maximum(most[terms[of_it]], sections[of_it])
            return most

    def frequency(self, term: str) -> int:
        """In how many sections a term stands."""
        at = self.terms.find(term.encode("utf-8", "surrogatepass"))
        return int(self.frequencies[at]) if at >= 0 else 0

    @cached_property
    def place(self) -> dict[str, int]:
        """Document id → its place."""
        return {document.decode(): i for i, document in enumerate(self.documents)}

    def sections_of(self, document: int) -> tuple[int, int]:
        """First section of a document and the one behind its last."""
        first, last = np.searchsorted(self.document_of, [document, document + 1])
        return int(first), int(last)


_NONE: Array = np.empty(0, np.int32)
