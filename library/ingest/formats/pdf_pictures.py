"""The figures of a PDF: pictures that show something, with the words that its author gave them."""

from __future__ import annotations

import ctypes
import io
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import repeat
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from library.ingest.extraction import Picture
from library.ingest.formats.pdf_glyphs import bound
from library.ingest.keeping import Album

SECONDS = 20.0  # for all pictures of a file
MOST = 500
MOST_OBJECTS = 20_000  # of a page
MOST_PIXELS = 40_000_000
MOST_DATA = 30 * 2**20  # bytes of one picture as it is stored
WIDE, HIGH = 72.0, 48.0  # points; what is shown smaller is a sign, no figure
FINE = 64  # pixels of the shorter side
WHOLE = 0.85  # share of a page from which a picture is the page itself
REPEATED = 3  # pages from which the same picture belongs to the layout
_DEEP = 3  # forms within forms

_object_at = bound("FPDFPage_GetObject", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
_type_of = bound("FPDFPageObj_GetType", ctypes.c_int, ctypes.c_void_p)


@dataclass(slots=True)
class Figure:
    """A picture on a page: `top` in points from the foot, `alt` what the tagged file says that it shows."""

    page: int
    top: float
    alt: str
    key: str
    picture: Picture | None = None


@dataclass(slots=True)
class Figures:
    """The figures of a file, kept in an album page by page while its time lasts."""

    album: Album = field(default_factory=Album)
    found: list[Figure] = field(default_factory=list)
    left_out: int = 0
    _known: dict[str, Picture | None] = field(default_factory=dict)
    _spent: float = 0.0

    def gather(self, document: pdfium.PdfDocument, page: Any, number: int) -> None:
        """Keep what page `number` shows."""
        began = time.monotonic()
        left, bottom, right, top = page.get_bbox()
        area = (right - left) * (top - bottom)
        alts: dict[int, str] | None = None
        for image, box in _images(page):
            wide, high = box[2] - box[0], box[3] - box[1]
            if wide < WIDE or high < HIGH or wide * high > WHOLE * area or box[2] < left or box[0] > right:
                continue
            if len(self.found) >= MOST or self._spent + time.monotonic() - began > SECONDS:
                self.left_out += 1
                continue
            key = self._kept(document, page, image)
            if key:
                alts = _alternatives(page) if alts is None else alts
                alt = alts.get(raw.FPDFPageObj_GetMarkedContentID(image), "")
                self.found.append(Figure(number, box[3], alt, key, self._known[key]))
        self._spent += time.monotonic() - began

    def _kept(self, document: pdfium.PdfDocument, page: Any, image: Any) -> str:
        """The key of an image; "" for one that is no figure."""
        width, height = ctypes.c_uint(), ctypes.c_uint()
        if not raw.FPDFImageObj_GetImagePixelSize(image, width, height):
            return ""
        if min(width.value, height.value) < FINE or width.value * height.value > MOST_PIXELS:
            return ""
        data = _data(image)
        if not data:
            return ""
        key = sha256(data).hexdigest()
        if key not in self._known:
            content = data if _is_jpeg(page, image, data) else _drawn(document, page, image)
            self._known[key] = self.album.add(content) if content else None
        return key if self._known[key] is not None else ""

    def add(self, more: Figures) -> None:
        """Take over what another process kept of the same file."""
        self.found += more.found
        self.left_out += more.left_out
        self.album.left_out += more.album.left_out
        self.album.pictures += [picture for picture in more.album.pictures if picture not in self.album.pictures]

    def shown(self) -> dict[int, list[Figure]]:
        """The figures of each page; what stands on several pages is a logo or a background."""
        pages = Counter(key for key, _ in {(figure.key, figure.page) for figure in self.found})
        kept: dict[int, list[Figure]] = {}
        for figure in self.found:
            if pages[figure.key] < REPEATED:
                kept.setdefault(figure.page, []).append(figure)
        return kept


def _images(page: Any) -> Iterator[tuple[Any, tuple[float, float, float, float]]]:
    """The image objects of a page and of the forms in it, with their boxes on the page."""
    handle = ctypes.cast(page.raw, ctypes.c_void_p).value
    count = min(raw.FPDFPage_CountObjects(page.raw), MOST_OBJECTS)
    objects = list(map(_object_at, repeat(handle), range(count)))
    for address, kind in zip(objects, map(_type_of, objects), strict=True):
        if kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM):
            held = ctypes.cast(address, raw.FPDF_PAGEOBJECT)
            yield from _within(held, kind, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), 0)


Matrix = tuple[float, float, float, float, float, float]


def _within(held: Any, kind: int, outer: Matrix, depth: int) -> Iterator[tuple[Any, tuple[float, float, float, float]]]:
    if kind == raw.FPDF_PAGEOBJ_IMAGE:
        sides = [ctypes.c_float() for _ in range(4)]
        if raw.FPDFPageObj_GetBounds(held, *sides):
            left, bottom, right, top = (side.value for side in sides)
            corners = [_moved(outer, x, y) for x in (left, right) for y in (bottom, top)]
            across, up = [x for x, _ in corners], [y for _, y in corners]
            yield held, (min(across), min(up), max(across), max(up))
        return
    if depth >= _DEEP:
        return
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(held, matrix)
    inner = _product((matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f), outer)
    for number in range(min(raw.FPDFFormObj_CountObjects(held), MOST_OBJECTS)):
        child = raw.FPDFFormObj_GetObject(held, number)
        if (kind := raw.FPDFPageObj_GetType(child)) in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM):
            yield from _within(child, kind, inner, depth + 1)


def _moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _product(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    left, up = _moved(other, e, f)
    base = other[4], other[5]
    first, second = _moved(other, a, b), _moved(other, c, d)
    return first[0] - base[0], first[1] - base[1], second[0] - base[0], second[1] - base[1], left, up


def _data(image: Any) -> bytes:
    """The image as it is stored, coded."""
    length = raw.FPDFImageObj_GetImageDataRaw(image, None, 0)
    if not 0 < length <= MOST_DATA:
        return b""
    held = ctypes.create_string_buffer(length)
    raw.FPDFImageObj_GetImageDataRaw(image, held, length)
    return held.raw


def _is_jpeg(page: Any, image: Any, data: bytes) -> bool:
    """Whether the data is a whole picture file: a JPEG in grey or in red, green and blue, without a mask."""
    if not data.startswith(b"\xff\xd8\xff") or raw.FPDFImageObj_GetImageFilterCount(image) != 1:
        return False
    metadata = raw.FPDF_IMAGEOBJ_METADATA()
    raw.FPDFImageObj_GetImageMetadata(image, page.raw, metadata)
    plain = (raw.FPDF_COLORSPACE_DEVICEGRAY, raw.FPDF_COLORSPACE_DEVICERGB, raw.FPDF_COLORSPACE_ICCBASED)
    return metadata.colorspace in plain and metadata.bits_per_pixel in (8, 24)


def _drawn(document: pdfium.PdfDocument, page: Any, image: Any) -> bytes:
    """The image as a picture file, its mask laid over white; empty when PDFium cannot draw it."""
    from PIL import Image

    bitmap = raw.FPDFImageObj_GetRenderedBitmap(document.raw, page.raw, image)
    if not bitmap:
        bitmap = raw.FPDFImageObj_GetBitmap(image)
    if not bitmap:
        return b""
    drawn = pdfium.PdfBitmap.from_raw(bitmap).to_pil()
    if "A" in drawn.getbands():
        white = Image.new("RGB", drawn.size, "white")
        white.paste(drawn.convert("RGB"), mask=drawn.getchannel("A"))
        drawn = white
    out = io.BytesIO()
    if drawn.mode in ("L", "RGB") and drawn.getcolors(4096) is None:
        drawn.save(out, "JPEG", quality=92)
    else:
        drawn.convert("RGB" if drawn.mode not in ("L", "1") else drawn.mode).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _alternatives(page: Any) -> dict[int, str]:
    """What a tagged page says that its marked contents show, by their numbers."""
    found: dict[int, str] = {}
    tree = raw.FPDF_StructTree_GetForPage(page.raw)
    if not tree:
        return found
    waiting = [
        (raw.FPDF_StructTree_GetChildAtIndex(tree, n), "") for n in range(raw.FPDF_StructTree_CountChildren(tree))
    ]
    seen = 0
    while waiting and seen < MOST_OBJECTS:
        element, outer = waiting.pop()
        if not element:
            continue
        seen += 1
        alt = _said(element) or outer
        if alt:
            for n in range(max(0, raw.FPDF_StructElement_GetMarkedContentIdCount(element))):
                found[raw.FPDF_StructElement_GetMarkedContentIdAtIndex(element, n)] = alt
        count = raw.FPDF_StructElement_CountChildren(element)
        waiting += [(raw.FPDF_StructElement_GetChildAtIndex(element, n), alt) for n in range(count)]
    raw.FPDF_StructTree_Close(tree)
    return found


def _said(element: Any) -> str:
    length = raw.FPDF_StructElement_GetAltText(element, None, 0)
    if not 2 < length < 20_000:
        return ""
    held = ctypes.create_string_buffer(length)
    raw.FPDF_StructElement_GetAltText(element, held, length)
    return " ".join(held.raw[:length].decode("utf-16-le", "replace").strip("\0").split())
