"""The best paragraph of a section and its marked sentence or two. The result is HTML with only `<mark>`."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np

from indexer import querying as q
from indexer.analysis import fold, terms, word_at
from indexer.ranking import Leaf, Ranking
from indexer.segments import EVERY_LANGUAGE

LONGEST = 280  # characters of a snippet
BRIEF = 40  # characters below which a paragraph says too little alone
BEFORE = 120  # characters before the first mark at most
_SENTENCE = re.compile(r"(?<=[.!?…।؟])\s+|(?<=[。！？])|\n+")
_SPACE = re.compile(r"\s+")

Spot = tuple[int, int]
"""(place of a word in its section's text, which word of the question it is)"""
Span = tuple[int, int, int]
"""(first character, the one behind the last, which word of the question) of what is to be marked."""


@dataclass(frozen=True, slots=True)
class Best:
    """`anchor`: of the paragraph. `words`: how many different words of the question it has."""

    anchor: str
    snippet: str
    words: int


@dataclass
class Marker:
    """Knows where the words of a question stand in sections. `seen`: the forms marked so far, folded, in order."""

    ranking: Ranking
    clause: q.Clause
    seen: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.leaves = tuple(dict.fromkeys(leaves(self.clause)))

    @property
    def terms(self) -> tuple[str, ...]:
        """What a page may mark: the words asked for, then the forms that were found."""
        asked = [leaf.term for leaf in self.leaves if not isinstance(leaf, q.FuzzyClause)]
        return tuple(dict.fromkeys([*asked, *self.seen]))[:40]

    def spots(self, sections: Sequence[int]) -> dict[int, list[Spot]]:
        """Where in the text of these sections words of the question stand, in order."""
        snapshot = self.ranking.snapshot
        found: dict[int, list[Spot]] = {section: [] for section in sections}
        for at, (view, base) in enumerate(zip(snapshot.views, snapshot.bases, strict=True)):
            inside = np.array(sorted(s - base for s in sections if base <= s < base + view.sections), np.int64)
            if not inside.size:
                continue
            text = view.fields["text"]
            for number, leaf in enumerate(self.leaves):
                forms = self.ranking.forms(leaf)[at]
                if not forms.terms.size:
                    continue
                which, where = text.find(forms.terms)
                for k, term in zip(which.tolist(), where.tolist(), strict=True):
                    language = int(forms.language[k])
                    for section, places in text.places_in(term, inside):
                        if language in (EVERY_LANGUAGE, int(view.language_of[section])):
                            found[base + section] += [(place, number) for place in places]
        for spots in found.values():
            spots.sort()
        return found

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

    def best(self, section: int, blocks: Sequence[tuple[str, int]], spots: Sequence[Spot]) -> Best:
        """The paragraph with most different words of the question, then most marks, then the first.

        A paragraph that is hardly more than a word (a term whose definition follows) is shown with the next one.

        Args:
            section: Its number in the snapshot.
            blocks: Anchors and lengths of its paragraphs.
            spots: As `spots` found them for it.
        """
        if not blocks:
            return Best("", "", 0)
        view, local = self.ranking.snapshot.view_of(section)
        begins = [0]
        for _, length in blocks:
            begins.append(begins[-1] + length + 1)
        whole = view.text(local)
        spans: list[list[Span]] = [[] for _ in blocks]
        if spots:
            starts = view.starts(local)[[place for place, _ in spots]].tolist()
            for start, (_, number) in zip(starts, spots, strict=True):
                of_block = spans[bisect_right(begins, start) - 1]
                end = word_at(whole, start)
                if of_block and start < of_block[-1][1]:  # overlapping pairs of an unspaced run become one mark
                    of_block[-1] = (of_block[-1][0], max(end, of_block[-1][1]), of_block[-1][2])
                else:
                    of_block.append((start, end, number))
        at = max(range(len(blocks)), key=lambda i: (len({n for _, _, n in spans[i]}), min(len(spans[i]), 8), -i))
        self.seen.update(dict.fromkeys(fold(whole[start:end]) for start, end, _ in spans[at]))
        words = len({number for _, _, number in spans[at]})
        first, last, marked = begins[at], begins[at] + blocks[at][1], spans[at]
        if last - first < BRIEF and at + 1 < len(blocks):
            last, marked = begins[at + 1] + blocks[at + 1][1], [*marked, *spans[at + 1]]
            gap = begins[at + 1] - 1
            whole = f"{whole[:gap]} – {whole[gap + 1 :]}"
            marked = [(s + 2, e + 2, n) if s > gap else (s, e, n) for s, e, n in marked]
            last += 2
        text = whole[first:last]
        return Best(blocks[at][0], snippet(text, [(s - first, e - first, n) for s, e, n in marked]), words)


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


def snippet(text: str, spans: Sequence[Span]) -> str:
    """The part of a paragraph that holds most words, escaped, with what `spans` say in `<mark>`."""
    start, end = _window(text, spans)
    parts = ["… " if start > 0 else ""]
    at = start
    for first, last, _ in spans:
        if first >= start and last <= end:
            parts += [escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>"]
            at = last
    parts += [escape(text[at:end].rstrip()), " …" if end < len(text.rstrip()) else ""]
    return _SPACE.sub(" ", "".join(parts)).strip()


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
    ends = [match.start() for match in _SENTENCE.finditer(text, max(needed, start + BEFORE), most + 1)]
    if ends:
        return start, ends[-1]
    space = text.rfind(" ", max(needed, start + LONGEST // 2), most)
    return start, space if space > 0 else most


def _densest(spans: Sequence[Span]) -> int:
    """The span from which on most different words, then most words, fit into a snippet."""
    best, most = 0, (0, 0)
    room = LONGEST - LONGEST // 4
    for i, (start, _, _) in enumerate(spans[:64]):
        inside = [number for first, last, number in spans[i : i + 16] if last - start <= room]
        worth = (len(set(inside)), len(inside))
        if worth > most:
            best, most = i, worth
    return best


def _beginning(text: str, mark: int) -> int:
    """Where the sentence of the first mark begins, or a word not far before it."""
    left = max(0, mark - BEFORE)
    sentences = [match.end() for match in _SENTENCE.finditer(text, left, mark)]
    if sentences and sentences[-1] <= mark:
        return sentences[-1]
    if left == 0:
        return 0
    left = max(0, mark - LONGEST // 4)
    space = text.find(" ", left, mark)
    return space + 1 if space >= 0 else left
