"""The child process that draws a page of a PDF: `python -m library.ingest.drawing`, asked on stdin as
`library.ingest.child`, with the page's number and the widths in pixels that it is wanted in.

PDFium reads files that anybody may have made, so it runs here, bound as reading is, and never in a web worker.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from library.ingest.extraction import Limits, Refusal, Status
from library.ingest.isolation import isolate
from library.ingest.keeping import KEPT, RESULT

TALLEST = 4  # times its width, beyond which a page is drawn narrower
QUALITY = 72


def main() -> None:
    """Read the request from stdin; leave the pictures among what is kept, and say so in the result."""
    request = json.load(sys.stdin)
    isolate(Limits(**request["limits"]), reads=Path(request["path"]))
    result = drawn(Path(request["path"]), request["name"], int(request["page"]), request["widths"])
    draft = Path(RESULT + ".part")
    draft.write_text(json.dumps(result), encoding="ascii")
    draft.replace(RESULT)


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
    kept = []
    for width in widths:
        share = width / largest
        size = max(1, round(whole.width * share)), max(1, round(whole.height * share))
        picture = whole if share == 1 else whole.resize(size)
        picture.save(Path(KEPT) / f"{width}.webp", "WEBP", quality=QUALITY, method=4)
        kept.append(f"{width}.webp")
    return kept, whole.size


def _result(reason: str, kept: list[str] | None = None, size: tuple[int, int] = (0, 0)) -> dict[str, Any]:
    parts = [{"name": name, "kept": name} for name in kept or []]
    return {"reason": reason, "size": list(size), "pictures": [], "parts": parts}


if __name__ == "__main__":
    main()
