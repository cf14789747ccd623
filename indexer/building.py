"""Entries → the draft of a segment, in bulk: each distinct word is analysed once, the rest is looked up and sorted."""

from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from indexer.chunk_tables import ChunkTables
from indexer.chunking import cut, separated
from indexer.drafting import Draft, Section
from indexer.flattening import FlatDocument, FlatSection
from indexer.hints import HEADING, TITLE, TOPIC
from indexer.postings import MOST_SECTIONS, Keys
from indexer.rows import pack_starts, write_row
from indexer.schema import SEARCHED, TEXT, About
from indexer.vocabulary import Vocabulary

AT_ONCE = 1 << 18  # bytes of text that are cut together, so that the arrays stay in the cache of a core
MOST_OCCURRENCES = 12_000_000
"""A segment is closed when it has so many words; bounds the memory of a build."""


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
        self._vocabulary = Vocabulary()
        self._tables: dict[str, ChunkTables] = {}
        self._seen: dict[tuple[str, str], NDArray[np.int32]] = {}
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
            tables = self._tables[language] = ChunkTables(self._vocabulary.number(language))
        chunks = cut(self._uncut)
        self._texts.append(_Texts(tables.numbers(chunks), chunks.characters, chunks.counts))
        self._occurrences += chunks.begins.size
        self._uncut, self._uncut_size = [], 0

    def draft(self) -> Draft:
        """What was taken in; the builder is spent."""
        self._cut()
        terms, pieces, stems = self._vocabulary.finish()
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
        keys = np.concatenate(occurrences)
        return Draft(terms, keys, stems, lengths, sections, self._documents, self._hints)

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
        return np.fromiter(map(self._vocabulary.number(language), chunks), np.int32, len(chunks))
