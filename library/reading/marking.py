"""Marking the words of a search in a section's HTML, so that who arrives from a result sees what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from lxml import html as lxml_html

from indexer import analysis

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
    root = lxml_html.fragment_fromstring(html, create_parent="div", parser=_parser())
    made = 0
    for element in list(root.iter()):
        if made >= MOST_MARKS:
            break
        # A comment's text is no text; what follows it is.
        if isinstance(element.tag, str) and element.tag not in _UNTOUCHED:
            made += _mark_text(element, words)
        if element is not root:
            made += _mark_tail(element, words)
    if not made:
        return html
    inner = "".join(lxml_html.tostring(child, encoding="unicode") for child in root)
    return escape(root.text or "", quote=False) + inner


def _spans(text: str, words: Wanted) -> list[tuple[int, int]]:
    """Where `text` has a word that is wanted: in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for word in analysis.words(text):
        for piece in word.pieces:
            if not piece.joined and words.has(piece):
                start, end = word.start + piece.start, word.start + piece.end
                if found and start <= found[-1][1]:  # overlapping pairs of Chinese, Thai …
                    start = found.pop()[0]
                found.append((start, end))
    return found


def _mark_text(element: Any, words: Wanted) -> int:
    text = element.text or ""
    spans = _spans(text, words)
    if spans:
        element.text = text[: spans[0][0]]
        for number, made in enumerate(_made(text, spans)):
            element.insert(number, made)
    return len(spans)


def _mark_tail(element: Any, words: Wanted) -> int:
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


def _parser() -> Any:
    return lxml_html.HTMLParser(huge_tree=True, encoding="utf-8")
