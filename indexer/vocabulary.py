"""The distinct chunks of a segment with their terms and stems: each is analysed once, when it is first met."""

import re
from collections.abc import Callable

import numpy as np

from indexer.analysis import LONGEST_TERM, analyse, split
from indexer.expanding import Pieces
from indexer.stem_groups import Stems
from indexer.stemming import stems, stems_of

_AROUND = ".'“”‘’«»…–—"  # what often stands beside a word; no reading depends on it
_LONGEST_KEPT = 40  # characters of a chunk that is remembered; longer ones hardly come twice
# Chunks of ASCII whose raw words are told at a glance: no apostrophe, no C++, nothing that may be U.S.A. or C#.
_HARD = re.compile(r"['+]|(?<![A-Za-z0-9])[A-Za-z](?:\.[A-Za-z]\.|#)")
_EASY_WORD = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")


class Vocabulary:
    """Numbers chunks, terms and stems as they come. Not thread-safe."""

    def __init__(self) -> None:
        self._terms: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._stem_of: list[int] = []  # which term has which stem, pair by pair
        self._term_of: list[int] = []
        self._languages: dict[str, _Language] = {}
        # A chunk is made of the pieces `first` to `first + count` of the lists below, `shift` characters further on.
        self._first: list[int] = []
        self._count: list[int] = []
        self._shift: list[int] = []
        self._piece_term: list[int] = []
        self._piece_step: list[int] = []
        self._piece_start: list[int] = []

    def number(self, language: str) -> Callable[[str], int]:
        """What gives the numbers of chunks, as `separated` leaves them, in a language (primary subtag)."""
        known = self._languages.get(language)
        if known is None:
            known = self._languages[language] = _Language(self, language)
        return known.__getitem__

    def finish(self) -> tuple[list[bytes], Pieces, Stems]:
        """Terms, sorted; what chunks are made of; stems. The vocabulary is spent."""
        order = sorted(self._terms)  # by code points, which is the order of their bytes in UTF-8
        rank = np.empty(len(order), np.int32)
        rank[np.fromiter(map(self._terms.__getitem__, order), np.int32, len(order))] = np.arange(len(order))
        lists = (self._first, self._count, self._shift, self._piece_term, self._piece_step, self._piece_start)
        first, count, shift, term, step, start = (np.array(values, np.int32) for values in lists)
        pieces = Pieces(first, count, shift, rank[term], step, start)
        for known in self._languages.values():
            of_words = stems_of(list(known.words), known.language)
            for number, found in zip(known.words.values(), of_words, strict=True):
                self.note_stems(number, found)
        names = [stem.encode("utf-8", "surrogatepass") for stem in self._stems]
        found_stems = Stems.of(names, np.array(self._stem_of, np.int64), rank[np.array(self._term_of, np.int64)])
        return [term.encode("utf-8", "surrogatepass") for term in order], pieces, found_stems

    def term(self, term: str) -> int:
        """The number of a term."""
        return self._terms.setdefault(term, len(self._terms))

    def note_stems(self, term: int, found: tuple[str, ...]) -> None:
        """A term has these stems."""
        for stem in found:
            self._stem_of.append(self._stems.setdefault(stem, len(self._stems)))
            self._term_of.append(term)

    def piece(self, term: int, step: int, start: int) -> None:
        """One more piece, of the chunk that `chunk` is told of next."""
        self._piece_term.append(term)
        self._piece_step.append(step)
        self._piece_start.append(start)

    def chunk(self, pieces: int) -> int:
        """The number of a new chunk that is made of the last so many pieces."""
        self._first.append(len(self._piece_term) - pieces)
        self._count.append(pieces)
        self._shift.append(0)
        return len(self._first) - 1

    def shifted(self, chunk: int, shift: int) -> int:
        """The number of a new chunk that has the words of another, `shift` characters further on."""
        self._first.append(self._first[chunk])
        self._count.append(self._count[chunk])
        self._shift.append(self._shift[chunk] + shift)
        return len(self._first) - 1


class _Language(dict[str, int]):
    """Chunks in one language → their numbers. `words`: terms of ASCII letters and digits, whose stems come at the end."""

    def __init__(self, vocabulary: Vocabulary, language: str) -> None:
        super().__init__()
        self.language = language
        self.words: dict[str, int] = {}
        self._vocabulary = vocabulary
        self._raw_words: dict[str, list[tuple[int, int, int]]] = {}

    def __missing__(self, chunk: str) -> int:
        number = self._new(chunk)
        if len(chunk) <= _LONGEST_KEPT:
            self[chunk] = number
        return number

    def _new(self, chunk: str) -> int:
        vocabulary = self._vocabulary
        ascii_only = chunk.isascii()
        if ascii_only and chunk.isalnum():
            lower = chunk.lower()
            if lower != chunk:
                return self[lower]
            vocabulary.piece(self._word(lower), 1, 0)
            return vocabulary.chunk(1)
        core = chunk.strip(_AROUND)
        if core and core != chunk and "." not in core:  # "e.g." needs its last dot
            return vocabulary.shifted(self[core], chunk.index(core))
        return vocabulary.chunk(self._easy(chunk) if ascii_only and not _HARD.search(chunk) else self._analysed(chunk))

    def _word(self, word: str) -> int:
        """The term of a word of small ASCII letters and digits: it is its own, as far as a term may be long."""
        number = self.words.get(word)
        if number is None:
            word = word[:LONGEST_TERM]
            number = self.words[word] = self._vocabulary.term(word)
        return number

    def _easy(self, chunk: str) -> int:
        """How many pieces there are in a chunk that is not _HARD; they are those of `analyse`."""
        found = 0
        piece = self._vocabulary.piece
        for match in _EASY_WORD.finditer(chunk.lower()):
            at, word = match.start(), match.group()
            if "-" not in word:
                piece(self._word(word), 1, at)
                found += 1
                continue
            parts = word.split("-")
            start = at
            for i, part in enumerate(parts):
                piece(self._word(part), 1, start)
                if i == 0 and len(word) <= LONGEST_TERM and word[0].isalpha():
                    piece(self._vocabulary.term("".join(parts)), 0, at)
                    found += 1
                start += len(part) + 1
            found += len(parts)
        return found

    def _analysed(self, chunk: str) -> int:
        """How many pieces there are in any chunk."""
        found, at = 0, 0
        for i, part in enumerate(split(chunk)):
            if i % 2:
                pieces = self._raw_words.get(part)
                if pieces is None:
                    pieces = self._read(part)
                    if len(part) <= _LONGEST_KEPT:
                        self._raw_words[part] = pieces
                for term, step, start in pieces:
                    self._vocabulary.piece(term, step, at + start)
                found += len(pieces)
            at += len(part)
        return found

    def _read(self, raw: str) -> list[tuple[int, int, int]]:
        """Term, step and start of each piece of a raw word."""
        if raw.isascii() and raw.isalnum():
            return [(self._word(raw.lower()), 1, 0)]
        read: list[tuple[int, int, int]] = []
        for piece in analyse(raw):
            term = self._vocabulary.term(piece.term)
            read.append((term, piece.step, piece.start))
            if piece.whole and not piece.joined:
                self._vocabulary.note_stems(term, stems(piece.whole, self.language))
        return read
