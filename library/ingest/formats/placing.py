"""Pictures where they stand: a reader leaves a mark in its text for each, which becomes the picture, or its description."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from library.ingest import keeping
from library.ingest.extraction import Found
from library.ingest.keeping import Album

OPEN, CLOSE = "\ue0f0", "\ue0f1"  # private-use characters around a picture's number, from 1 on
_MARK = re.compile(f"{OPEN}(\\d{{1,6}}){CLOSE}")
_DATA = re.compile(r"data:image/[\w.+-]+((?:;[\w.+=-]+)*),(.*)", re.DOTALL | re.IGNORECASE)

Contents = Callable[[int, "Place"], bytes | None]
"""The bytes of the picture with a number, None where the file does not hold them."""


@dataclass(frozen=True, slots=True)
class Place:
    """A picture as a text shows it. `source`: what the text calls it; `alt`, `title`: what is said about it."""

    source: str
    alt: str = ""
    title: str = ""


def mark(number: int) -> str:
    """What stands in a text for the picture with this number."""
    return f"{OPEN}{number}{CLOSE}"


def settle(found: Found, places: Sequence[Place], contents: Contents) -> None:
    """Replace the marks in what was found by the pictures of `places`, which are kept; warn of those left out.

    A picture that is too small to be one (a bullet, a spacer) goes without a word, but for its description.
    """
    album, missing = Album(), set[str]()
    shown: list[tuple[str, str]] = []
    for number, place in enumerate(places, start=1):
        alt, title = keeping.described(place.alt), keeping.described(place.title)
        content = contents(number, place)
        picture = album.add(content) if content else None
        if not content:
            missing.add(place.source)
        in_text = f"{alt} {title}".strip() if title != alt else alt
        shown.append((keeping.markdown_of(picture, alt, title) if picture else keeping.left_out(in_text), in_text))
    found.markdown = _MARK.sub(lambda one: _of(shown, one)[0], found.markdown)
    found.text = _MARK.sub(lambda one: _of(shown, one)[1], found.text)
    found.pictures = [picture for picture in album.pictures if picture.kept in found.markdown]
    found.warnings += keeping.warning(album.left_out + len(missing))


def of_data(address: str) -> bytes | None:
    """The content of a `data:` address of a picture; None for any other address and for a broken one."""
    found = _DATA.match(address.strip())
    if not found:
        return None
    content = unquote_to_bytes("".join(found[2].split()))
    if not found[1].lower().endswith(";base64"):
        return content
    try:
        return base64.b64decode(content)
    except (binascii.Error, ValueError):
        return None


def _of(shown: Sequence[tuple[str, str]], found: re.Match[str]) -> tuple[str, str]:
    number = int(found[1])
    return shown[number - 1] if 0 < number <= len(shown) else ("", "")
