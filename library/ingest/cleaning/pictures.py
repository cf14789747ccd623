"""Pictures decoded and encoded again: no camera, no place, no author, no comment, nothing behind their end."""

from __future__ import annotations

import io
import struct
import warnings
from typing import Any

from library.ingest.extraction import Refusal, Status

MOST_PIXELS = 100_000_000
_KEPT_FORMATS = frozenset({"PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"})
_ENCODED: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90},
    "WEBP": {"quality": 90},
    "TIFF": {"compression": "tiff_lzw"},
}
_EMF = b" EMF"


def cleaned(content: bytes, name: str) -> bytes:
    """The picture in its own format and size. Raises Refusal for what is no picture that is known here."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as opened:
                if opened.format not in _KEPT_FORMATS:
                    raise _refused(name)
                return _anew(opened)
    except Refusal:
        raise
    except Exception as error:  # Pillow's decoders raise whatever a broken picture makes of them
        raise _refused(name) from error


def member(content: bytes, filename: str) -> bytes:
    """A picture within a document; one that cannot be read is left out, as an empty member."""
    if content[40:44] == _EMF:
        return _without_description(content)
    if filename.lower().endswith(".wmf"):
        return content  # its records draw and say nothing else
    try:
        return cleaned(content, filename)
    except Refusal:
        return b""


def _anew(opened: Any) -> bytes:
    from PIL import ImageOps, ImageSequence

    form, out = opened.format, io.BytesIO()
    moving = getattr(opened, "n_frames", 1) > 1 and form in ("GIF", "TIFF", "WEBP", "PNG")
    if moving:
        timing = {key: opened.info[key] for key in ("duration", "loop") if key in opened.info}
        frames = [_bare(frame.copy()) for frame in ImageSequence.Iterator(opened)]
        frames[0].save(out, form, save_all=True, append_images=frames[1:], **(timing if form != "TIFF" else {}))
        return out.getvalue()
    resolution = opened.info.get("dpi")
    turned = _bare(_in_common_colours(ImageOps.exif_transpose(opened)))
    options: dict[str, Any] = dict(_ENCODED.get(form, {}))
    if form == "JPEG" and turned.mode not in ("L", "RGB", "CMYK"):
        turned = turned.convert("RGB")
    if resolution and form in ("JPEG", "PNG", "TIFF"):
        options["dpi"] = resolution
    turned.save(out, form, **options)
    return out.getvalue()


def _in_common_colours(picture: Any) -> Any:
    """In sRGB: a colour profile names the machine that it was measured on."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK"):
        return picture
    from PIL import ImageCms

    try:
        common = ImageCms.createProfile("sRGB")
        mode = "RGB" if picture.mode == "CMYK" else picture.mode
        return ImageCms.profileToProfile(picture, io.BytesIO(profile), common, outputMode=mode)
    except ImageCms.PyCMSError:  # a broken profile says nothing of colours either
        return picture


def _bare(picture: Any) -> Any:
    """Without all that is noted beside it, but for what makes a colour transparent."""
    transparency = picture.info.get("transparency")
    picture.info.clear()
    if transparency is not None:
        picture.info["transparency"] = transparency
    if hasattr(picture, "text"):
        picture.text.clear()
    return picture


def _without_description(content: bytes) -> bytes:
    """An enhanced metafile without the name of its program and drawing ([MS-EMF] 2.2.9, Header)."""
    if len(content) < 68:
        return b""
    characters, offset = struct.unpack_from("<II", content, 60)
    end = offset + 2 * characters
    if not characters:
        return content
    if offset < 88 or end > len(content):
        return b""
    return content[:offset] + bytes(2 * characters) + content[end:]


def without_notes(content: bytes) -> bytes:
    """A JPEG stream without EXIF, XMP, IPTC and comments, its picture untouched (ITU T.81, B.1.1)."""
    if not content.startswith(b"\xff\xd8"):
        return content
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # a byte that fills
            at += 1
            continue
        if marker == 0xDA:
            break
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        # APP0 (JFIF) and APP14 (Adobe's colour transform) are needed to show it; comments are 0xFE.
        if marker in (0xE0, 0xEE) or not (0xE1 <= marker <= 0xEF or marker == 0xFE):
            kept.append(content[at:end])
        at = end
    last = content.rfind(b"\xff\xd9")
    kept.append(content[at : last + 2 if last > at else None])
    return b"".join(kept)


def _refused(name: str) -> Refusal:
    return Refusal(Status.corrupt, f"“{name}” is no picture that can be decoded here, so it cannot be cleaned.")
