"""Text as databases, feeds and pages can hold it: without what no XML may hold, and without what turns the writing."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_LAST = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_NONE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef{_LAST}\ud800-\udfff]")
# All but compatibility ideographs: people's names are written with these, and composing makes others of them.
_COMPOSABLE = re.compile("[^\uf900-\ufaff\U0002f800-\U0002fa1f]+")
_MOST_MARKS = 30  # on one letter, UAX #15, D3; ordering them takes the square of their number
_DENSE = re.compile(f"[\u0300-\U0001ffff]{{{_MOST_MARKS + 1},}}")  # where marks may be so many; looked for quickly
_JOINER = "\u034f"
_HIGH = re.compile("[\x80-\x9f]")
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_QUOTED = re.compile("\xe2\x80[\x80-\xbf]")  # ’ “ ” – … in UTF-8, read as Latin-1
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # they go on beyond the title that they stand in
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f")  # letters and marks by their category, yet blank


def storable(text: str) -> str:
    """`text` composed (NFC), without control characters (but tabs and line ends), lone surrogates and noncharacters.

    U+0080 to U+009F stand where Windows-1252 or UTF-8 was read as Latin-1: nobody types them, no page of HTML may hold
    them. They become the signs that were meant, as a browser does with `&#146;`.
    """
    text = _NONE.sub("", text)
    if text.isascii():
        return text
    if _HIGH.search(text):
        text = _QUOTED.sub(lambda found: found[0].encode("latin-1").decode("utf-8"), text).translate(_WINDOWS)
    return _composed(text)


def line(text: str) -> str:
    """The same in one line, white space made single blanks, without overrides of the direction of writing."""
    return " ".join(_TURNS.sub("", storable(text)).split())


def _composed(text: str) -> str:
    """In normalization form C, which pages are to be in; a letter with very many marks keeps them in several parts."""
    text = _DENSE.sub(lambda run: _heaps().sub(lambda heap: _parted(heap[0]), run[0]), text)
    return _COMPOSABLE.sub(lambda part: unicodedata.normalize("NFC", part[0]), text)


def _parted(marks: str) -> str:
    return _JOINER.join(marks[at : at + _MOST_MARKS] for at in range(0, len(marks), _MOST_MARKS))


@cache
def _heaps() -> re.Pattern[str]:
    """More marks than any writing puts on a letter."""
    marks = "".join(chr(code) for code in range(0x300, 0x20000) if unicodedata.combining(chr(code)))
    return re.compile(f"[{marks}]{{{_MOST_MARKS + 1},}}")


def is_seen(text: str) -> bool:
    """Whether a reader sees anything of `text`: it is not all blanks, joiners and other invisible characters."""
    return any(c not in _UNSEEN and unicodedata.category(c)[0] not in "CZ" for c in text)
