"""Marking the words of a search in a section's HTML, so that who arrives from a result sees what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import html as lxml_html

from indexer import analysis
from library.reading import fragments

MOST_WORDS = 24
LONGEST = 1_000  # characters of the address that are looked at
MOST_MARKS = 2_000  # on one page
_UNTOUCHED = frozenset({"script", "style", "mark"})


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
    root = fragments.parse(html)
    places = _Places(words)
    made = 0
    for element in list(root.iter()):
        if made >= MOST_MARKS:
            break
        # A comment's text is no text; what follows it is.
        if isinstance(element.tag, str) and element.tag not in _UNTOUCHED:
            made += _mark_text(element, places)
        if element is not root:
            made += _mark_tail(element, places)
    if not made:
        return html
    return fragments.inner(root)


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


def _mark_text(element: Any, words: _Places) -> int:
    text = element.text or ""
    spans = _spans(text, words)
    if spans:
        element.text = text[: spans[0][0]]
        for number, made in enumerate(_made(text, spans)):
            element.insert(number, made)
    return len(spans)


def _mark_tail(element: Any, words: _Places) -> int:
    text = element.tail or ""
    spans = _spans(text, words)
    if spans:
        parent = element.getparent()
        place = parent.index(element) + 1
        element.tail = text[: spans[0][0]]
        for number, made in enumerate(_made(text, spans)):
            parent.insert(place + number, made)
    return len(spans)


def _made(text: str, spans: list[tuple[int, int]]) -> Iterator[Any]:
    for number, (start, end) in enumerate(spans):
        element = lxml_html.Element("mark")
        element.text = text[start:end]
        until = spans[number + 1][0] if number + 1 < len(spans) else len(text)
        element.tail = text[end:until]
        yield element
