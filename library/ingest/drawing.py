"""The child process that draws a page of a PDF: `python -m library.ingest.drawing`, asked on stdin as
`library.ingest.child`, with the page's number and the widths in pixels that it is wanted in.

PDFium reads files that anybody may have made, so it runs here, bound as reading is, and never in a web worker.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from library.ingest.answering import answer
from library.ingest.extraction import Refusal, Status
from library.ingest.keeping import KEPT

if TYPE_CHECKING:
    from PIL import Image

TALLEST = 4  # times its width, beyond which a page is drawn narrower
QUALITY = 60
TONES = 4  # bits a colour


def main() -> None:
    """Leave the pictures among what is kept, and say so in the result."""
    answer(lambda path, request, _: drawn(path, request["name"], int(request["page"]), request["widths"]))


def drawn(path: Path, name: str, page: int, widths: list[int]) -> dict[str, Any]:
    """The result: `reason` says why there is no picture, else `size` is [width, height] of the page's shape and KEPT
    holds `<width>.webp` for each width."""
    Path(KEPT).mkdir(exist_ok=True)
    try:
        kept, size = _draw(path, name, page, widths)
    except Refusal as refusal:
        return _result(refusal.reason)
    except Exception:  # of a parser that a damaged file leads astray: there is no picture
        return _result(f"Page {page} of “{name}” could not be drawn; the file is probably damaged.")
    return _result("", kept, size)


def _draw(path: Path, name: str, page: int, widths: list[int]) -> tuple[list[str], tuple[int, int]]:
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(path)
    if not 1 <= page <= len(document):
        raise Refusal(Status.unsupported, f"“{name}” has no page {page}.")
    sheet = document[page - 1]
    wide, tall = sheet.get_size()
    if wide <= 0 or tall <= 0:
        raise Refusal(Status.corrupt, f"Page {page} of “{name}” has no size.")
    largest = max(widths)
    scale = min(largest / wide, largest * TALLEST / tall)
    whole = sheet.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    kept: list[str] = []
    flat: bool | None = None
    for width in sorted(widths):
        share = width / largest
        size = max(1, round(whole.width * share)), max(1, round(whole.height * share))
        picture = whole if share == 1 else whole.resize(size)
        if flat is None:  # what is better for the smallest is better for all, and takes the least time to find out
            flat = len(_encoded(picture, flat=True)) < len(_encoded(picture, flat=False))
        (Path(KEPT) / f"{width}.webp").write_bytes(_encoded(picture, flat))
        kept.append(f"{width}.webp")
    return kept, whole.size


def _encoded(picture: Image.Image, flat: bool) -> bytes:
    """As WebP; `flat`: few tones without loss, for text, instead of all tones with some, for photographs."""
    from PIL import ImageOps

    made = io.BytesIO()
    if flat:
        ImageOps.posterize(picture, TONES).save(made, "WEBP", lossless=True, quality=20, method=1)
    else:
        picture.save(made, "WEBP", quality=QUALITY, method=2)
    return made.getvalue()


def _result(reason: str, kept: list[str] | None = None, size: tuple[int, int] = (0, 0)) -> dict[str, Any]:
    parts = [{"name": name, "kept": name} for name in kept or []]
    return {"reason": reason, "size": list(size), "pictures": [], "parts": parts}


if __name__ == "__main__":
    main()
