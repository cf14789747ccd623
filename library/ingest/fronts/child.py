"""The child process that draws fronts: `python -m library.ingest.fronts.child`, asked on stdin as `library.ingest.child`."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, features

from library.ingest.answering import answer
from library.ingest.fronts.drawing import shown
from library.ingest.fronts.errors import NoFront
from library.ingest.keeping import KEPT

WIDTHS = (240, 480, 960)  # pixels: a row's, a card's, a card's on a fine or wide screen
_AVIF = ("AVIF", "image/avif", "avif", {"quality": 58, "speed": 7, "max_threads": 1})
_WEBP = ("WEBP", "image/webp", "webp", {"quality": 76, "method": 4})
_JPEG = ("JPEG", "image/jpeg", "jpg", {"quality": 80, "optimize": True, "progressive": True})


def main() -> None:
    """Leave the pictures among what is kept, and name them in the result."""
    answer(lambda path, _request, _limits: drawn(path))


def drawn(path: Path) -> dict[str, Any]:
    """The result: the front in each width and format, or in `reason` why there is none."""
    Path(KEPT).mkdir(exist_ok=True)
    try:
        return {"reason": "", "pictures": list(_written(shown(path))), "parts": []}
    except NoFront as error:
        reason = str(error)
    except MemoryError:
        reason = "Drawing the first page takes too much memory."
    except Exception:  # of decoders that a damaged file leads astray
        reason = "The first page could not be drawn."
    return {"reason": reason, "pictures": [], "parts": []}


def _written(front: Image.Image) -> Iterator[dict[str, Any]]:
    forms = (_AVIF, _WEBP) if features.check("avif") else (_WEBP, _JPEG)
    for wide in sorted({min(width, front.width) for width in WIDTHS}):
        size = (wide, max(1, round(front.height * wide / front.width)))
        sized = front.resize(size, Image.Resampling.LANCZOS)
        for form, media_type, ending, saved in forms:
            out = io.BytesIO()
            sized.save(out, form, **saved)
            data = out.getvalue()
            kept = f"{hashlib.sha256(data).hexdigest()}.{ending}"
            (Path(KEPT) / kept).write_bytes(data)
            yield {"kept": kept, "media_type": media_type, "width": size[0], "height": size[1], "size": len(data)}


if __name__ == "__main__":
    main()
