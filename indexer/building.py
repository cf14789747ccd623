"""Entries → a segment's arrays, in bulk: each distinct word is analysed once, the rest is looked up and sorted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold, primary, stems, words
from indexer.arrays import Array, pack, smallest
from indexer.hints import HEADING, TITLE, TOPIC, hint_arrays
from indexer.postings import MOST_SECTIONS, Keys, invert, keys
from indexer.records import Entry
from indexer.schema import SEARCHED, About, Shown, about, write_about, write_shown

_AROUND = ".,;:()[]{}\"'`“”‘’«»!?…<>*/=|"  # what often stands beside a word; no reading depends on it
_LONGEST_KEPT = 40  # characters of a chunk that is remembered; longer ones hardly come twice
_SPACES = np.zeros(0x3002, np.bool_)
_SPACES[[code for code in range(0x3002) if chr(code).isspace()]] = True
TITLE_KEY = 24  # bytes of a folded title by which titles are ordered
FACETS = ("topic", "kind", "lang", "country", "year")
TABLES = (*FACETS, "author", "access", "topic_name")
MOST_OCCURRENCES = 12_000_000
"""A segment is closed when it has so many words; bounds the memory of a build."""


@dataclass(frozen=True, slots=True)
class Row:
    """A section: what is shown of it. `document`: its place.

    `starts`: where its words begin, `begins`: where its blocks begin, both by `pack_starts`. `anchors`: of its blocks,
    a line each.
    """

    shown: bytes
    text: bytes
    starts: bytes
    begins: bytes
    anchors: bytes
    language: str
    document: int


@dataclass
class Draft:
    """A segment before it is written. `terms`: sorted. `occurrences`: keys by field. `stems`: stem → terms' numbers.

    `lengths`: shape (fields, sections). `hints`: as `hint_arrays` wants them.
    """

    terms: list[bytes]
    occurrences: dict[str, Keys]
    stems: dict[bytes, Iterable[int]]
    lengths: NDArray[np.int64]
    rows: list[Row]
    documents: list[About]
    hints: list[tuple[int, str, int]]

    def arrays(self) -> tuple[dict[str, Array], dict[str, object]]:
        """Arrays and values for `write_arrays`."""
        arrays = pack("terms", self.terms)
        for name in SEARCHED:
            arrays |= invert(name, self.occurrences.pop(name))
        found = sorted(self.stems)
        groups = [sorted(self.stems[stem]) for stem in found]
        arrays |= pack("stems", found)
        arrays["stems.first"] = np.cumsum([0, *map(len, groups)]).astype(np.uint32)
        arrays["stems.terms"] = np.array([term for group in groups for term in group], np.int32)
        arrays["lengths"] = smallest(self.lengths.ravel())
        languages = sorted({row.language for row in self.rows})
        arrays["language_of"] = smallest(np.array([languages.index(row.language) for row in self.rows], np.int64))
        arrays["document_of"] = smallest(np.array([row.document for row in self.rows], np.int64))
        arrays |= pack("shown", (row.shown for row in self.rows))
        arrays |= pack("section_text", (row.text for row in self.rows))
        arrays |= pack("starts", (row.starts for row in self.rows))
        arrays |= pack("begins", (row.begins for row in self.rows))
        arrays |= pack("anchors", (row.anchors for row in self.rows))
        arrays |= hint_arrays(self.hints)
        tables: dict[str, list[str]] = {}
        for key in TABLES:
            pairs = [(i, value) for i, shared in enumerate(self.documents) for value in _values(shared, key)]
            tables[key] = sorted({value for _, value in pairs})
            code = {value: i for i, value in enumerate(tables[key])}
            arrays[f"{key}.codes"] = smallest(np.array([code[value] for _, value in pairs], np.int64))
            arrays[f"{key}.documents"] = smallest(np.array([i for i, _ in pairs], np.int64))
        arrays |= pack("documents", (d.document.encode() for d in self.documents))
        arrays |= pack("about", (write_about(d) for d in self.documents))
        arrays["published"] = np.array([_moment(d.published) for d in self.documents], np.int64)
        arrays["titles"] = np.array([fold(d.title).encode()[:TITLE_KEY] for d in self.documents], f"S{TITLE_KEY}")
        return arrays, {"languages": languages, "tables": tables, "sections": len(self.rows)}


class _Chunks(dict[str, int]):
    """Chunks between spaces, in one language → their numbers in the builder; each is analysed when it is first met."""

    def __init__(self, builder: "Builder", language: str) -> None:
        super().__init__()
        self._builder, self._language = builder, language

    def __missing__(self, chunk: str) -> int:
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
    """What was met of one field: chunks of all sections, how many in each section, where they begin (of the text)."""

    chunks: list[NDArray[np.int32]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    begins: list[NDArray[np.int32]] = field(default_factory=list)


class Builder:
    """Takes documents in, gives a Draft out. Not thread-safe."""

    def __init__(self) -> None:
        self._terms: dict[str, int] = {}
        self._stems: dict[str, set[int]] = {}
        self._chunks: dict[str, _Chunks] = {}
        self._seen: dict[tuple[str, str], NDArray[np.int32]] = {}
        # A chunk is made of the pieces `first` to `first + count` of the lists below, `shift` characters further on.
        self._first: list[int] = []
        self._count: list[int] = []
        self._shift: list[int] = []
        self._piece_term: list[int] = []
        self._piece_step: list[int] = []
        self._piece_start: list[int] = []
        self._fields = {name: _Field() for name in SEARCHED}
        self._rows: list[tuple[bytes, bytes, bytes, str, int]] = []
        self._blocks: list[list[int]] = []
        self._documents: list[About] = []
        self._hints: list[tuple[int, str, int]] = []
        self._occurrences = 0

    @property
    def sections(self) -> int:
        """How many have been taken in."""
        return len(self._rows)

    def room_for(self, sections: int) -> bool:
        """Whether a document of so many sections still belongs into this segment."""
        return self.sections + sections <= MOST_SECTIONS and self._occurrences < MOST_OCCURRENCES

    def add(self, entries: Sequence[Entry]) -> None:
        """Take in all the sections of a document."""
        if not entries:
            return
        ordered = sorted(entries, key=lambda entry: entry.position)
        shared = about(ordered)
        self._documents.append(shared)
        number = len(self._documents) - 1
        self._hints.append((TITLE, shared.title, number))
        self._hints += [(TOPIC, name, number) for name in shared.topic_names]
        self._hints += [(HEADING, heading, number) for heading in {entry.heading for entry in ordered}]
        topics, authors = "\n".join(shared.topic_names), "\n".join(shared.authors)
        summary = ordered[0].summary
        for entry in ordered:
            language = primary(entry.language)
            text = entry.text
            for name, value in (
                ("title", entry.title), ("heading", entry.heading), ("topics", topics), ("author", authors),
                ("summary", summary),
            ):  # fmt: skip
                self._take(name, self._short(value, language))
            summary = ""
            chunks = self._tokenise(text, language)
            self._take("text", chunks)
            self._fields["text"].begins.append(_begins(text))
            self._occurrences += chunks.size
            shown = write_shown(Shown(entry.anchor, entry.chapter, entry.heading, entry.page))
            anchors = "\n".join(block.anchor for block in entry.blocks).encode()
            self._rows.append((shown, text.encode("utf-8", "surrogatepass"), anchors, language, number))
            self._blocks.append([len(block.text) + 1 for block in entry.blocks])

    def analysed(self, chunk: str, language: str) -> int:
        """The number of a new chunk, read as words."""
        first = len(self._piece_term)
        for word in words(chunk):
            for piece in word.pieces:
                term = self._terms.setdefault(piece.term, len(self._terms))
                self._piece_term.append(term)
                self._piece_step.append(piece.step)
                self._piece_start.append(word.start + piece.start)
                if piece.whole and not piece.joined:
                    for stem in stems(piece.whole, language):
                        self._stems.setdefault(stem, set()).add(term)
        return self._chunk(first, len(self._piece_term) - first, 0)

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
        order = sorted((term.encode("utf-8", "surrogatepass"), number) for term, number in self._terms.items())
        rank = np.empty(len(order), np.int64)
        rank[[number for _, number in order]] = np.arange(len(order))
        first, count = np.array(self._first, np.int64), np.array(self._count, np.int64)
        shift = np.array(self._shift, np.int64)
        term = rank[np.array(self._piece_term, np.int64)]
        step, start = np.array(self._piece_step, np.int64), np.array(self._piece_start, np.int64)
        lengths = np.zeros((len(SEARCHED), self.sections), np.int64)
        occurrences: dict[str, Keys] = {}
        starts: list[bytes] = []
        for i, name in enumerate(SEARCHED):
            met = self._fields.pop(name)
            chunks = _joined(met.chunks)
            pieces = count[chunks]
            which = _ranges(first[chunks], pieces)
            section = np.repeat(np.repeat(np.arange(self.sections), met.counts), pieces)
            lengths[i] = np.bincount(section, minlength=self.sections)
            place = _places(step[which], lengths[i])
            occurrences[name] = keys(term[which], section, place)
            if name == "text":
                begins = np.repeat(_joined(met.begins) + shift[chunks], pieces) + start[which]
                own = step[which] > 0  # a second reading stands at the place of the first
                starts = pack_starts(begins[own], np.bincount(section[own], minlength=self.sections))
        rows = [
            Row(shown, text, begin, blocks, anchors, language, document)
            for (shown, text, anchors, language, document), begin, blocks in zip(
                self._rows, starts, self._block_begins(), strict=True
            )
        ]
        groups: dict[bytes, Iterable[int]] = {
            stem.encode("utf-8", "surrogatepass"): rank[list(found)].tolist() for stem, found in self._stems.items()
        }
        return Draft([text for text, _ in order], occurrences, groups, lengths, rows, self._documents, self._hints)

    def _block_begins(self) -> list[bytes]:
        lengths = np.array([length for lengths in self._blocks for length in lengths], np.int64)
        counts = np.fromiter(map(len, self._blocks), np.int64, len(self._blocks))
        ends = np.cumsum(lengths) - lengths
        before = np.repeat(np.append(ends, 0)[np.cumsum(counts) - counts], counts)
        return pack_starts(ends - before, counts)

    def _take(self, name: str, chunks: NDArray[np.int32]) -> None:
        met = self._fields[name]
        met.chunks.append(chunks)
        met.counts.append(chunks.size)

    def _short(self, text: str, language: str) -> NDArray[np.int32]:
        """Chunks of a text that comes again and again, such as a title."""
        found = self._seen.get((text, language))
        if found is None:
            found = self._seen[text, language] = self._tokenise(text, language)
        return found

    def _tokenise(self, text: str, language: str) -> NDArray[np.int32]:
        numbers = self._chunks.get(language)
        if numbers is None:
            numbers = self._chunks[language] = _Chunks(self, language)
        chunks = text.split()
        return np.fromiter(map(numbers.__getitem__, chunks), np.int32, len(chunks))


def _begins(text: str) -> NDArray[np.int32]:
    """The characters at which the chunks of `text.split()` begin."""
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    spaces = _SPACES[np.minimum(letters, _SPACES.size - 1)]
    begins = ~spaces
    begins[1:] &= spaces[:-1]
    return np.flatnonzero(begins).astype(np.int32)


def pack_starts(starts: Array, counts: Array) -> list[bytes]:
    """Ascending numbers of each section as bytes: differences, 255 standing for "255 more and no number yet".

    `starts`: shape (words,), all sections behind each other. `counts`: shape (sections,).
    """
    ends = np.cumsum(counts)
    gaps = np.diff(starts, prepend=0)
    firsts = (ends - counts)[counts > 0]
    gaps[firsts] = starts[firsts]
    far = gaps // 255
    last = np.cumsum(far + 1)
    out = np.full(int(last[-1]) if last.size else 0, 255, np.uint8)
    out[last - 1] = gaps % 255
    data = out.tobytes()
    cuts = np.concatenate([[0], last])[np.concatenate([[0], ends])].tolist()
    return [data[a:b] for a, b in pairwise(cuts)]


def unpack_starts(packed: Sequence[bytes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The reverse: the numbers of all sections behind each other, and where those of each begin, shape (sections,)."""
    data = np.frombuffer(b"".join(packed), np.uint8)
    sizes = np.fromiter(map(len, packed), np.int64, len(packed))
    ends = np.cumsum(sizes)
    sums = np.cumsum(data, dtype=np.int64)
    before = np.append(0, sums)[ends - sizes]
    own = data < 255
    counts = np.append(0, np.cumsum(own))
    return (sums - np.repeat(before, sizes))[own], counts[ends - sizes]


def _joined(parts: list[NDArray[np.int32]]) -> NDArray[np.int64]:
    return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, np.int64)


def _ranges(first: Array, count: Array) -> NDArray[np.int64]:
    """first[0], first[0] + 1, … (count[0] of them), first[1], …"""
    if (count == 1).all():
        return first
    ends = np.cumsum(count)
    found: NDArray[np.int64] = np.arange(int(ends[-1])) + np.repeat(first - (ends - count), count)
    return found


def _places(steps: Array, counts: Array) -> NDArray[np.int64]:
    """Place of each piece in its section, from 0."""
    places = np.cumsum(steps) - 1
    ends = np.cumsum(counts)
    before = np.concatenate([[-1], places])[ends - counts] + 1 if places.size else np.zeros(counts.size, np.int64)
    return np.maximum(places - np.repeat(before, counts), 0)


def _values(shared: About, key: str) -> Iterable[str]:
    match key:
        case "topic":
            return dict.fromkeys(shared.topics)
        case "topic_name":
            return dict.fromkeys(shared.topic_names)
        case "country":
            return dict.fromkeys(country.upper() for country in shared.countries)
        case "author":
            return dict.fromkeys(fold(author) for author in shared.authors)
        case "year":
            return () if shared.year is None else (str(shared.year),)
        case "lang":
            return (shared.language,)
        case _:
            return (str(getattr(shared, key)),)


def _moment(published: str) -> int:
    """Microseconds since 1970 of an ISO 8601 moment, 0 when there is none."""
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1_000_000)
