"""Whether a page's text is what it shows: some fonts hide which letters they draw."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

FEW = 40  # characters of a page below which nothing is said
_HIDDEN = re.compile("[\ue000-\uf8ff\ufffd\x00-\x1f\x7f-\x9f\U000f0000-\U0010fffd]")
_SIGN = re.compile(r"[^\w\u0900-\u109f]|_")  # neither a letter nor a digit, nor a vowel sign of an Indic script
_LEADER = re.compile("[._…–—·•-]")
_LATIN = re.compile("[A-Za-zÀ-ɏḀ-ỿ]")
_VOWEL = re.compile("[aeiouyæœøıà-æè-ïò-öøùúûüýÿāăąēĕėęěĩīĭįōŏőũūŭůűųơưạ-ỹ]", re.IGNORECASE)
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]|[A-Za-z][0-9@#$%^&*<>=+|\\~]+[A-Za-z]")


def is_garbled(texts: Sequence[str]) -> bool:
    """Whether the lines of a page are codes of a font rather than letters, by what letters are like in any language."""
    text = "".join("\n".join(texts).split())
    if not text:
        return False
    if len(_HIDDEN.findall(text)) > 0.3 * len(text):
        return True
    if len(text) < FEW:
        return False
    signs = _SIGN.findall(text)
    if len(signs) > 0.65 * len(text) and len(_LEADER.findall(text)) < 0.4 * len(text):
        return True
    latin = _LATIN.findall(text)
    if len(latin) < 2 * FEW or len(latin) < 0.8 * (len(text) - len(signs)):
        return False
    vowels = len(_VOWEL.findall(text))
    if vowels < 0.16 * len(latin):
        return True
    if vowels > 0.3 * len(latin):
        return False
    # Codes shifted along the alphabet keep some vowels, but neither the common letters nor the shape of words.
    bare = unicodedata.normalize("NFD", "".join(latin)).casefold()
    if sum(map(bare.count, "eaionrst")) < 0.36 * len(latin):
        return True
    words = [word for line in texts for word in line.split() if len(word) > 3]
    misshapen = sum(bool(_INNER_CAPITAL.search(word)) for word in words)
    return misshapen > 0.35 * len(words) > 5
