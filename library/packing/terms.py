"""An inverted index small enough for a script in a pack: text → words as `static/js/offline-search.js` takes them too.

Both sides fold alike, so that a word is found however it is accented or written: accents of Latin, Greek and Cyrillic
letters, vowel signs of Arabic and Hebrew, forms of alif and the Arabic article make no difference; scripts written
without blanks (Chinese, Japanese, Thai, Khmer, Burmese, Lao) are cut into pairs of letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

LONGEST = 40  # letters of a word that count
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i", "ς": "σ",
        "ٱ": "ا", "ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي",
    }
)  # fmt: skip
_ARTICLE = re.compile("^[وفبك]?ال(?=..)|^لل(?=..)")


@dataclass(slots=True)
class Index:
    """Sections and the words in them, growing piece by piece. `pages`: [address, title, language, direction, piece]."""

    pages: list[list[Any]] = field(default_factory=list)
    sections: list[list[Any]] = field(default_factory=list)  # [page, anchor, heading, words]
    postings: dict[str, list[str]] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)

    def page(self, address: str, title: str, language: str, direction: str, piece: int) -> None:
        """The page that the next sections stand on."""
        self.pages.append([address, title, language, direction, piece])

    def section(self, anchor: str, heading: str, text: str) -> None:
        """A section of the last page; words of its heading count thrice."""
        counted = Counter(words(text))
        length = sum(counted.values())
        for word in words(heading):
            counted[word] += 3
        number = len(self.sections)
        self.sections.append([len(self.pages) - 1, anchor, heading, length])
        for word, times in counted.items():
            step = _short(number - self.last.get(word, 0))
            self.postings.setdefault(word, []).append(step if times == 1 else f"{step}*{_short(times)}")
            self.last[word] = number

    def told(self) -> dict[str, Any]:
        """What the script reads: postings are steps from section to section in base 36, `*` how often, if not once."""
        held = {word: " ".join(steps) for word, steps in sorted(self.postings.items())}
        return {"pages": self.pages, "sections": self.sections, "words": held}


def words(text: str) -> Iterator[str]:
    """The words of a text, folded."""
    for token in _tokens(unicodedata.normalize("NFKC", text)):
        for run in _RUNS.findall(token):
            if _IS_UNSPACED.match(run):
                yield from _pairs(run)
            elif folded := fold(run):
                yield folded


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """A word in the form in which it is compared."""
    lower = unicodedata.normalize("NFKD", word).lower()
    bare = unicodedata.normalize("NFC", _MARKS.sub("", lower)).translate(_LETTERS)
    return _ARTICLE.sub("", bare)[:LONGEST]


def _tokens(text: str) -> Iterable[str]:
    """Runs of letters, digits and their marks."""
    return "".join(letter if _is_letter(letter) else " " for letter in text).split()


@lru_cache(maxsize=20_000)
def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LMN"


def _pairs(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for place in range(len(run) - 1):
        yield run[place : place + 2]


def _short(number: int) -> str:
    """In base 36, as JavaScript's parseInt reads it."""
    found = ""
    while True:
        number, digit = divmod(number, 36)
        found = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + found
        if not number:
            return found
