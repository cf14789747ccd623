"""A file's front as a picture: a PDF's first page, an EPUB's cover, a picture itself. Raises NoFront where it has none."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageOps

from library.ingest.fronts import books
from library.ingest.fronts.errors import NoFront
from library.ingest.keeping import MOST_PIXELS

WIDEST = 960  # pixels; no list shows more
TALLEST = 1.5  # times the width: what lies below no list shows
SMALLEST = 160  # pixels of the width; a smaller picture would be blown up
_READ = ("PNG", "JPEG", "GIF", "WEBP", "TIFF")
_HEAD = 1024


def shown(path: Path) -> Image.Image:
    """The front of the file at `path`, at most WIDEST wide and TALLEST times as high, on white. Raises NoFront."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if b"%PDF-" in head:
        front = _first_page(path)
    elif head.startswith(b"PK\x03\x04"):
        front = _opened(books.cover(path))
    else:
        front = _opened(path.read_bytes())
    if all(low == high for low, high in _extremes(front)):
        raise NoFront("The first page is empty.")
    return front


def _first_page(path: Path) -> Image.Image:
    """Without annotations and what was typed into forms: comments and stamps carry names that the text does not."""
    try:
        document = pdfium.PdfDocument(path)
        page = document[0]
        wide, high = page.get_size()
        if wide < 1 or high < 1:
            raise NoFront("The first page has no size.")
        below = max(0.0, high - wide * TALLEST)
        bitmap = page.render(
            scale=WIDEST / wide, crop=(0, below, 0, 0), may_draw_forms=False, draw_annots=False, fill_color=(255,) * 4
        )
        drawn: Image.Image = bitmap.to_pil()
        return drawn.convert("RGB")
    except (pdfium.PdfiumError, IndexError) as error:
        raise NoFront("The first page could not be drawn.") from error


def _opened(content: bytes) -> Image.Image:
    """A picture file, turned as its camera held it, laid on white."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_READ) as opened:
                opened.draft("RGB", (WIDEST, WIDEST))
                turned = ImageOps.exif_transpose(opened).convert("RGBA")
    except Exception as error:  # decoders raise whatever a broken or hostile picture makes of them
        raise NoFront("The picture could not be read.") from error
    if turned.width < SMALLEST:
        raise NoFront("The picture is too small for a cover.")
    if turned.height > turned.width * TALLEST:
        turned = turned.crop((0, 0, turned.width, round(turned.width * TALLEST)))
    turned.thumbnail((WIDEST, round(WIDEST * TALLEST)), Image.Resampling.LANCZOS)
    white = Image.new("RGB", turned.size, "white")
    white.paste(turned, mask=turned.getchannel("A"))
    return white


def _extremes(picture: Image.Image) -> list[tuple[float, float]]:
    return [band.getextrema() for band in picture.split()]  # type: ignore[misc]  # one band gives one pair
