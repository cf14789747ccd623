"""The best paragraph of a section and its marked sentence or two. The result is HTML with only `<mark>`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from indexer import querying as q
from indexer.analysis import Piece, fold, primary, stems, words
from indexer.spelling import distance

LONGEST = 280  # characters of a snippet
BRIEF = 40  # characters below which a paragraph says too little alone
_SENTENCE = re.compile(r"(?<=[.!?…।؟])\s+|(?<=[。！？])|\n+")


@dataclass(frozen=True, slots=True)
class Best:
    """`anchor`: of the paragraph. `words`: how many different words of the question it has."""

    anchor: str
    snippet: str
    words: int


@dataclass
class Marker:
    """Knows which words of a text answer the question. `seen`: the forms marked so far, folded, in order."""

    clause: q.Clause
    languages: tuple[str, ...]
    seen: dict[str, None] = field(default_factory=dict)
    _stems: dict[str, int] = field(default_factory=dict)
    _exact: dict[str, int] = field(default_factory=dict)
    _prefixes: list[tuple[str, int]] = field(default_factory=list)
    _fuzzy: list[tuple[str, int, int]] = field(default_factory=list)
    _known: dict[tuple[str, str], int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, clause in enumerate(leaves(self.clause)):
            match clause:
                case q.WordClause():
                    self._exact.setdefault(clause.term, number)
                    for language in self.languages:
                        for stem in stems(clause.whole, language):
                            self._stems.setdefault(stem, number)
                case q.PrefixClause():
                    self._prefixes.append((clause.term, number))
                case q.FuzzyClause():
                    self._fuzzy.append((clause.term, clause.distance, number))

    @property
    def terms(self) -> tuple[str, ...]:
        """What a page may mark: the words asked for, then the forms that were found."""
        return tuple(dict.fromkeys([*self._exact, *(prefix for prefix, _ in self._prefixes), *self.seen]))[:40]

    def number(self, piece: Piece, language: str) -> int | None:
        """Which word of the question this is, None when it is none of them."""
        key = (piece.term, language)
        if key not in self._known:
            self._known[key] = self._look_up(piece, language)
        return self._known[key]

    def _look_up(self, piece: Piece, language: str) -> int | None:
        if piece.term in self._exact:
            return self._exact[piece.term]
        for stem in stems(piece.whole, language):
            if stem in self._stems:
                return self._stems[stem]
        for prefix, number in self._prefixes:
            if piece.term.startswith(prefix):
                return number
        for term, most, number in self._fuzzy:
            if distance(term, piece.term, most) <= most:
                return number
        return None

    def spans(self, text: str, language: str) -> list[tuple[int, int, int]]:
        """(start, end, which word of the question) of what is to be marked, in order, not overlapping."""
        language = primary(language)
        found: list[tuple[int, int, int]] = []
        for word in words(text):
            for piece in word.pieces:
                number = self.number(piece, language)
                if number is None:
                    continue
                start, end = word.start + piece.start, word.start + piece.end
                if found and start < found[-1][1]:  # overlapping pairs of an unspaced run become one mark
                    found[-1] = (found[-1][0], max(end, found[-1][1]), found[-1][2])
                else:
                    found.append((start, end, number))
        return found


def leaves(clause: q.Clause) -> Iterator[q.WordClause | q.PrefixClause | q.FuzzyClause]:
    """The words of a question that a reader wants to see: none behind a NOT, none of a filter."""
    match clause:
        case q.WordClause() | q.PrefixClause() | q.FuzzyClause():
            yield clause
        case q.PhraseClause():
            yield from (q.WordClause(word.term, "", word.field) for word in clause.words)
        case q.AllClause() | q.AnyClause() | q.LooseClause():
            for child in clause.clauses:
                yield from leaves(child)


def best_block(blocks: Sequence[tuple[str, str]], language: str, marker: Marker) -> Best:
    """The paragraph with most different words of the question, then most marks, then the first.

    A paragraph that is hardly more than a word (a term whose definition follows) is shown with the next one.
    """
    if not blocks:
        return Best("", "", 0)
    spans = [marker.spans(text, language) for _, text in blocks]
    at = max(range(len(blocks)), key=lambda i: (len({n for _, _, n in spans[i]}), min(len(spans[i]), 8), -i))
    anchor, text = blocks[at]
    marker.seen.update(dict.fromkeys(fold(text[start:end]) for start, end, _ in spans[at]))
    words = len({number for _, _, number in spans[at]})
    if len(text) < BRIEF and at + 1 < len(blocks):
        text = f"{text} – {blocks[at + 1][1]}"
        return Best(anchor, _snippet(text, marker.spans(text, language)), words)
    return Best(anchor, _snippet(text, spans[at]), words)


def _snippet(text: str, spans: list[tuple[int, int, int]]) -> str:
    start, end = _window(text, spans)
    parts = ["… " if start > 0 else ""]
    at = start
    for first, last, _ in spans:
        if first >= start and last <= end:
            parts += [escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>"]
            at = last
    parts += [escape(text[at:end].rstrip()), " …" if end < len(text.rstrip()) else ""]
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def _window(text: str, spans: list[tuple[int, int, int]]) -> tuple[int, int]:
    """The sentence or two that hold most words; cut at a space when they are longer than a snippet."""
    if len(text) <= LONGEST:
        return 0, len(text)
    starts = [0, *(match.end() for match in _SENTENCE.finditer(text))]
    ends = [*starts[1:], len(text)]
    best, most = (0, min(len(text), LONGEST)), (-1, -1)
    for i, start in enumerate(starts):
        end = ends[i]
        if i + 1 < len(ends) and ends[i + 1] - start <= LONGEST:
            end = ends[i + 1]
        inside = [span for span in spans if span[0] >= start and span[1] <= end]
        if end - start > LONGEST:
            start, end = _shorter(text, start, end, inside)
            inside = [span for span in inside if span[0] >= start and span[1] <= end]
        worth = (len({number for _, _, number in inside}), len(inside))
        if worth > most:
            best, most = (start, end), worth
    return best


def _shorter(text: str, start: int, end: int, spans: list[tuple[int, int, int]]) -> tuple[int, int]:
    first = spans[0][0] if spans else start
    left = max(start, first - LONGEST // 4)
    if left > start:
        space = text.find(" ", left, first)
        left = space + 1 if space >= 0 else left
    right = min(end, left + LONGEST)
    if right < end:
        space = text.rfind(" ", left + LONGEST // 2, right)
        right = space if space >= 0 else right
    return left, right
