"""How long a text takes to read."""

from __future__ import annotations

# Characters a minute. Trauzettel-Klosinski & Dietz 2012 (IReST, 17 languages) measured about 990 for alphabetic
# scripts, less for Chinese and Japanese; Thai, Khmer, Burmese and Lao write about as many letters as alphabetic ones.
ALPHABETIC = 980
_DENSE = {"zh": 255, "ja": 357, "ko": 420}


def minutes(characters: int, language: str) -> int:
    """Minutes to read `characters` of text in `language` (BCP 47), at least 1."""
    pace = _DENSE.get(language.split("-")[0].lower(), ALPHABETIC)
    return max(1, round(characters / pace))
