"""What a killed worker or upload left in the instance's folder for work in progress, removed by its age."""

from __future__ import annotations

import logging
import shutil
import time
from contextlib import suppress
from pathlib import Path

logger = logging.getLogger(__name__)
DAY = 86_400.0
HOUR = 3_600.0
_OF_A_READING = ("extract-", "clean-")


def remove_stale(folder: Path, reading_seconds: float) -> int:
    """Remove what nobody works on any more; how many files and folders there were.

    A reading takes `reading_seconds` at most, so its folder is stale after an hour or twice as long; anything else
    (uploads come slowly) after a day without a change.
    """
    removed = 0
    with suppress(FileNotFoundError):
        for place in folder.iterdir():
            patience = max(HOUR, 2 * reading_seconds) if place.name.startswith(_OF_A_READING) else DAY
            with suppress(FileNotFoundError):
                if time.time() - place.lstat().st_mtime > patience:
                    _remove(place)
                    removed += 1
    if removed:
        logger.info("%d leftovers of interrupted work were removed.", removed)
    return removed


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)
