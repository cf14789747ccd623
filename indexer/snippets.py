"""The best paragraph of a section and its marked sentence or two. The result is HTML with only `<mark>`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indexer import querying as q
from indexer.analysis import terms, word_at
from indexer.arrays import Array
from indexer.ranking import Leaf, Ranking
from indexer.rows import Row, unpack_starts
from indexer.schema import TEXT
from indexer.segments import EVERY_LANGUAGE

LONGEST = 280  # characters of a snippet
BRIEF = 40  # characters below which a paragraph says too little alone
BEFORE = 120  # characters before the first mark at most
_UNSAFE = re.compile("[&<>\"']")  # most snippets have none of these, which is told at a glance
# A sentence's last sign, or a line's end. It begins with a set, which is looked for six times as fast as alternatives.
_STOP = re.compile(r"[.!?…।؟。！？\n](?:(?=\s)|(?<=[。！？\n]))")
_OPEN, _CLOSE = "\x0e", "\x0f"  # stand for <mark> and </mark> while the text is escaped
_NO_SIGNS = str.maketrans("\x0e\x0f", "  ")

Hit = tuple[int, int]
"""(first character of a word in its section's text, which word of the question it is)"""
Span = tuple[int, int, int]
"""(first character, the one behind the last, which word of the question) of what is to be marked."""


@dataclass(slots=True)  # not frozen: a frozen one takes three times as long to make
class Best:
    """The best paragraph of a section. `words`: how many different words of the question it has."""

    row: Row
    anchor: str
    snippet: str
    words: int


@dataclass
class Marker:
    """Knows where the words of a question stand in sections. `seen`: the forms marked so far, in order."""

    ranking: Ranking
    clause: q.Clause
    seen: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.leaves = tuple(dict.fromkeys(leaves(self.clause)))[: q.MOST_WORDS]

    @property
    def terms(self) -> tuple[str, ...]:
        """What a page may mark: the words asked for, then the forms that were found."""
        asked = [leaf.term for leaf in self.leaves if not isinstance(leaf, q.FuzzyClause)]
        found = (term for form in self.seen for term in terms(form))
        return tuple(dict.fromkeys([*asked, *found]))[:40]

    def best(self, sections: Sequence[int]) -> dict[int, Best]:
        """Of each section the paragraph with most different words of the question, then most marks, then the first.

        A paragraph that is hardly more than a word (a term whose definition follows) is shown with the next one.
        """
        ordered = sorted(sections)
        return dict(zip(ordered, self._best(np.array(ordered, np.int64)), strict=True))

    def _best(self, sections: NDArray[np.int64]) -> Iterator[Best]:
        """The best paragraphs of sections, ascending."""
        if not sections.size:
            return
        snapshot = self.ranking.snapshot
        found: list[tuple[Array, Array, Array]] = [(_NONE, _NONE, _NONE)]
        rows: list[Row] = []
        for at, (view, base) in enumerate(zip(snapshot.views, snapshot.bases, strict=True)):
            first, last = sections.searchsorted([base, base + view.sections]).tolist()
            if first < last:
                local = sections[first:last] - base
                rows += [view.row(section) for section in local.tolist()]
                found += [(which + first, place, number) for which, place, number in self._spots(at, local)]
        which, place, number = (np.concatenate(parts) for parts in zip(*found, strict=True))
        starts, first_word = unpack_starts([row.starts for row in rows])
        begins, first_block = unpack_starts([row.begins for row in rows])
        start = starts[first_word[which] + place]
        # Paragraphs of all the sections behind each other, so that one search finds the paragraph of every spot.
        section_of = np.arange(len(rows)).repeat(np.diff(first_block, append=begins.size))
        block = (section_of << 32 | begins).searchsorted(which << 32 | start, "right") - 1
        stands = np.zeros((begins.size, len(self.leaves)), np.bool_)  # which paragraph has which word
        stands[block, number] = True
        different = stands.sum(axis=1, dtype=np.int64)
        worth = (different * 16 + np.minimum(np.bincount(block, minlength=begins.size), 8)).tolist()
        bounds = [*first_block.tolist(), begins.size]
        best = [
            worth.index(max(worth[first:last]), first, last) if first < last else -1 for first, last in pairwise(bounds)
        ]
        hits = _gathered(block, start, number, best, begins.size)
        lines = begins.tolist()
        for row, at_best, (first, last) in zip(rows, best, pairwise(bounds), strict=True):
            if at_best < 0:
                yield Best(row, "", "", 0)
                continue
            ends = [*lines[at_best : min(at_best + 3, last)], len(row.text) + 1][:3]
            following = hits.get(at_best + 1, ()) if at_best + 1 < last else ()
            shown = self._shown(row.text, ends, hits.get(at_best, ()), following)
            yield Best(row, row.anchors[at_best - first], shown, worth[at_best] // 16)

    def _shown(self, text: str, bounds: Sequence[int], hits: Sequence[Hit], following: Sequence[Hit]) -> str:
        first, last = bounds[0], bounds[1] - 1
        spans = _spans(text, hits)
        for start, end, _ in spans:
            self.seen[text[start:end]] = None
        if last - first < BRIEF and len(bounds) > 2:
            text = f"{text[:last]} – {text[last + 1 :]}"
            spans += _spans(text, [(start + 2, number) for start, number in following])
            last = bounds[2] + 1
        return snippet(text[first:last], [(s - first, e - first, n) for s, e, n in spans])

    def _spots(self, at: int, sections: NDArray[np.int64]) -> Iterator[tuple[Array, Array, Array]]:
        """Where forms of words of the question stand in sections (ascending) of one segment; all of shape (spots,).

        Which of the sections, the place in its text, which word.
        """
        view = self.ranking.snapshot.views[at]
        postings = view.postings
        wanted = sections.astype(postings.ids.dtype)
        any_of = frozenset(sections.tolist())
        for number, leaf in enumerate(self.leaves):
            forms = self.ranking.forms(leaf)[at]
            if not forms.terms.size:
                continue
            of, where = postings.find(TEXT, forms.terms)
            for k, term in zip(of.tolist(), where.tolist(), strict=True):
                if postings.surely_lacks(term, any_of):
                    continue
                which, places = postings.places_in(term, wanted)
                if not which.size:
                    continue
                if forms.language[k] != EVERY_LANGUAGE:
                    spoken = view.language_of[sections[which]] == forms.language[k]
                    which, places = which[spoken], places[spoken]
                yield which, places, np.full(which.size, number)

    def in_heading(self, heading: str, section: int) -> bool:
        """Whether a word of the question stands in the heading of a section."""
        snapshot = self.ranking.snapshot
        view, local = snapshot.view_of(section)
        at = snapshot.views.index(view)
        language = (EVERY_LANGUAGE, int(view.language_of[local]))
        found = {view.terms.find(term.encode("utf-8", "surrogatepass")) for term in terms(heading)}
        for leaf in self.leaves:
            forms = self.ranking.forms(leaf)[at]
            if any(t in found and of in language for t, of in zip(forms.terms, forms.language, strict=True)):
                return True
        return False


def _gathered(block: Array, start: Array, number: Array, best: Sequence[int], blocks: int) -> dict[int, list[Hit]]:
    """The spots of the best blocks and of those that follow them, by block, in the order in which they stand."""
    wanted = np.zeros(blocks + 2, np.bool_)
    wanted[best] = True
    wanted[1:] |= wanted[:-1]
    kept = wanted[block].nonzero()[0]
    kept = kept[np.lexsort((start[kept], block[kept]))]
    hits: dict[int, list[Hit]] = {}
    for b, s, n in zip(block[kept].tolist(), start[kept].tolist(), number[kept].tolist(), strict=True):
        hits.setdefault(b, []).append((s, n))
    return hits


def leaves(clause: q.Clause) -> Iterator[Leaf]:
    """The words of a question that a reader wants to see: none behind a NOT, none of a filter."""
    match clause:
        case q.WordClause() | q.PrefixClause() | q.FuzzyClause():
            yield clause
        case q.PhraseClause():
            yield from (q.WordClause(word.term, "", word.field) for word in clause.words)
        case q.AllClause() | q.AnyClause() | q.LooseClause():
            for child in clause.clauses:
                yield from leaves(child)


def _spans(text: str, hits: Sequence[Hit]) -> list[Span]:
    """What is to be marked, out of (first character, which word)."""
    spans: list[Span] = []
    for start, number in hits:
        end = word_at(text, start)
        if spans and start < spans[-1][1]:  # overlapping pairs of an unspaced run become one mark
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]), spans[-1][2])
        else:
            spans.append((start, end, number))
    return spans


def snippet(text: str, spans: Sequence[Span]) -> str:
    """The part of a paragraph that holds most words, escaped, with what `spans` say in `<mark>`."""
    if _OPEN in text or _CLOSE in text:  # control characters that nobody can read
        text = text.translate(_NO_SIGNS)
    start, end = _window(text, spans)
    parts: list[str] = []
    at = start
    for first, last, _ in spans:
        if first >= start and last <= end:
            parts += [text[at:first], _OPEN, text[first:last], _CLOSE]
            at = last
    parts.append(text[at:end])
    shown = "".join(parts).strip()
    if "  " in shown or not text.isprintable():  # some other white space, or nothing to see
        shown = " ".join(shown.split())
    marked = (escape(shown) if _UNSAFE.search(shown) else shown).replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>")
    return f"{'… ' if start > 0 else ''}{marked}{' …' if end < len(text.rstrip()) else ''}"


def _window(text: str, spans: Sequence[Span]) -> tuple[int, int]:
    """Where the snippet begins and ends: whole sentences if they are short enough, else cut at a space."""
    if len(text) <= LONGEST:
        return 0, len(text)
    first = _densest(spans)
    start = _beginning(text, spans[first][0]) if spans else 0
    most = start + LONGEST
    needed = max((end for _, end, _ in spans[first:] if end <= most), default=start)
    if most >= len(text):
        return start, len(text)
    least = max(needed, start + BEFORE)
    end = _last_stop(text, least - 1, most + 1)
    if end >= least:
        return start, end
    space = text.rfind(" ", max(needed, start + LONGEST // 2), most)
    return start, space if space > 0 else most


def _densest(spans: Sequence[Span]) -> int:
    """The span from which on most different words, then most words, fit into a snippet."""
    room = LONGEST - LONGEST // 4
    best, most = 0, 0
    inside: dict[int, int] = {}  # word → how often it stands between `behind` and `at`
    behind = 0
    for at, (_, last, number) in enumerate(spans[:128]):
        inside[number] = inside.get(number, 0) + 1
        while behind < at and last - spans[behind][0] > room:
            left = spans[behind][2]
            inside[left] -= 1
            if not inside[left]:
                del inside[left]
            behind += 1
        worth = len(inside) << 16 | at - behind
        if worth > most:
            best, most = behind, worth
    return best


def _beginning(text: str, mark: int) -> int:
    """Where the sentence of the first mark begins, or a word not far before it."""
    left = max(0, mark - BEFORE)
    sentence = _last_stop(text, left, mark)
    if sentence >= 0:
        return sentence
    if left == 0:
        return 0
    left = max(0, mark - LONGEST // 4)
    space = text.find(" ", left, mark)
    return space + 1 if space >= 0 else left


def _last_stop(text: str, first: int, last: int) -> int:
    """Where the last sentence or line ends that does so in these characters; -1 without any."""
    stops = [*_STOP.finditer(text, first, last)]
    return stops[-1].start() + (stops[-1][0] != "\n") if stops else -1


_NONE: Array = np.empty(0, np.int64)
