"""The letters of a PDF page with their places, fetched from PDFium in bulk and turned so that the text stands upright."""

from __future__ import annotations

import ctypes
from collections import Counter, deque
from dataclasses import dataclass
from itertools import repeat
from math import pi
from typing import Any

from pypdfium2 import raw

MOST_CHARACTERS = 400_000  # of one page; no page that a person reads comes near
BOLD = 600  # weight of a font from which it counts as bold
_ANGLES = 24  # letters whose direction is asked for
_INKED = 40  # letters whose boxes are compared with their ink
_EDGE = 3.0  # points beyond the page's edge that are still the page


def bound(name: str, result: Any, *arguments: Any) -> Any:
    """A function of PDFium that takes plain numbers: no wrapping of each, which costs more than the call."""
    address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value or 0
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


_handle, _int, _place = ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p
_unicode = bound("FPDFText_GetUnicode", ctypes.c_uint, _handle, _int)
_loose_box = bound("FPDFText_GetLooseCharBox", _int, _handle, _int, _place)
_origin = bound("FPDFText_GetCharOrigin", _int, _handle, _int, _place, _place)
_ink = bound("FPDFText_GetCharBox", _int, _handle, _int, _place, _place, _place, _place)
_angle = bound("FPDFText_GetCharAngle", ctypes.c_float, _handle, _int)
_size = bound("FPDFText_GetFontSize", ctypes.c_double, _handle, _int)
_matrix = bound("FPDFText_GetMatrix", _int, _handle, _int, _place)
_weight = bound("FPDFText_GetFontWeight", _int, _handle, _int)
_font = bound("FPDFText_GetFontInfo", ctypes.c_ulong, _handle, _int, _place, ctypes.c_ulong, _place)


@dataclass(slots=True)
class Glyphs:
    """The characters of a page in the order of PDFium; one list each, all of the same length.

    `codes`: UTF-16 code units. `left`, `right`, `bottom`, `top`: the box by the font's height, in points from the lower
    left corner of the page as it is read; `baseline`: where the letter stands. PDFium's own spaces and line ends have
    boxes without width.
    """

    codes: list[int]
    left: list[float]
    right: list[float]
    bottom: list[float]
    top: list[float]
    baseline: list[float]
    handle: int

    def size(self, place: int) -> float:
        """The size in which a character is set, in points; 0 where it is not known."""
        matrix = (ctypes.c_float * 6)()
        if not _matrix(self.handle, place, ctypes.addressof(matrix)):
            return 0.0
        scale: float = (matrix[2] ** 2 + matrix[3] ** 2) ** 0.5
        return float(_size(self.handle, place)) * scale

    def bold(self, place: int) -> bool:
        """Whether a character's font is bold, by its weight or its name: many files state no weight."""
        if _weight(self.handle, place) >= BOLD:
            return True
        name = self.font(place).lower()
        return b"bold" in name or b"black" in name or b"heavy" in name

    def font(self, place: int) -> bytes:
        """The name of a character's font."""
        buffer = ctypes.create_string_buffer(96)
        _font(self.handle, place, ctypes.addressof(buffer), 96, None)
        return buffer.value


def glyphs_of(page: Any, textpage: Any) -> Glyphs:
    """The characters of a pypdfium2 page that stand on it; what is drawn outside its box is left out."""
    handle = ctypes.cast(textpage.raw, ctypes.c_void_p).value or 0
    count = min(max(0, raw.FPDFText_CountChars(textpage.raw)), MOST_CHARACTERS)
    codes = list(map(_unicode, repeat(handle), range(count)))
    boxes = (ctypes.c_float * (4 * count))()  # left, top, right, bottom of each
    start = ctypes.addressof(boxes)
    deque(map(_loose_box, repeat(handle), range(count), range(start, start + 16 * count, 16)), maxlen=0)
    places: list[float] = memoryview(boxes).cast("B").cast("f").tolist()  # type: ignore[assignment]
    found = Glyphs(codes, places[0::4], places[2::4], places[3::4], places[1::4], [], handle)
    across = _stand(found)
    if count:
        _keep_within(found, page)
        _turn(found, across)
    return found


def _stand(found: Glyphs) -> list[float]:
    """Set the baselines; returns where along the line each letter begins.

    A letter's box ends a font's depth below its baseline, so that boxes say where letters stand beside each other.
    Fonts drawn letter by letter have boxes as high as the ink; then each letter is asked for its place.
    """
    sample = _solid(found, _INKED)
    if not any(_inked(found, place) for place in sample) and not any(_angle(found.handle, p) for p in sample[::4]):
        found.baseline = [0.8 * low + 0.2 * high for low, high in zip(found.bottom, found.top, strict=True)]
        return found.left
    count = len(found.codes)
    points = (ctypes.c_double * (2 * count))()
    start = ctypes.addressof(points)
    xs, ys = range(start, start + 16 * count, 16), range(start + 8, start + 8 + 16 * count, 16)
    deque(map(_origin, repeat(found.handle), range(count), xs, ys), maxlen=0)
    both: list[float] = memoryview(points).cast("B").cast("d").tolist()  # type: ignore[assignment]
    found.baseline = both[1::2]
    return both[0::2]


def _solid(found: Glyphs, wanted: int) -> list[int]:
    """Some `wanted` letters, from everywhere on the page."""
    step = max(1, len(found.codes) // wanted)
    codes = found.codes
    for start in range(min(step, 8)):
        if sample := [place for place in range(start, len(codes), step) if codes[place] > 32 and codes[place] != 0xA0]:
            return sample
    return []


def _inked(found: Glyphs, place: int) -> bool:
    """Whether a letter's box by its font is no higher than its ink."""
    ink = (ctypes.c_double * 4)()  # left, right, bottom, top
    start = ctypes.addressof(ink)
    _ink(found.handle, place, start, start + 8, start + 16, start + 24)
    return abs((ink[3] - ink[2]) - (found.top[place] - found.bottom[place])) < 0.01


def _keep_within(found: Glyphs, page: Any) -> None:
    """Blank what stands outside of the page: nobody sees it, and some files hide words there."""
    left, bottom, right, top = page.get_bbox()
    if right <= left or top <= bottom:
        return
    inside = (
        min(found.left) >= left - _EDGE
        and max(found.right) <= right + _EDGE
        and min(found.bottom) >= bottom - _EDGE
        and max(found.top) <= top + _EDGE
    )
    if inside:
        return
    for place, code in enumerate(found.codes):
        if code <= 32 or found.right[place] == found.left[place]:
            continue
        across = (found.left[place] + found.right[place]) / 2
        up = (found.bottom[place] + found.top[place]) / 2
        if not (left - _EDGE <= across <= right + _EDGE and bottom - _EDGE <= up <= top + _EDGE):
            found.codes[place] = 0


def _turn(found: Glyphs, across: list[float]) -> None:
    """Turn the places so that most of the text runs from left to right, whatever way the page is turned."""
    sample = _solid(found, _ANGLES)
    if not sample:
        return
    quarters = Counter(round(_angle(found.handle, place) / (pi / 2)) % 4 for place in sample)
    quarter, votes = quarters.most_common(1)[0]
    if quarter == 0 or 2 * votes <= sum(quarters.values()):
        return
    left, right, bottom, top, baseline = found.left, found.right, found.bottom, found.top, found.baseline
    match quarter:  # clockwise quarters as PDFium counts them
        case 2:
            found.left, found.right = [-x for x in right], [-x for x in left]
            found.bottom, found.top = [-y for y in top], [-y for y in bottom]
            found.baseline = [-y for y in baseline]
        case 3:
            found.left, found.right = list(bottom), list(top)
            found.bottom, found.top = [-x for x in right], [-x for x in left]
            found.baseline = [-x for x in across]
        case _:
            found.left, found.right = [-y for y in top], [-y for y in bottom]
            found.bottom, found.top = list(left), list(right)
            found.baseline = list(across)
    # Places count from the page's lower left corner again.
    shift, lift = min(found.left), min(found.bottom)
    found.left = [x - shift for x in found.left]
    found.right = [x - shift for x in found.right]
    found.bottom = [y - lift for y in found.bottom]
    found.top = [y - lift for y in found.top]
    found.baseline = [y - lift for y in found.baseline]
