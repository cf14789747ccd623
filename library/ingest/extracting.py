"""A file on disk to an Extraction: the one way in, for uploads, imports and `library extract` alike."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from library.ingest import languages, sandbox
from library.ingest.extraction import Extraction, Limits, Part, Picture, Refusal, Status
from library.ingest.sandbox import Told


def extract(
    path: Path, name: str, limits: Limits, scratch: Path, *, keep: Path | None = None, told: Told | None = None
) -> Extraction:
    """Read the file at `path`, which its sender calls `name`, in a child process under `limits`.

    `scratch` is a folder in which a private one is made and removed again. Never raises for a bad file: the status
    and the reason of what is returned say what is wrong with it. Raises OSError when `path` cannot be read or
    `scratch` cannot be written, which is no fault of the file.

    `keep`: an existing, empty folder on the same disk as `scratch`, for pictures and parts; they are dropped without
    it. `told` is called a few times a second with how far the reading is; what it raises ends the reading.
    """
    size = path.stat().st_size
    digest = _sha256(path)
    shown = shown_name(name)
    if size == 0:
        return Extraction(shown, Status.empty, f"“{shown}” is empty: it has 0 bytes. Upload it again.", sha256=digest)
    if size > limits.upload_bytes:
        most = limits.upload_bytes / 1e6
        reason = f"“{shown}” has {size / 1e6:.0f} MB; at most {most:.0f} MB can be read. Split it or make it smaller."
        return Extraction(shown, Status.too_large, reason, sha256=digest)
    try:
        result = sandbox.run(path, shown, limits, scratch, keep=keep, told=told)
    except Refusal as refusal:
        return Extraction(shown, refusal.status, refusal.reason, sha256=digest)
    return _extraction(shown, digest, result)


def shown_name(name: str) -> str:
    """The file name without folders, control characters and signs that turn the direction of writing."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    kept = "".join(c if c.isprintable() else " " for c in last)
    return " ".join(kept.split())[:255] or "file"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _extraction(name: str, digest: str, result: dict[str, Any]) -> Extraction:
    return Extraction(
        file=name,
        status=Status(result["status"]),
        reason=result["reason"],
        format=result["format"],
        media_type=result["media_type"],
        title=result["title"],
        language=languages.of_text(result["text"], result["language"], trusted="language" in result["metadata"]),
        pages=result["pages"],
        pages_with_text=result["pages_with_text"],
        characters=result["characters"],
        sections=result["sections"],
        sha256=digest,
        warnings=tuple(result["warnings"]),
        metadata=result["metadata"],
        markdown=result["markdown"],
        text=result["text"],
        pictures=tuple(Picture(**picture) for picture in result["pictures"]),
        parts=tuple(Part(**part) for part in result["parts"]),
    )
