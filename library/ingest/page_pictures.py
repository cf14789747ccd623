"""Pictures of a PDF's pages, drawn when first asked for and kept on the disk up to a bound, the longest unused going first."""

from __future__ import annotations

import json
import os
import shutil
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from library.catalogue import files
from library.catalogue.models import StoredFile
from library.ingest import drafting, sandbox
from library.ingest.extraction import Limits, Refusal

PDF = "application/pdf"
WIDTHS = (480, 800, 1400)  # pixels
PATIENCE = 8.0  # seconds that a reader waits for another's page to be drawn
SECONDS = 20.0  # that drawing one page may take
_SIZE = "size.json"  # written last: a folder that has it is whole
_ONE = threading.BoundedSemaphore(1)  # in each web worker: drawing takes a core


class Busy(Exception):
    """Other pages are being drawn; asked again in a moment, this one is."""


class NoPicture(Exception):
    """The page cannot be drawn; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page that was drawn. `width`, `height`: of the largest of WIDTHS."""

    folder: Path
    width: int
    height: int

    def path(self, width: int) -> Path:
        """Where the picture of one of WIDTHS lies."""
        return self.folder / f"{width}.webp"


def draw(file: StoredFile, page: int) -> PagePicture:
    """The picture of a page (from 1) of a stored PDF. Raises Busy, NoPicture, and FileMissing."""
    folder = _root() / file.sha256 / str(page)
    if (kept := _kept(folder)) is not None:
        with suppress(OSError):
            os.utime(folder)
        return kept
    if not _ONE.acquire(timeout=PATIENCE):
        raise Busy(_("Other pages are being drawn just now. Try again in a moment."))
    try:
        return _kept(folder) or _drawn(file, page, folder)
    finally:
        _ONE.release()


def _drawn(file: StoredFile, page: int, folder: Path) -> PagePicture:
    limits = drafting.limits()
    limits = Limits(seconds=min(SECONDS, limits.seconds), memory_mb=limits.memory_mb)
    scratch = Path(current_app.instance_path) / "tmp"
    asked = {"page": page, "widths": WIDTHS}
    with drafting.keeping() as keep:
        try:
            found = sandbox.run(
                files.path(file), file.name, limits, scratch, keep=keep, child=sandbox.DRAWER, asked=asked
            )
        except Refusal as refusal:
            raise NoPicture(refusal.reason) from refusal
        if found["reason"]:
            raise NoPicture(str(found["reason"]))
        width, height = (int(side) for side in found["size"])
        if not all((keep / f"{w}.webp").is_file() for w in WIDTHS) or width < 1 or height < 1:
            raise NoPicture(f"Page {page} of “{file.name}” could not be drawn.")
        (keep / _SIZE).write_text(json.dumps([width, height]), encoding="ascii")
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*(f"{w}.webp" for w in WIDTHS), _SIZE):
            (keep / name).replace(folder / name)
    _tidy(_root(), int(current_app.config["PAGE_PICTURES_MB"]) * 10**6, folder)
    return PagePicture(folder, width, height)


def _kept(folder: Path) -> PagePicture | None:
    try:
        width, height = json.loads((folder / _SIZE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return PagePicture(folder, width, height)


def _tidy(root: Path, most: int, but: Path) -> None:
    """Remove the pages that nobody asked for longest until the others take at most `most` bytes; `but` stays."""
    pages = []
    for folder in root.glob("*/*/"):
        with suppress(OSError):
            size = sum(file.stat().st_size for file in folder.iterdir())
            pages.append((folder.stat().st_mtime, size, folder))
    total = sum(size for _time, size, _folder in pages)
    for _time, size, folder in sorted(pages):
        if total <= most:
            return
        if folder != but:
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):
                folder.parent.rmdir()  # only when it is empty
            total -= size


def _root() -> Path:
    return Path(current_app.instance_path) / "page-pictures"
