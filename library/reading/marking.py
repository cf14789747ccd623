"""Marking the words of a search in a section's HTML, so that who arrives from a result sees what was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape, unescape

from indexer import analysis
from library.reading import fragments

MOST_WORDS = 24
LONGEST = 1_000  # characters of the address that are looked at
MOST_MARKS = 2_000  # on one page
LONGEST_KEPT = 100_000  # characters of a page of which is kept where its words are; so all kept ones take at most 80 MB
_UNTOUCHED = frozenset({"script", "style", "mark"})
_NO_CHARACTERS = [chr(code) for code in range(0xFDD0, 0xFDF0)]  # of any text (Unicode 3.4, D14)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words to mark in a text of `language`: as terms, and as stems where the language has a stemmer."""

    terms: frozenset[str]
    stems: frozenset[str]
    language: str

    def has(self, piece: analysis.Piece) -> bool:
        """Whether this piece of a word is one of them."""
        if piece.term in self.terms:
            return True
        return bool(self.stems) and any(stem in self.stems for stem in analysis.stems(piece.whole, self.language))


class _Places(dict[str, tuple[tuple[int, int], ...]]):
    """Where a raw word of a text has one of `wanted`: found out once for a word that stands there a hundred times."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted

    def __missing__(self, raw: str) -> tuple[tuple[int, int], ...]:
        pieces = (piece for piece in analysis.analyse(raw) if not piece.joined and self._wanted.has(piece))
        found = self[raw] = tuple((piece.start, piece.end) for piece in pieces)
        return found


def wanted(values: Iterable[str], language: str) -> Wanted | None:
    """What the values of `?hl=` ask to be marked, at most MOST_WORDS words; None when they ask for nothing."""
    language = analysis.primary(language)
    text = " ".join(values)[:LONGEST]
    pieces = [piece for word in analysis.words(text) for piece in word.pieces if not piece.joined and not piece.tail]
    pieces = pieces[:MOST_WORDS]
    if not pieces:
        return None
    stems = (stem for piece in pieces for stem in analysis.stems(piece.whole, language))
    return Wanted(frozenset(piece.term for piece in pieces), frozenset(stems), language)


def mark(html: str, words: Wanted | None) -> str:
    """`html` with `<mark>` around the words wanted; the very same without any."""
    if words is None or not html.strip():
        return html
    return (_kept if len(html) <= LONGEST_KEPT else _Text)(html, words.language).marked(words)


class _Text:
    """HTML taken apart into what is read and what stands between, so that words in it can be marked again and again."""

    def __init__(self, html: str, language: str) -> None:
        self._html = html
        self._language = language
        self._parts = _apart(html)  # the odd ones are texts, escaped
        self._known = False

    def marked(self, words: Wanted) -> str:
        """The HTML with these words marked."""
        places = _Places(words)
        parts: list[str] = []
        made = 0
        for number in self._where(words):
            text = unescape(self._parts[number])
            spans = _spans(text, places)
            if spans:
                parts = parts or [*self._parts]
                parts[number] = _marked(text, spans)
                made += len(spans)
                if made >= MOST_MARKS:
                    break
        return "".join(parts) or self._html

    def _where(self, words: Wanted) -> Iterable[int]:
        """Which texts may have these words: all for the first who asks, as an index would cost more than one look."""
        if not self._known:
            self._known = True
            return range(1, len(self._parts), 2)
        found: set[int] = set()
        for key in (*words.terms, *words.stems):
            at = self._index.find(f"\n{key}\t")
            if at >= 0:
                numbers = self._index[at + len(key) + 2 : self._index.index("\n", at + 1)]
                found.update(map(int, numbers.split(" ")))
        return sorted(found)

    @cached_property
    def _index(self) -> str:
        """A line for each term and stem, with the numbers of the texts that have it. A dict would take ten times as much."""
        keys: dict[str, set[str]] = {}
        found: dict[str, list[int]] = {}
        for number in range(1, len(self._parts), 2):
            raws = set(analysis.split(unescape(self._parts[number]))[1::2])
            for raw in raws - keys.keys():
                pieces = [piece for piece in analysis.analyse(raw) if not piece.joined]
                stems = (stem for piece in pieces for stem in analysis.stems(piece.whole, self._language))
                keys[raw] = {*stems, *(piece.term for piece in pieces)}
            for key in set().union(*(keys[raw] for raw in raws)):
                found.setdefault(key, []).append(number)
        return "".join(f"\n{key}\t{' '.join(map(str, numbers))}" for key, numbers in found.items()) + "\n"


_kept = lru_cache(maxsize=256)(_Text)


def _apart(html: str) -> list[str]:
    root = fragments.parse(html)
    sign = next((sign for sign in _NO_CHARACTERS if sign not in html), "")
    texts = 0
    for element in root.iter() if sign else ():
        # A comment's text is no text; what follows it is.
        if isinstance(element.tag, str) and element.tag not in _UNTOUCHED and element.text:
            element.text = f"{sign}{element.text}{sign}"
            texts += 1
        if element is not root and element.tail:
            element.tail = f"{sign}{element.tail}{sign}"
            texts += 1
    parts = fragments.inner(root).split(sign) if texts else [html]
    # Another number of them: the sign stood there after all, as a reference to a character.
    return parts if len(parts) == 2 * texts + 1 else [html]


def _spans(text: str, words: _Places) -> list[tuple[int, int]]:
    """Where `text` has a word that is wanted: in order, those that touch as one."""
    parts = analysis.split(text)
    places = [words[raw] for raw in parts[1::2]]
    if not any(places):
        return []
    found: list[tuple[int, int]] = []
    at = 0
    for between, raw, here in zip(parts[::2], parts[1::2], places, strict=False):
        at += len(between)
        for first, last in here:
            start, end = at + first, at + last
            if found and start <= found[-1][1]:  # overlapping pairs of Chinese, Thai …
                start = found.pop()[0]
            found.append((start, end))
        at += len(raw)
    return found


def _marked(text: str, spans: list[tuple[int, int]]) -> str:
    """A text as HTML, with marks."""
    written = []
    at = 0
    for start, end in spans:
        written.append(f"{escape(text[at:start], quote=False)}<mark>{escape(text[start:end], quote=False)}</mark>")
        at = end
    return "".join(written) + escape(text[at:], quote=False)
