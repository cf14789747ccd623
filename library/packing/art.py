"""What a pack shows: its cover, drawn with its title in it, and pictures in forms that reading devices know."""

from __future__ import annotations

import io
import re
import unicodedata
from functools import cache
from pathlib import Path

from flask import render_template
from PIL import Image

from library.catalogue import pictures
from library.catalogue.scripts import direction
from library.packing.leaves import Piece
from library.packing.selecting import Selection
from library.reading import covers
from library.settings import asset_folder

WIDTH, HEIGHT, MARGIN = 1200, 1800, 90
_LINES = 9
_QUALITY = 85
_HUE = re.compile(r"\.(hue-\d+) \{([^}]*)\}")
_COLOUR = re.compile(r"--(\w): (#[0-9a-f]{6})")
_INNER = re.compile(r"<svg[^>]*class=\"([^\"]*)\"[^>]*>(.*)</svg>", re.DOTALL)
MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}


def cover(selection: Selection, first: Piece | None) -> str:
    """An SVG picture of a book's proportions: the drawing that the piece has in the library, its title under it."""
    topic = first.document.shown.topics[0] if first and first.document.shown.topics else selection.name
    drawn = _INNER.search(str(covers.draw(topic, selection.title)))
    hue, inner = (drawn[1].split()[-1], drawn[2]) if drawn else ("", "")
    size, lines = _set(selection.title)
    return render_template(
        "packing/cover.svg",
        width=WIDTH,
        height=HEIGHT,
        margin=MARGIN,
        title=selection.title,
        language=selection.language,
        right=direction(selection.language) == "rtl",
        colours=_hues().get(hue, {"g": "#0f5b54", "a": "#3f8f85", "b": "#1d6d65", "c": "#f3d9a2"}),
        inner=inner,
        lines=lines,
        size=size,
        by=", ".join(first.authors[:3]) if first and selection.single else "",
    )


def known_to_readers(name: str) -> tuple[str, bytes | Path] | None:
    """(ending, content) of a stored picture as PNG or JPEG, which every reading device shows; None where it is missing.

    A WebP becomes a JPEG, or a PNG where it is transparent.
    """
    place = pictures.place(name)
    if not place.is_file():
        return None
    if place.suffix != ".webp":
        return place.suffix, place
    with Image.open(place) as image:
        out = io.BytesIO()
        if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
            image.convert("RGBA").save(out, "PNG", optimize=True)
            return ".png", out.getvalue()
        image.convert("RGB").save(out, "JPEG", quality=_QUALITY, optimize=True)
        return ".jpg", out.getvalue()


@cache
def _hues() -> dict[str, dict[str, str]]:
    """The covers' colours as the design's tokens have them."""
    tokens = (asset_folder("static") / "css" / "tokens.css").read_text(encoding="utf-8")
    return {found[1]: dict(_COLOUR.findall(found[2])) for found in _HUE.finditer(tokens)}


def _set(title: str) -> tuple[int, list[str]]:
    """(size, lines) in which a title fits the cover's width: words are broken only where none is."""
    for size in (110, 92, 76, 62, 50):
        lines = _broken(title, (WIDTH - 2 * MARGIN) / size)
        if len(lines) <= _LINES * 62 / size:
            return size, lines
    return size, [*lines[: _LINES - 1], lines[_LINES - 1] + " …"]


def _broken(title: str, width: float) -> list[str]:
    lines, line = [], ""
    for word in _pieces(title):
        if line.strip() and _em(line + word.rstrip()) > width:
            lines.append(line.strip())
            line = ""
        line += word
    return [*lines, line.strip()] if line.strip() else lines


def _pieces(title: str) -> list[str]:
    """Words with the blank after them; in scripts without blanks, letter by letter."""
    found = []
    for word in re.findall(r"\S+\s*", title):
        found += list(word) if len(word) > 24 or any(_wide(letter) for letter in word) else [word]
    return found


def _em(text: str) -> float:
    return sum(1.0 if _wide(letter) else 0.3 if letter in " ilj.,:;'’" else 0.55 for letter in text)


def _wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"
