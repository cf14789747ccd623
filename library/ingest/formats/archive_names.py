"""Names of an archive's members: for people, never paths."""

from __future__ import annotations

import re
import unicodedata
import zipfile

from library.ingest import encodings

_LONGEST = 300
_CLUTTER = re.compile(r"(?i)(?:^|/)(?:__macosx|\.[^/.][^/]*)(?:/|$)|(?:^|/)(?:thumbs\.db|desktop\.ini|~\$[^/]*)$")
_UTF8 = 0x800  # the flag of a name that is in UTF-8


def is_clutter(name: str) -> bool:
    """Whether nobody put it there: hidden files, what systems and office programs leave behind."""
    return bool(_CLUTTER.search(name))


def shown(members: list[zipfile.ZipInfo]) -> list[str]:
    """The members' names for people. Those not marked as UTF-8 are in whatever code page their machine had: guessed
    from all of them together, since one name alone is too short to tell.
    """
    raw = [info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437", "replace") for info in members]
    old = [name for name, info in zip(raw, members, strict=True) if not info.flag_bits & _UTF8]
    decoded = iter(_decoded(old))
    return [
        cleaned(name.decode("utf-8", "replace") if info.flag_bits & _UTF8 else next(decoded))
        for name, info in zip(raw, members, strict=True)
    ]


def _decoded(names: list[bytes]) -> list[str]:
    if all(name.isascii() for name in names):
        return [name.decode("ascii") for name in names]
    try:
        return [name.decode("utf-8") for name in names]
    except UnicodeDecodeError:
        pass
    if _is_cp437(names):
        return [name.decode("cp437") for name in names]
    joined, _ = encodings.decode(b"\n".join(name.replace(b"\n", b" ") for name in names))
    lines = joined.split("\n")
    return lines if len(lines) == len(names) else [name.decode("cp437") for name in names]


def _is_cp437(names: list[bytes]) -> bool:
    """Whether the letters beyond ASCII are the accented ones of the code page that ZIP itself prescribes, and few."""
    letters = b"".join(names)
    high = [byte for byte in letters if byte > 127]
    return all(0x80 <= byte <= 0xA8 or byte == 0xE1 for byte in high) and len(high) < 0.3 * len(letters)


def cleaned(name: str) -> str:
    """A member's name as people see it. It is never a path: `..` and drive letters are but letters here."""
    shown = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", name.replace("\\", "/")))
    return " ".join(shown.split()).strip("/")[-_LONGEST:] or "file"
