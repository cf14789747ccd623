"""A picture of text (PNG, JPEG, TIFF): recognised like the pages of a scanned PDF."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from library.ingest import progress
from library.ingest.extraction import Found, Limits, Refusal, Status
from library.ingest.formats import pdf_layout, pdf_markdown, recognition
from library.ingest.keeping import Album, markdown_of

MOST_PAGES = 1_000  # of a TIFF
MOST_PIXELS = 100_000_000
FINE = 1_600  # pixels of the longer side; smaller pictures are enlarged, their letters are too small to recognise
_LONG_SIDE = 11.7  # inches of the page that a picture is taken for


def read(path: Path, name: str, limits: Limits) -> Found:
    """The recognised text of each picture in the file at `path`, its first picture kept. Raises Refusal."""
    count = _pages(path, name)

    def save(numbers: Sequence[int], target: Path) -> None:
        frames = list(_frames(path, numbers))
        dots = max(frames[0].size) / _LONG_SIDE
        frames[0].save(target, "PDF", resolution=dots, save_all=True, append_images=frames[1:])

    opening = ""

    def told(done: int, text: str) -> None:
        nonlocal opening
        opening += f"{text}\n\n" if done <= 5 else ""
        progress.report(done, count, opening)

    found = recognition.recognise(range(1, count + 1), save, limits, told)
    album = Album()
    picture = album.add(path.read_bytes()) if count == 1 else None
    bodies, texts = [], []
    for number in range(1, count + 1):
        parts = pdf_layout.recognised(found.texts.get(number, ""))
        shown = [markdown_of(picture, "")] if picture is not None else []
        bodies.append("\n\n".join([f"<!-- page {number} -->", *shown, pdf_markdown.body(parts)]))
        texts.append("\n".join(part.text for part in parts))
    said = [number for number, text in enumerate(texts, 1) if text.strip()]
    return Found(
        "\n\n".join(bodies) + "\n",
        "\n\n".join(texts),
        pages=count,
        pages_with_text=len(said),
        warnings=recognition.warnings(found, said, limits),
        pictures=album.pictures,
    )


def _pages(path: Path, name: str) -> int:
    with _opened(path, name) as picture:
        return min(int(getattr(picture, "n_frames", 1)), MOST_PAGES)


def _opened(path: Path, name: str) -> Any:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(path, formats=("PNG", "JPEG", "TIFF", "MPO"))
            picture.load()
            return picture
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        reason = (
            f"“{name}” has more than {MOST_PIXELS // 1_000_000} million pixels; make it smaller and upload it again."
        )
        raise Refusal(Status.too_large, reason) from error
    except MemoryError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever a broken or hostile picture makes of them
        raise Refusal(
            Status.corrupt, f"“{name}” is damaged: it is cut off or broken. Save or scan it again and upload that."
        ) from error


def _frames(path: Path, numbers: Sequence[int]) -> Iterator[Any]:
    """Pictures of a file, upright, in grey, large enough."""
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        for number in numbers:
            picture.seek(number - 1)
            frame = ImageOps.exif_transpose(picture)
            if "A" in frame.getbands() or "transparency" in frame.info:
                frame = frame.convert("RGBA")
                white = Image.new("RGBA", frame.size, "white")
                frame = Image.alpha_composite(white, frame)
            frame = frame.convert("L")
            if max(frame.size) < FINE:
                times = min(4, -(-FINE // max(frame.size)))
                frame = frame.resize((frame.width * times, frame.height * times), Image.Resampling.LANCZOS)
            yield frame
