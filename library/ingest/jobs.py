"""Jobs: received files on their way to drafts, read one after another by workers that may be killed at any moment."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import SQLAlchemyError

from library import ingest
from library.access.models import User
from library.catalogue import files
from library.catalogue.errors import CatalogueError
from library.catalogue.session import writing
from library.extensions import db
from library.ingest import copies, drafting, tidying
from library.ingest.extraction import Extraction, Status
from library.ingest.models import Job, JobState

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.3
HEARTBEAT_SECONDS = 5.0
STALE_SECONDS = 60.0  # without a heartbeat, a worker is taken for dead
LOOK_FOR_DEAD_SECONDS = 10.0
ATTEMPTS = 3


class JobSettled(CatalogueError):
    """The job is in a state in which this cannot be done any more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker reads. Another attempt at it, by whomever, makes the claim void."""

    job: int
    attempt: int
    worker: str


def work(app: Flask, stop: threading.Event) -> None:
    """Read queued files until `stop` is set, JOB_WORKERS at a time."""
    count = max(1, int(app.config["JOB_WORKERS"]))
    tidying.remove_stale(Path(app.instance_path) / "tmp", float(app.config["EXTRACT_SECONDS"]))
    others = [
        threading.Thread(target=_loop, args=(app, stop, number), name=f"jobs-{number}") for number in range(1, count)
    ]
    for thread in others:
        thread.start()
    _loop(app, stop, 0)
    for thread in others:
        thread.join()


def retry(job: Job) -> None:
    """Read a failed or cancelled job's file again. Raises JobSettled for any other."""
    with writing() as session:
        session.refresh(job)
        if job.state not in (JobState.FAILED, JobState.CANCELLED):
            raise JobSettled(_("Only a file that failed or was cancelled can be tried again."))
        job.state, job.attempts, job.receipt, job.worker = JobState.QUEUED, 0, None, ""
        job.started_at = job.heartbeat_at = job.finished_at = None


def cancel(job: Job) -> None:
    """Give up a job that is not finished; what a worker is reading of it just now is thrown away. Raises JobSettled."""
    with writing() as session:
        session.refresh(job)
        if job.state not in (JobState.QUEUED, JobState.RUNNING):
            raise JobSettled(_("This file has been dealt with already."))
        job.state, job.finished_at = JobState.CANCELLED, _now()


def step(worker: str) -> bool:
    """Claim and settle one job; False when none is queued. An error of ours puts it back into the queue."""
    claim = claim_next(worker)
    if claim is None:
        return False
    try:
        with _beating(claim):
            _settle(claim)
    except Exception:
        # A full disk, a database that went away, a fault of ours: none is the file's, which stays in the queue.
        logger.exception("Job %d could not be finished (attempt %d).", claim.job, claim.attempt)
        db.session.rollback()
        _give_back(claim)
    return True


def claim_next(worker: str) -> Claim | None:
    """The oldest queued job, now running for `worker`; None when there is none. Two workers never get the same."""
    waiting = db.session.scalar(
        select(Job.id).where(Job.state == JobState.QUEUED).order_by(Job.id).limit(1)
    )  # a look without the write lock, which is taken only when there is something to do
    db.session.rollback()
    while waiting is not None:
        with writing() as session:
            taken: CursorResult[Any] = session.execute(  # type: ignore[assignment]
                update(Job)
                .where(Job.id == waiting, Job.state == JobState.QUEUED)
                .values(
                    state=JobState.RUNNING,
                    worker=worker,
                    attempts=Job.attempts + 1,
                    started_at=_now(),
                    heartbeat_at=_now(),
                    finished_at=None,
                )
            )
            if taken.rowcount:
                attempt = session.scalar(select(Job.attempts).where(Job.id == waiting)) or 1
                return Claim(waiting, attempt, worker)
            waiting = session.scalar(select(Job.id).where(Job.state == JobState.QUEUED).order_by(Job.id).limit(1))
    return None


def recover() -> int:
    """Queue the jobs of dead workers again, or give them up after ATTEMPTS; how many there were."""
    oldest = _now() - timedelta(seconds=STALE_SECONDS)
    running = db.session.scalars(select(Job).where(Job.state == JobState.RUNNING)).all()
    dead = [job.id for job in running if (job.heartbeat_at or oldest) <= oldest or _is_dead(job.worker)]
    db.session.rollback()
    for number in dead:
        with writing() as session:
            job = session.get(Job, number)
            if job is not None and job.state == JobState.RUNNING:
                _queue_again(
                    job,
                    _(
                        "Reading “%(name)s” ended the reader %(count)d times.",
                        name=job.name,
                        count=ATTEMPTS,
                    ),
                )
    return len(dead)


def worker_name(number: int = 0) -> str:
    """Host, process, its start (a process id is used again) and thread."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{_started(os.getpid())}:{number}"


def _loop(app: Flask, stop: threading.Event, number: int) -> None:
    name, looked = worker_name(number), datetime.min.replace(tzinfo=UTC)
    while not stop.is_set():
        try:
            with app.app_context():
                if _now() - looked > timedelta(seconds=LOOK_FOR_DEAD_SECONDS):
                    recover()
                    looked = _now()
                busy = step(name) or (number == 0 and _clean_one())
            stop.wait(0 if busy else POLL_SECONDS)
        except SQLAlchemyError as error:  # the database is away: it comes back, and so do we
            logger.warning(
                "The job worker cannot reach the database: %s",
                str(error).splitlines()[0],
            )
            stop.wait(2.0)


def _clean_one() -> bool:
    """Make one cleaned copy that is wanted, when no file waits; a fault of ours is tried again later, not at once."""
    try:
        return copies.clean_next()
    except (OSError, CatalogueError):
        logger.exception("A cleaned copy of an original could not be kept.")
        db.session.rollback()
        return False


def _settle(claim: Claim) -> None:
    job = db.session.get_one(Job, claim.job)
    name, sha256, extra = job.name, job.file.sha256, list(job.topics)
    path = files.path(job.file)
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
    extraction = ingest.extract(path, name, drafting.limits(), Path(current_app.instance_path) / "tmp")
    if not extraction.readable:
        _finish(claim, JobState.FAILED, extraction.receipt(), None)
        return
    prepared = drafting.prepare(extraction, extra)
    with writing() as session:
        owned = _owned(claim)
        if owned is None:
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
        owned.file.media_type = extraction.media_type or owned.file.media_type
        by = session.get(User, owned.created_by_id) if owned.created_by_id else None
        document = drafting.write(prepared, owned.file, by=by, publish=owned.publish)
        receipt = prepared.extraction.receipt(drafting.receipt_of(document))
        _finish(claim, JobState.DONE, receipt, document.id)


def _finish(claim: Claim, state: JobState, receipt: dict[str, Any], document: int | None) -> None:
    with writing():
        job = _owned(claim)
        if job is not None:
            job.state, job.receipt, job.document_id, job.finished_at = (
                state,
                receipt,
                document,
                _now(),
            )


def _owned(claim: Claim) -> Job | None:
    """The job, if it is still this claim's: not cancelled, not given to another worker. Within `writing()`."""
    return db.session.scalar(
        select(Job)
        .where(
            Job.id == claim.job,
            Job.state == JobState.RUNNING,
            Job.worker == claim.worker,
            Job.attempts == claim.attempt,
        )
        .with_for_update()
    )


def _give_back(claim: Claim) -> None:
    with writing():
        job = _owned(claim)
        if job is not None:
            _queue_again(
                job,
                _(
                    "“%(name)s” could not be taken in for a reason that is not the file's; the log tells more.",
                    name=job.name,
                ),
            )


def _queue_again(job: Job, reason: str) -> None:
    """Another attempt, or none after the last: a file that kills its reader must not do so for ever."""
    if job.attempts < ATTEMPTS:
        job.state, job.worker = JobState.QUEUED, ""
        return
    sentence = reason + " " + _("It was set aside; try again, or save it in another format and upload that.")
    job.state, job.finished_at = JobState.FAILED, _now()
    job.receipt = Extraction(
        file=job.name,
        status=Status.unsafe,
        reason=sentence,
        sha256=job.file.sha256,
        title="",
    ).receipt()


@contextmanager
def _beating(claim: Claim) -> Iterator[None]:
    """Say now and then that the job is being read, from a thread of its own."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    done = threading.Event()

    def beat() -> None:
        while not done.wait(HEARTBEAT_SECONDS):
            try:
                with app.app_context(), writing():
                    job = _owned(claim)
                    if job is not None:
                        job.heartbeat_at = _now()
            except SQLAlchemyError as error:
                logger.warning("No sign of life could be written: %s", str(error).splitlines()[0])

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _is_dead(worker: str) -> bool:
    """Whether a worker of this machine is certainly gone. Of one elsewhere only its heartbeat tells."""
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
    started, now = rest.partition(":")[0], _started(int(number))
    return bool(started and now) and started != now


def _started(process: int) -> str:
    """When a process started, in the kernel's ticks; "" where there is no /proc."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _now() -> datetime:
    return datetime.now(UTC)
