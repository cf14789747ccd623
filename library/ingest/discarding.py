"""Discarding a file that could not be read, which can be taken back for a day; and doing a thing to many jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask_babel import gettext as _

from library.catalogue.session import writing
from library.ingest import jobs
from library.ingest.claims import now
from library.ingest.jobs import JobSettled
from library.ingest.models import Job, JobState

DISCARDABLE = (JobState.FAILED, JobState.CANCELLED)


def discard(job: Job) -> None:
    """Put a failed or cancelled job away; its file is deleted with it a day later. Raises JobSettled for any other."""
    with writing() as session:
        session.refresh(job)
        if job.state not in DISCARDABLE:
            raise JobSettled(_("Only a file that failed or was cancelled can be discarded."))
        job.state, job.finished_at = JobState.DISCARDED, now()


def take_back(job: Job) -> None:
    """Have a discarded job as it was. Raises JobSettled when it was not discarded."""
    with writing() as session:
        session.refresh(job)
        if job.state != JobState.DISCARDED:
            raise JobSettled(_("This file was not discarded."))
        job.state = JobState.FAILED if job.receipt else JobState.CANCELLED
        job.finished_at = now()


def cancel_all(found: Iterable[Job]) -> int:
    """Cancel those that are not finished; how many were."""
    return _each(found, jobs.cancel)


def retry_all(found: Iterable[Job]) -> int:
    """Read those that failed again; how many."""
    return _each(found, jobs.retry)


def discard_all(found: Iterable[Job]) -> int:
    """Discard those that failed; how many."""
    return _each(found, discard)


def take_back_all(found: Iterable[Job]) -> int:
    """Have those that were discarded as they were; how many."""
    return _each(found, take_back)


def _each(found: Iterable[Job], do: Callable[[Job], None]) -> int:
    done = 0
    for job in found:
        try:
            do(job)
            done += 1
        except JobSettled:
            continue  # a worker was quicker
    return done
