"""Lines of Arabic, Hebrew, Persian: from where the letters stand to the order in which they are read.

Producers write such lines in either order, some in both, and PDFium turns what it takes to be turned. The places of the
letters do not lie: from them comes the visual order, and from that, by the levels of the Unicode Bidirectional
Algorithm (UAX 9, rule L2 is its own inverse), the logical one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LAM = "\u0644"
_ALEFS = "\u0622\u0623\u0625\u0627\u0671"
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_PAIRS = {"(": ")", "[": "]", "{": "}", "«": "»"}
_SEPARATORS = frozenset(".,:/-'٫٬،")
_WITH_NUMBERS = frozenset("%٪‰$€£₪+#°")


def is_mark(character: str) -> bool:
    """Whether it stands above or below the letter before it."""
    return unicodedata.category(character) == "Mn"


def cluster(characters: str, turned: bool) -> str:
    """The letters of one ligature in reading order. `turned`: PDFium turned the line, and these with it."""
    if len(characters) < 2 or not RIGHT_TO_LEFT.search(characters):
        return characters
    if characters[0] == _LAM or not turned:
        # Lam with alef comes in this order from PDFium when it took the ligature apart itself.
        return characters
    if characters[0] in _ALEFS and _LAM in characters:
        return characters[::-1]
    bases = [c for c in characters if not is_mark(c)]
    return characters[::-1] if len(bases) == len(characters) else characters


def logical(clusters: Sequence[str], right_to_left: bool) -> list[tuple[str, bool]]:
    """Clusters as they stand from left to right, in reading order, each with whether it runs from right to left.

    `right_to_left`: the direction of the paragraph. Reading the result again from its own visual order gives it back.
    """
    levels = _levels(clusters, right_to_left)
    order = list(range(len(clusters)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            if end > start:
                order[start:end] = order[start:end][::-1]
            start = max(end, start + 1)
    return [(clusters[place], levels[place] % 2 == 1) for place in order]


def _levels(clusters: Sequence[str], right_to_left: bool) -> list[int]:
    kinds = [_kind(text) for text in clusters]
    _numbers(kinds, clusters)
    base = 1 if right_to_left else 0
    count = len(kinds)
    before: list[str] = []
    last = "R" if right_to_left else "L"
    for kind in kinds:
        if kind in "LR":
            last = kind
        before.append(last)
    levels = [base] * count
    for place, kind in enumerate(kinds):
        if kind == "R":
            levels[place] = 1
        elif kind == "L":
            levels[place] = 2 if right_to_left else 0
        elif kind == "N":
            levels[place] = 2 if right_to_left or before[place] == "R" else 0
    place = 0
    while place < count:
        if kinds[place] != "o":
            place += 1
            continue
        end = place
        while end < count and kinds[end] == "o":
            end += 1
        one = kinds[place - 1] if place else ""
        other = kinds[end] if end < count else ""
        if one and other and "R" not in one + other and "L" in one + other:
            level = 2 if right_to_left else 0
        elif one and other and one in "RN" and other in "RN":
            level = 1
        else:
            level = base
        levels[place:end] = [level] * (end - place)
        place = end
    return levels


def _kind(text: str) -> str:
    """ "R" or "L" for a letter of that direction, "N" for a digit, "o" for what has no direction of its own."""
    for character in text:
        match unicodedata.bidirectional(character):
            case "R" | "AL":
                return "R"
            case "L":
                return "L"
            case "EN" | "AN":
                return "N"
    return "o"


def _numbers(kinds: list[str], clusters: Sequence[str]) -> None:
    """Signs within a number and beside it belong to it."""
    for place in range(1, len(kinds) - 1):
        if kinds[place] == "o" and kinds[place - 1] == kinds[place + 1] == "N" and clusters[place] in _SEPARATORS:
            kinds[place] = "N"
    for place, text in enumerate(clusters):
        beside = kinds[max(0, place - 1)] == "N" or kinds[min(len(kinds) - 1, place + 1)] == "N"
        if kinds[place] == "o" and text in _WITH_NUMBERS and beside:
            kinds[place] = "N"


def mirrored(read: Sequence[tuple[str, bool]]) -> str:
    """The text with the brackets of its right-to-left parts turned round."""
    return "".join(text.translate(_MIRRORED) if turned else text for text, turned in read)


def unbalanced(text: str) -> int:
    """How many brackets of a text have no partner."""
    open_ones: list[str] = []
    wrong = 0
    for character in text:
        if character in _PAIRS:
            open_ones.append(_PAIRS[character])
        elif character in _PAIRS.values():
            if open_ones and open_ones[-1] == character:
                open_ones.pop()
            else:
                wrong += 1
    return wrong + len(open_ones)


def letters(text: str) -> tuple[int, int]:
    """(letters that run from right to left, other letters)."""
    right = len(RIGHT_TO_LEFT.findall(text))
    return right, sum(c.isalpha() for c in text) - right
