"""Scripts: which one a text is written in, which language writes it where only one does, and in which direction."""

from __future__ import annotations

import unicodedata
from collections import Counter

SAMPLE = 4000  # characters that are looked at
# Scripts that (among the languages the guesser knows) one language writes, so that few letters are enough.
ONE_LANGUAGE = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "THAI": "th", "LAO": "lo", "KHMER": "km", "MYANMAR": "my",
    "GREEK": "el", "HEBREW": "he", "ARMENIAN": "hy", "GEORGIAN": "ka", "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn",
    "MALAYALAM": "ml", "GUJARATI": "gu", "GURMUKHI": "pa", "SINHALA": "si", "BENGALI": "bn", "ETHIOPIC": "am",
    "TIBETAN": "bo", "ORIYA": "or",
}  # fmt: skip

_RIGHT_TO_LEFT = frozenset(
    ("ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "pnb", "ps", "sd", "syr", "ug", "ur", "yi")
)
_RIGHT_TO_LEFT_SCRIPTS = frozenset(["adlm", "arab", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"])


def script_of(text: str) -> str:
    """The Unicode name's first word of most letters ("LATIN", "CJK"…), "" without letters; kana decide against Han."""
    counts: Counter[str] = Counter()
    for character, times in Counter(text[:SAMPLE]).items():
        if character.isalpha():
            counts[unicodedata.name(character, "?").split()[0]] += times
    if not counts:
        return ""
    kana = counts["HIRAGANA"] + counts["KATAKANA"]
    if kana and kana * 12 > counts["CJK"] and kana + counts["CJK"] > sum(counts.values()) / 3:
        return "HIRAGANA"
    return counts.most_common(1)[0][0]


def direction(tag: str) -> str:
    """ "rtl" for a language written from right to left, else "ltr"."""
    parts = tag.lower().split("-")
    for part in parts[1:]:
        if len(part) == 4 and part.isalpha():
            return "rtl" if part in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if parts[0] in _RIGHT_TO_LEFT else "ltr"
