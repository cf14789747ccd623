"""Whether a page's text is what it shows: some fonts hide which letters they draw."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

FEW = 40  # characters of a page below which nothing is said
_VOWELS = frozenset("aeiouyæœøıɛɔ")
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]|[A-Za-z][0-9@#$%^&*<>=+|\\~]+[A-Za-z]")


def is_garbled(texts: Sequence[str]) -> bool:
    """Whether the lines of a page are codes of a font rather than letters, by what letters are like in any language."""
    text = "".join("".join(line.split()) for line in texts)
    if not text:
        return False
    odd = sum(unicodedata.category(c) in ("Co", "Cn", "Cc") or c == "\ufffd" for c in text)
    if odd > 0.3 * len(text):
        return True
    if len(text) < FEW:
        return False
    letters = [c for c in text if c.isalpha()]
    digits = sum(c.isdigit() for c in text)
    if len(letters) + digits < 0.35 * len(text) and sum(c in ".…_-–—·•" for c in text) < 0.4 * len(text):
        return True
    latin = [unicodedata.normalize("NFD", c)[0].lower() for c in letters if c < "\u0250"]
    if len(latin) < 2 * FEW or len(latin) < 0.8 * len(letters):
        return False
    vowels = sum(c in _VOWELS for c in latin)
    if vowels < 0.16 * len(latin):
        return True
    # Codes shifted along the alphabet keep some vowels, but not the shape of words.
    words = [word for line in texts for word in line.split() if len(word) > 3]
    misshapen = sum(bool(_INNER_CAPITAL.search(word)) for word in words)
    return vowels < 0.26 * len(latin) and misshapen > 0.35 * len(words) > 5
