"""Text as databases, feeds and pages can hold it: without what no XML may hold, and without what turns the writing."""

from __future__ import annotations

import re
import unicodedata

_NONE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_HIGH = re.compile("[\x80-\x9f]")
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_QUOTED = re.compile("\xe2\x80[\x80-\xbf]")  # ’ “ ” – … in UTF-8, read as Latin-1
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # they go on beyond the title that they stand in
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f")  # letters and marks by their category, yet blank


def storable(text: str) -> str:
    """`text` without control characters (but tabs and line ends), lone surrogates, NUL and noncharacters.

    U+0080 to U+009F stand where Windows-1252 or UTF-8 was read as Latin-1: nobody types them, no page of HTML may hold
    them. They become the signs that were meant, as a browser does with `&#146;`.
    """
    text = _NONE.sub("", text)
    if not _HIGH.search(text):
        return text
    return _QUOTED.sub(lambda found: found[0].encode("latin-1").decode("utf-8"), text).translate(_WINDOWS)


def line(text: str) -> str:
    """The same in one line, white space made single blanks, without overrides of the direction of writing."""
    return " ".join(_TURNS.sub("", storable(text)).split())


def is_seen(text: str) -> bool:
    """Whether a reader sees anything of `text`: it is not all blanks, joiners and other invisible characters."""
    return any(c not in _UNSEEN and unicodedata.category(c)[0] not in "CZ" for c in text)
