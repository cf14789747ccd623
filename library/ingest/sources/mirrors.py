"""Files of this machine that stand for addresses of the web: what wget and browsers saved beside an export."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

READABLE = frozenset(
    "pdf docx odt epub pptx rtf txt text md markdown html htm xhtml eml xlsx ods csv zip".split()
)  # endings of files in which a text may be
PAGES = ("", ".html", ".htm", "index.html", "index.htm", "/index.html", "/index.htm")


def within(base: Path, relative: str) -> Path | None:
    """The file `relative` below the folder `base`; None where there is none, or where it lies outside of it.

    A link that leads out of the folder is outside.
    """
    relative = relative.replace("\\", "/")
    if not relative or "\0" in relative or relative.startswith("/"):
        return None
    try:
        found = (base / relative).resolve()
        if not found.is_file() or not found.is_relative_to(_resolved(base)):
            return None
        plain = base / posixpath.normpath(relative)
        return plain if plain.is_file() else base / relative
    except (OSError, ValueError, RuntimeError):  # names too long, loops of links
        return None


def of_address(base: Path, address: str) -> Path | None:
    """The file below `base` in which the page or file at `address` was saved, as wget lays it out; None without one."""
    for relative in _places(address):
        found = within(base, relative)
        if found is not None:
            return found
    return None


def last_part(address: str) -> str:
    """The file's name at the end of an address, decoded; "" where it names a folder."""
    try:
        return unquote(urlsplit(address.replace("\\", "/")).path).rpartition("/")[2]
    except ValueError:
        return ""


def readable(name: str) -> bool:
    """Whether a file's name is one of a text, rather than of a picture or a recording."""
    return name.lower().rpartition(".")[2] in READABLE


def _places(address: str) -> Iterator[str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    if not parts.netloc:
        return
    host = parts.netloc.rpartition("@")[2].lower()
    hosts = [host, host.partition(":")[0]]
    hosts += [one[4:] if one.startswith("www.") else f"www.{one}" for one in hosts]
    for path in dict.fromkeys((unquote(parts.path), parts.path)):
        for asked in (f"?{parts.query}", f"@{parts.query}") if parts.query else ("",):
            for folder in (*dict.fromkeys(hosts), ""):
                place = f"{folder}/{path.lstrip('/')}" if folder else path.lstrip("/")
                if asked == "" and (place.endswith("/") or not place):
                    yield f"{place}index.html"
                    yield f"{place}index.htm"
                    continue
                if asked and (place.endswith("/") or not place):
                    place += "index.html"
                for ending in PAGES:
                    yield f"{place}{asked}{ending}"


@lru_cache(maxsize=64)
def _resolved(base: Path) -> Path:
    return base.resolve()
