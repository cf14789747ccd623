"""Leftovers: discarded files, uploads that nobody finished, folders of readers that were killed."""

from __future__ import annotations

import logging
import shutil
import time
from datetime import timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from library.catalogue import files
from library.catalogue.session import writing
from library.extensions import db
from library.ingest import claims, resuming
from library.ingest.models import Job, JobState

logger = logging.getLogger(__name__)
KEPT_HOURS = 24
"""For which something discarded can be taken back, and something begun can be gone on with."""


def tidy() -> int:
    """Remove what is older than KEPT_HOURS; how many discarded files went for good."""
    _scratch(Path(current_app.instance_path) / "tmp")
    resuming.forget(KEPT_HOURS * 3600)
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


def _scratch(folder: Path) -> None:
    """Files and folders of processes that were killed; what is being written now is younger."""
    oldest = time.time() - KEPT_HOURS * 3600
    for path in [*folder.glob("upload-*"), *folder.glob("extract-*")]:
        try:
            if path.lstat().st_mtime > oldest:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("%s could not be removed: %s", path.name, error)
