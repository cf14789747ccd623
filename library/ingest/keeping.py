"""What a file holds besides its text, kept by the child in its folder: pictures, and files to be read by themselves."""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from library.ingest.extraction import Part, Picture

REQUEST, RESULT, MESSAGES = "request.json", "result.json", "messages.txt"  # files in the child's folder
KEPT = "kept"  # the folder within the child's own
RECOGNISING = "recognising"  # there once the child recognises text, which has a time of its own
MOST_PICTURES = 2_000
MOST_PIXELS = 50_000_000  # of one picture
MOST_BYTES = 150 * 2**20  # of all pictures together
SMALLEST = 24  # pixels; what is smaller in either direction is a bullet or a spacer
LARGEST = 2_000  # pixels of the longer side; larger ones are scaled down, no page shows more

_SAVED: dict[str, dict[str, Any]] = {
    "PNG": {"compress_level": 6},  # the last hundredth of size would take most of the time
    "JPEG": {"quality": 85, "optimize": True},
    "WEBP": {"quality": 85},
}
_MEANING = str.maketrans(
    {"\\": "", "[": "(", "]": ")", "|": "&#124;", "<": "&lt;", "`": "'", "\ue0f0": "", "\ue0f1": ""}
)
_OF_A_PROGRAM = re.compile(
    r"(?i)\.(?:png|jpe?g|gif|bmp|tiff?|webp|svgz?|[ew]mf|eps|pdf|ico|heic)$|^(?:[a-z]:[\\/]|\\\\|file:)|"
    r"^(?:picture|image|graphic|grafik|bild|imagen|immagine|imagem|рисунок|graphics?) ?\d*$|"
    r"^(?:description automatically generated|ai-generated content may be incorrect)\b"
)
# What pictures in documents are in; Pillow's other decoders, for formats that hardly anybody uses, stay closed.
_READ = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "DIB", "TIFF", "JPEG2000")
_WRITTEN = {"JPEG": "JPEG", "MPO": "JPEG", "WEBP": "WEBP"}  # anything else as PNG
_FORMATS = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg"), "WEBP": ("image/webp", "webp")}


class Album:
    """The pictures of one file. Each is kept once, whatever the number of places that show it."""

    def __init__(self) -> None:
        self.pictures: list[Picture] = []
        self.left_out = 0
        self._known: dict[str, Picture | None] = {}
        self._bytes = 0

    def add(self, content: bytes) -> Picture | None:
        """Keep a picture; None for what is none, is too small to say anything, or is beyond the bounds (`left_out`)."""
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._known:
            self._known[digest] = self._kept(content)
        return self._known[digest]

    def _kept(self, content: bytes) -> Picture | None:
        if len(self.pictures) >= MOST_PICTURES or self._bytes > MOST_BYTES:
            self.left_out += 1
            return None
        try:
            made = _anew(content)
        except Exception:  # Pillow's decoders raise whatever a broken or hostile picture makes of them
            self.left_out += 1
            return None
        if made is None:
            return None
        data, width, height, media_type, ending = made
        name = f"{hashlib.sha256(data).hexdigest()}.{ending}"
        folder = Path(KEPT)
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        self._bytes += len(data)
        picture = Picture(name, media_type, width, height, len(data))
        if picture not in self.pictures:
            self.pictures.append(picture)
        return picture


def markdown_of(picture: Picture, alt: str, title: str = "") -> str:
    """The picture's place in Markdown; `alt` is what the file says that it shows, "" where it says nothing."""
    caption = f' "{_within(title).replace(chr(34), chr(39))}"' if title else ""
    return f"![{_within(alt)}](picture:{picture.kept}{caption})"


def left_out(alt: str) -> str:
    """In Markdown, what the file says of a picture that is not kept; pages show it as such."""
    return f"![{_within(alt)}](left-out)" if alt else ""


def described(said: str) -> str:
    """What a file says of a picture, without what programs put there by themselves: names of files, their folders."""
    lines = (" ".join(line.split()) for line in said.splitlines())
    return " ".join(line for line in lines if line and not _OF_A_PROGRAM.search(line))


def warning(count: int) -> list[str]:
    """The receipt's sentence about pictures that could not be kept."""
    if not count:
        return []
    return ["1 picture was left out." if count == 1 else f"{count} pictures were left out."]


def _within(said: str) -> str:
    """A description that ends neither the picture nor a table's cell."""
    return " ".join(said.split()).translate(_MEANING)


def keep_parts(parts: Iterable[tuple[str, bytes]]) -> list[Part]:
    """Keep files within the file, (name, content), under names of ours."""
    folder = Path(KEPT)
    kept: list[Part] = []
    for number, (name, content) in enumerate(parts, start=1):
        part = Part(name, f"part-{number:05d}")
        folder.mkdir(exist_ok=True)
        (folder / part.kept).write_bytes(content)
        kept.append(part)
    return kept


def _anew(content: bytes) -> tuple[bytes, int, int, str, str] | None:
    """The picture decoded and encoded again: no camera's notes, no place, nothing behind its end.

    (bytes, width, height, media type, ending); None for one that is too small. Raises what Pillow does.
    """
    from PIL import Image, ImageOps, Jpeg2KImagePlugin, TiffImagePlugin, WebPImagePlugin  # noqa: F401  decoders of _READ

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(content), formats=_READ) as opened:
            if min(opened.size) < SMALLEST:
                return None
            turned = ImageOps.exif_transpose(opened)
            form = _WRITTEN.get(opened.format or "", "PNG")
            turned.thumbnail((LARGEST, LARGEST))
            if form == "JPEG" and turned.mode not in ("L", "RGB"):
                turned = turned.convert("RGB")
            elif form != "JPEG" and turned.mode not in ("L", "LA", "P", "RGB", "RGBA"):
                turned = turned.convert("RGBA" if "A" in turned.getbands() else "RGB")
            if "transparency" in turned.info:
                turned = turned.convert("RGBA")
            turned.info.clear()
            out = io.BytesIO()
            turned.save(out, form, **_SAVED[form])
    media_type, ending = _FORMATS[form]
    return out.getvalue(), turned.width, turned.height, media_type, ending
