"""Slugs: readable addresses from titles in any script."""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 80
_APOSTROPHES = re.compile(r"['’ʼ`]")
_LATIN = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i"}


def slugify(text: str, default: str = "piece") -> str:
    """`text` as lower-case words joined by hyphens, at most 80 characters, cut at a word.

    Latin letters lose their accents; other scripts are kept as they are (addresses are IRIs: browsers show them).
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = "".join(_LATIN.get(letter, letter) for letter in _APOSTROPHES.sub("", folded))
    kept: list[str] = []
    for letter in unicodedata.normalize("NFD", folded):
        if letter.isalnum():
            kept.append(letter)
        elif not unicodedata.category(letter).startswith("M"):
            kept.append("-")
        elif kept and not kept[-1].isascii():
            kept.append(letter)  # a mark of its word; over a Latin letter it is an accent, and goes
    words = unicodedata.normalize("NFC", "".join(kept))
    slug = re.sub("-+", "-", words).strip("-")
    if len(slug) > MAX_LENGTH:
        cut = slug[: MAX_LENGTH + 1].rpartition("-")[0]
        slug = cut if len(cut) > MAX_LENGTH // 2 else slug[:MAX_LENGTH]
    return slug.strip("-") or default


def is_slug(text: str) -> bool:
    """Whether `text` could be a slug: unchanged by `slugify`."""
    return bool(text) and slugify(text, default="") == text
