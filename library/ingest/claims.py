"""Claims: which worker reads which job, given up when the worker dies, taken back when it loses the job."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CursorResult, select, update

from library.catalogue.session import writing
from library.extensions import db
from library.ingest.extraction import Extraction, Status
from library.ingest.models import Job, JobState

STALE_SECONDS = 180.0  # without a sign of life, a worker of another machine is taken for dead
ATTEMPTS = 5  # a worker may die of other things than the file that it reads


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker reads. Another attempt at it, by whomever, makes the claim void."""

    job: int
    attempt: int
    worker: str


def claim(number: int, worker: str) -> Claim | None:
    """Job `number`, now running for `worker`; None when it does not wait. Two workers never get the same."""
    waits = db.session.scalar(select(Job.id).where(Job.id == number, Job.state == JobState.QUEUED))
    db.session.rollback()  # a look without the write lock, which is taken only when there is something to do
    if waits is None:
        return None
    with writing() as session:
        taken: CursorResult[Any] = session.execute(  # type: ignore[assignment]
            update(Job)
            .where(Job.id == number, Job.state == JobState.QUEUED)
            .values(
                state=JobState.RUNNING,
                worker=worker,
                attempts=Job.attempts + 1,
                started_at=now(),
                heartbeat_at=now(),
                finished_at=None,
                done=0,
                total=0,
                opening="",
            )
        )
        if not taken.rowcount:
            return None
        return Claim(number, session.scalar(select(Job.attempts).where(Job.id == number)) or 1, worker)


def claim_next(worker: str) -> Claim | None:
    """The oldest queued job, claimed; None when none waits."""
    while (number := next(iter(waiting(1)), None)) is not None:
        claimed = claim(number, worker)
        if claimed is not None:
            return claimed
    return None


def waiting(limit: int) -> list[int]:
    """The jobs that wait, oldest first; after those, what a worker died of already."""
    query = select(Job.id).where(Job.state == JobState.QUEUED).order_by(Job.attempts, Job.id).limit(limit)
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def busy() -> bool:
    """Whether any job waits or is being read."""
    states = (JobState.QUEUED, JobState.RUNNING)
    found = db.session.scalar(select(Job.id).where(Job.state.in_(states)).limit(1))
    db.session.rollback()
    return found is not None


def owned(claim: Claim) -> Job | None:
    """The job, if it is still this claim's: not cancelled, not given to another worker. Within `writing()`."""
    return db.session.scalar(select(Job).where(*held_by(claim)).with_for_update())


def holds(claim: Claim) -> bool:
    """Whether the claim is still good, by a look without the write lock."""
    found = db.session.scalar(select(Job.id).where(*held_by(claim)))
    db.session.rollback()
    return found is not None


def held_by(claim: Claim) -> Iterable[Any]:
    """What is true of a claimed job, for a query."""
    return (
        Job.id == claim.job,
        Job.state == JobState.RUNNING,
        Job.worker == claim.worker,
        Job.attempts == claim.attempt,
    )


def give_back(claim: Claim) -> None:
    """After a fault of ours: another attempt, or none after the last."""
    with writing():
        job = owned(claim)
        if job is not None:
            reason = _(
                "“%(name)s” could not be taken in for a reason that is not the file's; the log tells more.",
                name=job.name,
            )
            _queue_again(job, reason)


def hand_back(claim: Claim) -> None:
    """The worker stops: the job waits for the next one, and the attempt does not count."""
    with writing():
        job = owned(claim)
        if job is not None:
            job.state, job.worker, job.attempts = JobState.QUEUED, "", job.attempts - 1


def recover() -> int:
    """Queue the jobs of dead workers again, or give them up after ATTEMPTS; how many there were."""
    oldest = now() - timedelta(seconds=STALE_SECONDS)
    running = db.session.scalars(select(Job).where(Job.state == JobState.RUNNING)).all()
    dead = [job.id for job in running if (job.heartbeat_at or oldest) <= oldest or _is_dead(job.worker)]
    db.session.rollback()
    for number in dead:
        with writing() as session:
            job = session.get(Job, number)
            if job is not None and job.state == JobState.RUNNING:
                reason = _("Reading “%(name)s” ended the reader %(count)d times.", name=job.name, count=ATTEMPTS)
                _queue_again(job, reason)
    return len(dead)


def worker_name(number: int = 0) -> str:
    """Host, process, its start (a process id is used again) and thread."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{_started(os.getpid())}:{number}"


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def _queue_again(job: Job, reason: str) -> None:
    """Another attempt, or none after the last: a file that kills its reader must not do so for ever."""
    if job.attempts < ATTEMPTS:
        job.state, job.worker = JobState.QUEUED, ""
        return
    sentence = reason + " " + _("It was set aside; try again, or save it in another format and upload that.")
    job.state, job.finished_at = JobState.FAILED, now()
    job.receipt = Extraction(
        file=job.name, status=Status.unsafe, reason=sentence, sha256=job.file.sha256, title=""
    ).receipt()


def _is_dead(worker: str) -> bool:
    """Whether a worker of this machine is certainly gone. Of one elsewhere only its sign of life tells."""
    host, _colon, rest = worker.partition(":")
    number, _colon, rest = rest.partition(":")
    if host != socket.gethostname()[:60] or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    started, present = rest.partition(":")[0], _started(int(number))
    return bool(started and present) and started != present


def _started(process: int) -> str:
    """When a process started, in the kernel's ticks; "" where there is no /proc."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
