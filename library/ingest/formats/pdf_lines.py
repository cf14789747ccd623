"""The lines of a PDF page, in the order in which the page writes them, with their place and size."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pypdfium2 import raw

_LINE_END_HYPHENS = (2, 0xFFFE)
HYPHENS = "\x02\ufffe\u00ad"  # how PDFium marks a hyphen that ends a line
BOLD = 600  # weight of a font from which it counts as bold
SPACE = 0.13  # gap, in heights of the line, from which there is a space
APART = 0.6  # gap from which two pieces of text on a line are two
_SAMPLES = 7  # characters of a line that are measured


@dataclass(slots=True)
class Line:
    """A line of text. Places in points from the page's lower left corner; `height` is the font's, as printed."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    height: float
    bold: bool

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.bottom + self.height


def lines_of(textpage: Any, page: int) -> Iterator[Line]:
    """The lines of a pypdfium2 text page that hold something."""
    handle = textpage.raw
    unicode_at = raw.FPDFText_GetUnicode
    gathered: list[int] = []
    places: list[int] = []
    count = raw.FPDFText_CountChars(handle)
    broken = False
    for number in range(count):
        code = unicode_at(handle, number)
        if code in (10, 13):
            broken = True
            continue
        if broken and gathered and code:
            # PDFium also breaks a line where letters are set one by one along it.
            gap = _gap(handle, places[-1], number)
            if gap is None:
                yield from _line(handle, gathered, places, page)
                gathered, places = [], []
            elif gap > SPACE and gathered[-1] != 32:
                gathered.append(32)
                places.append(places[-1])
            broken = False
        if code:
            broken = code in _LINE_END_HYPHENS  # which PDFium puts in place of a hyphen and the line's end
            gathered.append(code)
            places.append(number)
    if gathered:
        yield from _line(handle, gathered, places, page)


def _line(handle: Any, codes: list[int], places: list[int], page: int) -> Iterator[Line]:
    text = _decoded(codes)
    if not text.strip():
        return
    solid = [place for place, code in zip(places, codes, strict=True) if code > 32 and code != 0xA0]
    if not solid:
        return
    step = max(1, len(solid) // _SAMPLES)
    sample = [*solid[::step], solid[-1]]
    boxes = [box for place in sample if (box := _box(handle, place)) is not None]
    if not boxes:
        yield Line(text.strip(), page, 0, 0, 0, 0, False)
        return
    height = Counter(round(top - bottom, 1) for _, _, bottom, top in boxes).most_common(1)[0][0]
    weights = [raw.FPDFText_GetFontWeight(handle, place) for place in (sample[0], sample[len(sample) // 2], sample[-1])]
    yield Line(
        " ".join(text.split()),
        page,
        left=min(box[0] for box in boxes),
        right=max(box[1] for box in boxes),
        bottom=Counter(round(box[2], 1) for box in boxes).most_common(1)[0][0],
        height=height,
        bold=all(weight >= BOLD for weight in weights) or _named_bold(handle, sample),
    )


def _gap(handle: Any, before: int, after: int) -> float | None:
    """The gap between two characters of one visual line, in heights of the line; None when they stand apart."""
    one, other = _box(handle, before), _box(handle, after)
    if one is None or other is None:
        return None
    height = max(one[3] - one[2], other[3] - other[2])
    if height <= 0 or abs(one[2] - other[2]) > 0.25 * height:
        return None
    gap = (other[0] - one[1]) / height
    return gap if -0.4 < gap < APART else None


def _decoded(codes: list[int]) -> str:
    """Characters of code units: beyond the first plane, PDFium may give two halves."""
    text = "".join(map(chr, codes))
    if any(0xD800 <= code < 0xE000 for code in codes):
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _box(handle: Any, place: int) -> tuple[float, float, float, float] | None:
    """(left, right, bottom, top) of a character, by its font's full height."""
    rect = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(handle, place, rect):
        return None
    left, right = sorted((rect.left, rect.right))
    bottom, top = sorted((rect.bottom, rect.top))
    return left, right, bottom, top


def _named_bold(handle: Any, sample: list[int]) -> bool:
    """Whether the font's name says that it is bold: many files state no weight."""
    return all(_font_is_bold(handle, place) for place in (sample[0], sample[len(sample) // 2]))


def _font_is_bold(handle: Any, place: int) -> bool:
    buffer = ctypes.create_string_buffer(96)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(handle, place, buffer, 96, flags)
    name = buffer.value.lower()
    return b"bold" in name or b"black" in name or b"heavy" in name
