"""Words that look alike: for `word~` and for "did you mean"."""

import unicodedata
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.segments import SegmentView

ALWAYS_FEW = 3  # letters; shorter words have too many neighbours to guess


Alike = dict[tuple[str, str], tuple[int, list[str]]]
"""(segment, initial letter) → the first of the words that begin so, and these; kept for one question."""


def near(word: str, views: Iterable[SegmentView], most: int, alike: Alike) -> list[tuple[str, int, int]]:
    """(word, distance, sections) of words within `most` changes, nearest and most frequent first.

    A change inserts, deletes or replaces a letter or swaps two neighbours: optimal string alignment, Damerau 1964,
    one change per place. The first letter may differ only when the rest is the same; this keeps the look through
    a dictionary of 300,000 words short.
    """
    if not word:
        return []
    if len(word) <= ALWAYS_FEW:
        most = 1
    found: dict[str, tuple[int, int]] = {}
    for view in views:
        if (view.name, word[0]) not in alike:
            first, last = view.terms.beginning_with(word[0].encode("utf-8", "surrogatepass"))
            begins = [str(term, "utf-8", "surrogatepass") for term in view.terms.part(first, last)]
            alike[view.name, word[0]] = (first, begins)
        first, begins_alike = alike[view.name, word[0]]
        close = process.extract(word, begins_alike, scorer=OSA.distance, score_cutoff=most, limit=None)
        at = [(other, int(distance), first + place) for other, distance, place in close]
        for other in _other_beginnings(word):
            place = view.terms.find(other.encode("utf-8", "surrogatepass"))
            if place >= 0:
                at.append((other, 1, place))
        for other, distance, place in at:
            if other != word:
                _, sections = found.get(other, (0, 0))
                found[other] = (distance, sections + int(view.frequencies[place]))
    return sorted(((other, *values) for other, values in found.items()), key=lambda item: (item[1], -item[2], item[0]))


def _other_beginnings(word: str) -> set[str]:
    """Words one change at the first letter away, with letters of the same script."""
    letters = _alphabet(word[0])
    found = {word[1:], word[1:2] + word[:1] + word[2:]}
    found.update(letter + rest for letter in letters for rest in (word, word[1:]))
    return {other for other in found if other and other[0] != word[0]}


def _alphabet(letter: str) -> list[str]:
    """Letters that stand near a letter in Unicode's tables and belong to its script; few, in any alphabet."""
    script = unicodedata.name(letter, "").split(" ")[0]
    code = ord(letter)
    around = map(chr, range(max(0, code - 64), code + 64))
    return [other for other in around if other.isalpha() and unicodedata.name(other, "").startswith(script)]
