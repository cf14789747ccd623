"""Leftovers: discarded files, uploads that nobody finished, folders of readers that were killed."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from library.catalogue import files
from library.catalogue.session import writing
from library.extensions import db
from library.ingest import claims, resuming
from library.ingest.models import Job, JobState

KEPT_HOURS = 24
"""For which something discarded can be taken back, and something begun can be gone on with."""
HOUR = 3_600.0  # seconds
_OF_A_READING = ("extract-", "clean-", "kept-")
_ARRIVING = ("upload-", "picture-")


def tidy() -> int:
    """Remove what is older than KEPT_HOURS; how many discarded files went for good."""
    remove_stale(Path(current_app.instance_path) / "tmp", float(current_app.config["EXTRACT_SECONDS"]))
    resuming.forget(KEPT_HOURS * HOUR)
    oldest = claims.now() - timedelta(hours=KEPT_HOURS)
    query = select(Job.id).where(Job.state == JobState.DISCARDED, Job.finished_at < oldest)
    numbers = db.session.scalars(query).all()
    db.session.rollback()
    return sum(_delete(number) for number in numbers)


def _delete(number: int) -> bool:
    with writing() as session:
        job = session.get(Job, number)
        if job is None or job.state != JobState.DISCARDED:
            return False
        file = job.file
        session.delete(job)
        session.flush()
        if session.scalar(select(Job.id).where(Job.file_id == file.id).limit(1)) is None:
            files.remove(file)
    return True


def remove_stale(folder: Path, reading_seconds: float) -> int:
    """Remove what processes that were killed left in the folder for work in progress; how many files and folders.

    A reading takes `reading_seconds` at most, so its folder is stale after an hour or twice as long; anything else
    (uploads come slowly) after KEPT_HOURS without a change.
    """
    removed = 0
    with suppress(FileNotFoundError):
        for place in folder.iterdir():
            of_a_reading = place.name.startswith(_OF_A_READING)
            if not of_a_reading and not place.name.startswith(_ARRIVING):
                continue
            patience = max(HOUR, 2 * reading_seconds) if of_a_reading else KEPT_HOURS * HOUR
            with suppress(FileNotFoundError):
                if time.time() - place.lstat().st_mtime > patience:
                    _remove(place)
                    removed += 1
    return removed


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)
