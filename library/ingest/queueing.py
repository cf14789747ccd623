"""The queue that wakes the workers: Huey over SQLite in the instance folder, or over Redis (QUEUE_URL).

A task is no more than “read job N”. The table of jobs is the truth: a task that is lost (a kill between commit and
enqueuing, a deleted queue) is made anew by a sweep of the worker, and one too many finds nothing to do.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

from flask import Flask, current_app
from huey import Huey, PriorityRedisHuey, SqliteHuey
from huey.serializer import SignedSerializer
from sqlalchemy import func, select

from library.extensions import db
from library.ingest import claims
from library.ingest.models import Job, JobState
from library.settings import SettingError

logger = logging.getLogger(__name__)
FIRST, LAST = 100, 0  # priorities: what somebody waits for, and what was inside of an archive
LARGE = 20 * 10**6  # bytes from which a file waits behind smaller ones
SWEPT = 5_000  # jobs looked at in one sweep
REDIS_SECONDS = 2.0  # for which a Redis that does not answer is waited for
TASK = "read"


class Queue:
    """Tasks “read job N”, the urgent first. `reader` is what a worker does with one."""

    def __init__(self, huey: Huey) -> None:
        self.huey = huey
        self.reader: Callable[[int], None] = lambda _number: None
        self._task = huey.task(name=TASK)(self._read)

    def put(self, number: int, order: int) -> None:
        """Have job `number` read; the higher `order`, the sooner."""
        self.huey.enqueue(self._task.s(number, priority=order))

    def numbers(self) -> list[int]:
        """The jobs that have a task."""
        return [task.args[0] for task in self.huey.pending()]

    def __len__(self) -> int:
        return int(self.huey.pending_count())

    def _read(self, number: int) -> None:
        self.reader(number)


def queue(app: Flask) -> Queue:
    """The application's queue, opened on first use. Raises SettingError where QUEUE_URL cannot be used."""
    opened: Queue | None = app.extensions.get("library-queue")
    if opened is None:
        opened = app.extensions["library-queue"] = _opened(app)
    return opened


def wake(job: Job) -> None:
    """Have a worker read `job`, which is committed, as soon as one is free.

    A queue that cannot be reached is no error: the job waits in its table, and a sweep finds it.
    """
    number, order = job.id, priority(job)
    try:
        queue(current_app._get_current_object()).put(number, order)  # type: ignore[attr-defined]
    except Exception as error:  # whatever Redis, its client or SQLite raise
        logger.warning("Job %d waits until the queue can be reached: %s", number, error)


def sweep(tasks: Queue) -> int:
    """Make a task for each waiting job that has none; how many were made."""
    count = db.session.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.QUEUED)) or 0
    db.session.rollback()
    if count <= len(tasks):
        return 0
    known = set(tasks.numbers())
    lost = [number for number in claims.waiting(SWEPT) if number not in known]
    for number in lost:
        job = db.session.get(Job, number)
        if job is not None:
            tasks.put(number, priority(job))
    db.session.rollback()
    return len(lost)


def priority(job: Job) -> int:
    """When it is a job's turn: each further file of one person lets others go first, and so do those that a worker died
    of; what was in an archive comes last.
    """
    if job.parent_id is not None or job.attempts:
        return LAST - job.attempts
    ahead = select(func.count()).where(
        Job.state == JobState.QUEUED, Job.created_by_id == job.created_by_id, Job.id < job.id
    )
    return FIRST - min(db.session.scalar(ahead) or 0, 70) - (20 if job.file.size > LARGE else 0)


def _opened(app: Flask) -> Queue:
    secret = str(app.config["SECRET_KEY"])
    # Huey's messages are pickles: signed, so that who can write to the queue can still not run code here.
    options = {
        "name": "library-" + hashlib.sha256(secret.encode()).hexdigest()[:12],  # one Redis may serve several libraries
        "results": False,
        "serializer": SignedSerializer(secret=secret),
    }
    address = str(app.config["QUEUE_URL"])
    if not address:
        return Queue(_in_sqlite(Path(app.instance_path) / "queue.db", options))
    try:
        from redis import ConnectionPool
    except ImportError as error:
        raise SettingError(
            "QUEUE_URL names a Redis server, but its client is not installed; install the extra `redis`."
        ) from error
    pool = ConnectionPool.from_url(address, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
    return Queue(PriorityRedisHuey(connection_pool=pool, **options))


def _in_sqlite(path: Path, options: dict[str, object]) -> Huey:
    """A queue in a file of its own. One that is damaged is made anew: it holds nothing that the sweep would not find."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return SqliteHuey(filename=str(path), fsync=False, **options)
    except sqlite3.OperationalError:
        raise  # a full disk, no right to write: nothing that a new file mends
    except sqlite3.DatabaseError:
        logger.warning("%s is damaged; it is made anew.", path.name)
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)
        return SqliteHuey(filename=str(path), fsync=False, **options)
