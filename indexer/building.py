"""Entries → the draft of a segment, in bulk: each distinct word is analysed once, the rest is looked up and sorted."""

from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import LONGEST_TERM, analyse, split, stems
from indexer.chunk_tables import ChunkTables
from indexer.chunking import cut, separated
from indexer.drafting import Draft, Section
from indexer.expanding import Pieces
from indexer.flattening import FlatDocument, FlatSection
from indexer.hints import HEADING, TITLE, TOPIC
from indexer.postings import MOST_SECTIONS, Keys
from indexer.rows import pack_starts, write_row
from indexer.schema import SEARCHED, TEXT, About
from indexer.stem_groups import Stems

_AROUND = ".'“”‘’«»…–—"  # what often stands beside a word; no reading depends on it
_LONGEST_KEPT = 40  # characters of a chunk that is remembered; longer ones hardly come twice
AT_ONCE = 1 << 18  # bytes of text that are cut together, so that the arrays stay in the cache of a core
MOST_OCCURRENCES = 12_000_000
"""A segment is closed when it has so many words; bounds the memory of a build."""


class _Chunks(dict[str, int]):
    """Chunks between separators, in one language → their numbers in the builder; each is analysed when it is first met."""

    def __init__(self, builder: "Builder", language: str) -> None:
        super().__init__()
        self._builder, self._language = builder, language

    def __missing__(self, chunk: str) -> int:
        if chunk.isascii() and chunk.isalnum():
            lower = chunk.lower()
            number = self[lower] if lower != chunk else self._builder.plain(chunk, self._language)
            if len(chunk) <= _LONGEST_KEPT:
                self[chunk] = number
            return number
        core = chunk.strip(_AROUND)
        if core and core != chunk and "." not in core:  # "e.g." needs its last dot
            number = self._builder.shifted(self[core], chunk.index(core))
        else:
            number = self._builder.analysed(chunk, self._language)
        if len(chunk) <= _LONGEST_KEPT:
            self[chunk] = number
        return number


@dataclass
class _Field:
    """What was met of one field: chunks of all sections, and how many in each section."""

    chunks: list[NDArray[np.int32]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def take(self, chunks: NDArray[np.int32], sections: int = 1) -> None:
        """The chunks of the next section, or of each of the next few."""
        if chunks.size:
            self.chunks += [chunks] * sections
        self.counts += [chunks.size] * sections

    def together(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """All chunks, and how many in each section; shapes (chunks,) and (sections,)."""
        return np.concatenate([np.empty(0, np.int32), *self.chunks]), np.array(self.counts, np.int32)


@dataclass(frozen=True, slots=True)
class _Texts:
    """What was met in the texts of neighbouring sections; shapes (chunks,), (chunks,) and (sections,)."""

    chunks: NDArray[np.int32]
    characters: NDArray[np.int32]
    counts: NDArray[np.int32]


class Builder:
    """Takes documents in, gives a Draft out. Not thread-safe."""

    def __init__(self) -> None:
        self._terms: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._stem_of: list[int] = []  # which term has which stem, pair by pair
        self._term_of: list[int] = []
        self._chunks: dict[str, _Chunks] = {}
        self._tables: dict[str, ChunkTables] = {}
        self._raw_words: dict[str, dict[str, tuple[list[int], list[int], list[int]]]] = {}
        self._seen: dict[tuple[str, str], NDArray[np.int32]] = {}
        # A chunk is made of the pieces `first` to `first + count` of the lists below, `shift` characters further on.
        self._first: list[int] = []
        self._count: list[int] = []
        self._shift: list[int] = []
        self._piece_term: list[int] = []
        self._piece_step: list[int] = []
        self._piece_start: list[int] = []
        self._fields = {name: _Field() for name in SEARCHED if name != "text"}
        self._texts: list[_Texts] = []
        self._sections: list[tuple[FlatSection, int]] = []  # with document
        self._uncut: list[bytes] = []  # texts of the last sections, all of one language
        self._uncut_size, self._uncut_language = 0, ""
        self._documents: list[About] = []
        self._hints: list[tuple[int, str, int]] = []
        self._occurrences = 0

    @property
    def sections(self) -> int:
        """How many have been taken in."""
        return len(self._sections)

    def room_for(self, sections: int) -> bool:
        """Whether a document of so many sections still belongs into this segment."""
        return self.sections + sections <= MOST_SECTIONS and self._occurrences < MOST_OCCURRENCES

    def add(self, document: FlatDocument) -> None:
        """Take in all the sections of a document."""
        shared = document.about
        self._documents.append(shared)
        number = len(self._documents) - 1
        self._hints.append((TITLE, shared.title, number))
        self._hints += [(TOPIC, name, number) for name in shared.topic_names]
        self._hints += [
            (HEADING, heading, number) for heading in dict.fromkeys(section.heading for section in document.sections)
        ]
        shown = {"title": shared.title, "topics": "\n".join(shared.topic_names), "author": "\n".join(shared.authors)}
        summary = document.summary
        for language, group in groupby(document.sections, lambda section: section.language):
            together = list(group)
            for name, value in shown.items():
                self._fields[name].take(self._short(value, language), len(together))
            self._fields["summary"].take(self._short(summary, language))
            self._fields["summary"].take(self._short("", language), len(together) - 1)
            summary = ""
            for section in together:
                self._fields["heading"].take(self._short(section.heading, language))
                self._sections.append((section, number))
                self._take_text(section.text, language)

    def _take_text(self, text: bytes, language: str) -> None:
        if language != self._uncut_language or self._uncut_size > AT_ONCE:
            self._cut()
        self._uncut.append(text)
        self._uncut_language = language
        self._uncut_size += len(text)

    def _cut(self) -> None:
        """Cut the texts that wait for it."""
        if not self._uncut:
            return
        language = self._uncut_language
        tables = self._tables.get(language)
        if tables is None:
            tables = self._tables[language] = ChunkTables(self._known(language).__getitem__)
        chunks = cut(self._uncut)
        self._texts.append(_Texts(tables.numbers(chunks), chunks.characters, chunks.counts))
        self._occurrences += chunks.begins.size
        self._uncut, self._uncut_size = [], 0

    def _known(self, language: str) -> _Chunks:
        known = self._chunks.get(language)
        if known is None:
            known = self._chunks[language] = _Chunks(self, language)
        return known

    def analysed(self, chunk: str, language: str) -> int:
        """The number of a new chunk, read as words."""
        first, at = len(self._piece_term), 0
        raw_words = self._raw_words.setdefault(language, {})
        for i, part in enumerate(split(chunk)):
            if i % 2:
                known = raw_words.get(part)
                if known is None:
                    known = self._read(part, language)
                    if len(part) <= _LONGEST_KEPT:
                        raw_words[part] = known
                terms, steps, starts = known
                self._piece_term += terms
                self._piece_step += steps
                self._piece_start += [at + start for start in starts] if at else starts
            at += len(part)
        return self._chunk(first, len(self._piece_term) - first, 0)

    def plain(self, word: str, language: str) -> int:
        """The number of a new chunk that is a word of small ASCII letters and digits: it is its own term."""
        first = len(self._piece_term)
        self._piece_term.append(self._plain_term(word, language))
        self._piece_step.append(1)
        self._piece_start.append(0)
        return self._chunk(first, 1, 0)

    def _plain_term(self, word: str, language: str) -> int:
        term = word[:LONGEST_TERM]
        number = self._terms.get(term)
        if number is None:
            number = self._terms[term] = len(self._terms)
        self._note_stems(number, term, language)
        return number

    def _read(self, raw: str, language: str) -> tuple[list[int], list[int], list[int]]:
        """Terms, steps and starts of the pieces of a raw word."""
        if raw.isascii() and raw.isalnum():
            return [self._plain_term(raw.lower(), language)], [1], [0]
        pieces = analyse(raw)
        terms = [self._terms.setdefault(piece.term, len(self._terms)) for piece in pieces]
        for piece, term in zip(pieces, terms, strict=True):
            if piece.whole and not piece.joined:
                self._note_stems(term, piece.whole, language)
        return terms, [piece.step for piece in pieces], [piece.start for piece in pieces]

    def _note_stems(self, term: int, whole: str, language: str) -> None:
        for stem in stems(whole, language):
            self._stem_of.append(self._stems.setdefault(stem, len(self._stems)))
            self._term_of.append(term)

    def shifted(self, chunk: int, shift: int) -> int:
        """The number of a new chunk that has the words of another, `shift` characters further on."""
        return self._chunk(self._first[chunk], self._count[chunk], self._shift[chunk] + shift)

    def _chunk(self, first: int, count: int, shift: int) -> int:
        self._first.append(first)
        self._count.append(count)
        self._shift.append(shift)
        return len(self._first) - 1

    def draft(self) -> Draft:
        """What was taken in; the builder is spent."""
        self._cut()
        order = sorted(self._terms)  # by code points, which is the order of their bytes in UTF-8
        rank = np.empty(len(order), np.int32)
        rank[np.fromiter(map(self._terms.__getitem__, order), np.int32, len(order))] = np.arange(len(order))
        terms = [term.encode("utf-8", "surrogatepass") for term in order]
        pieces = Pieces(
            *(np.array(values, np.int32) for values in (self._first, self._count, self._shift)),
            rank[np.array(self._piece_term, np.int32)],
            *(np.array(values, np.int32) for values in (self._piece_step, self._piece_start)),
        )
        lengths = np.zeros((len(SEARCHED), self.sections), np.int64)
        occurrences: list[Keys] = []
        for i, name in enumerate(SEARCHED):
            if name != "text":
                found = pieces.expand(i, *self._fields[name].together())
                lengths[i] = found.lengths
                occurrences.append(found.keys)
        starts: list[bytes] = []
        for of_text in self._texts:  # a few at a time, so that the arrays stay in the cache of a core
            found = pieces.expand(TEXT, of_text.chunks, of_text.counts, len(starts))
            lengths[TEXT, len(starts) : len(starts) + found.lengths.size] = found.lengths
            occurrences.append(found.keys)
            starts += pieces.starts(found, of_text.chunks, of_text.characters)
        sections = [
            Section(write_row(section.head, blocks, words, section.text), section.language, document)
            for (section, document), blocks, words in zip(self._sections, self._block_begins(), starts, strict=True)
        ]
        names = [stem.encode("utf-8", "surrogatepass") for stem in self._stems]
        found_stems = Stems.of(names, np.array(self._stem_of, np.int64), rank[np.array(self._term_of, np.int64)])
        keys = np.concatenate(occurrences)
        return Draft(terms, keys, found_stems, lengths, sections, self._documents, self._hints)

    def _block_begins(self) -> list[bytes]:
        """Where the blocks of each section begin."""
        sizes = [section.sizes for section, _ in self._sections]
        lengths = np.frombuffer(b"".join(sizes), np.intc).astype(np.int64) + 1
        counts = np.fromiter(map(len, sizes), np.int64, self.sections) // np.dtype(np.intc).itemsize
        begins = np.cumsum(lengths) - lengths
        of_section = np.append(begins, 0)[np.cumsum(counts) - counts]
        return pack_starts(begins - np.repeat(of_section, counts), counts)

    def _short(self, text: str, language: str) -> NDArray[np.int32]:
        """Chunks of a text that comes again and again, such as a title."""
        found = self._seen.get((text, language))
        if found is None:
            found = self._seen[text, language] = self._tokenise(text, language)
        return found

    def _tokenise(self, text: str, language: str) -> NDArray[np.int32]:
        chunks = separated(text).split()
        return np.fromiter(map(self._known(language).__getitem__, chunks), np.int32, len(chunks))
