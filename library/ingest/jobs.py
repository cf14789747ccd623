"""Jobs: received files on their way to drafts, read one after another by workers that may be killed at any moment."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from library import ingest
from library.access.models import User
from library.catalogue import files
from library.catalogue.errors import CatalogueError
from library.catalogue.session import writing
from library.extensions import db
from library.ingest import claims, drafting, parts, queueing
from library.ingest.claims import Claim, claim_next, now, owned
from library.ingest.models import Job, JobState
from library.ingest.telling import GivenUp, Stopping, Telling

logger = logging.getLogger(__name__)


class JobSettled(CatalogueError):
    """The job is in a state in which this cannot be done any more."""


def retry(job: Job) -> None:
    """Read a failed or cancelled job's file again. Raises JobSettled for any other."""
    with writing() as session:
        session.refresh(job)
        if job.state not in (JobState.FAILED, JobState.CANCELLED):
            raise JobSettled(_("Only a file that failed or was cancelled can be tried again."))
        job.state, job.attempts, job.receipt, job.worker = JobState.QUEUED, 0, None, ""
        job.started_at = job.heartbeat_at = job.finished_at = None
        job.done, job.total, job.opening = 0, 0, ""
    queueing.wake(job)


def cancel(job: Job) -> None:
    """Give up a job that is not finished; what a worker is reading of it just now is thrown away. Raises JobSettled."""
    with writing() as session:
        session.refresh(job)
        if job.state not in (JobState.QUEUED, JobState.RUNNING):
            raise JobSettled(_("This file has been dealt with already."))
        job.state, job.finished_at = JobState.CANCELLED, now()


def step(worker: str) -> bool:
    """Claim and settle the oldest job; False when none is queued."""
    claim = claim_next(worker)
    if claim is None:
        return False
    _attempt(claim, lambda: False)
    return True


def read(number: int, worker: str, stopping: Callable[[], bool]) -> bool:
    """Claim and settle job `number`, unless `stopping()` says to leave off; False when it does not wait."""
    claim = claims.claim(number, worker)
    if claim is None:
        return False
    _attempt(claim, stopping)
    return True


def _attempt(claim: Claim, stopping: Callable[[], bool]) -> None:
    """Settle a job. An error of ours puts it back into the queue."""
    try:
        _settle(claim, stopping)
    except GivenUp:
        db.session.rollback()
    except Stopping:
        db.session.rollback()
        claims.hand_back(claim)
    except Exception:
        # A full disk, a database that went away, a fault of ours: none is the file's, which stays in the queue.
        logger.exception("Job %d could not be finished (attempt %d).", claim.job, claim.attempt)
        db.session.rollback()
        claims.give_back(claim)


def _settle(claim: Claim, stopping: Callable[[], bool]) -> None:
    claimed = db.session.get_one(Job, claim.job)
    name, sha256, extra = claimed.name, claimed.file.sha256, list(claimed.topics)
    revises = claimed.revises_id
    path = files.path(claimed.file)
    known = drafting.of_bytes(sha256)
    if known is not None:
        _finish(
            claim,
            JobState.DONE,
            drafting.duplicate_receipt(known, name, sha256),
            known.id,
        )
        return
    db.session.rollback()  # no transaction is open while the file is read
    telling = Telling(claim, stopping)
    with drafting.keeping() as kept:
        scratch = Path(current_app.instance_path) / "tmp"
        extraction = ingest.extract(path, name, drafting.limits(), scratch, keep=kept, told=telling)
        telling.alive()
        stored = parts.store(claim.job, extraction, kept)
        extraction = stored.extraction
        if not extraction.readable:
            _finish(claim, JobState.FAILED, extraction.receipt(), None)
            return
        prepared = None if extraction.batch else drafting.prepare(extraction, extra, kept, revises=revises)
    with writing() as session:
        job = owned(claim)
        if job is None:
            return
        known = drafting.of_bytes(sha256)  # the same file may have come twice at once
        if known is not None:
            _finish(
                claim,
                JobState.DONE,
                drafting.duplicate_receipt(known, name, sha256),
                known.id,
            )
            return
        new = parts.queue(session, job, stored)
        if prepared is None:
            _finish(claim, JobState.DONE, extraction.receipt(), None)
        else:
            job.file.media_type = extraction.media_type or job.file.media_type
            by = session.get(User, job.created_by_id) if job.created_by_id else None
            document = drafting.write(prepared, job.file, by=by, publish=job.publish)
            receipt = prepared.extraction.receipt(drafting.receipt_of(document))
            _finish(claim, JobState.DONE, receipt, document.id)
    for part in new:
        queueing.wake(part)


def _finish(claim: Claim, state: JobState, receipt: dict[str, Any], document: int | None) -> None:
    with writing():
        job = owned(claim)
        if job is not None:
            job.state, job.receipt, job.document_id, job.finished_at = state, receipt, document, now()
            job.opening = ""
