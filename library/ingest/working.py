"""The job worker: threads that the queue wakes, a sweep for what the queue forgot, a clean end within two seconds."""

from __future__ import annotations

import logging
import threading
import time

from flask import Flask
from huey.consumer import Consumer
from sqlalchemy.exc import SQLAlchemyError

from library.catalogue import resemblance
from library.ingest import claims, copies, covering, idling, jobs, queueing, tidying
from library.packing.ahead import Ahead

logger = logging.getLogger(__name__)
SWEEP_SECONDS = 2.0
LOOK_FOR_DEAD_SECONDS = 10.0
TIDY_SECONDS = 600.0
SETTLING_SECONDS = 20.0  # after a start, when readers' first pages need both cores; what nobody waits for comes later
CAUGHT_UP = 5  # texts that get a missing signature in a round
IDLE_SECONDS = 0.3  # the longest that an idle thread leaves a queue in SQLite unasked
END_SECONDS = 2.0  # for which threads are waited for at the end; the supervisor kills a moment later


class _Threads(Consumer):  # type: ignore[misc]  # Huey is untyped
    """Huey's consumer without its handlers of signals, which are the command's own and of the main thread alone."""

    def _set_signal_handlers(self) -> None:
        pass


def work(app: Flask, stop: threading.Event) -> None:
    """Read queued files until `stop` is set, JOB_WORKERS at a time. Raises SettingError for a QUEUE_URL of no use."""
    logging.getLogger("huey").setLevel(logging.WARNING)
    tasks = queueing.queue(app)
    tasks.reader = lambda number: _read(app, number, stop)
    threads = _Threads(
        tasks.huey,
        workers=max(1, int(app.config["JOB_WORKERS"])),
        periodic=False,
        scheduler_interval=60,
        max_delay=IDLE_SECONDS,
        shutdown_timeout=END_SECONDS,
    )
    threads.start()
    rounds = _Rounds(app, tasks, stop)
    while not stop.is_set():
        more = rounds.once()
        threads.check_worker_health()
        stop.wait(0 if more else SWEEP_SECONDS)
    threads.stop(graceful=True)
    tasks.huey.storage.close()


class _Rounds:
    """What the worker does beside reading: tasks for forgotten jobs, jobs of dead workers, leftovers."""

    def __init__(self, app: Flask, tasks: queueing.Queue, stop: threading.Event) -> None:
        self.app, self.tasks, self.stop = app, tasks, stop
        self.packs = Ahead(app)
        self.started = time.monotonic()
        self.looked = self.tidied = float("-inf")

    def once(self) -> bool:
        """A round; what cannot be reached now is tried again in the next. Whether copies are left to be made at once."""
        present, more = time.monotonic(), False
        try:
            with self.app.app_context():
                if present - self.looked > LOOK_FOR_DEAD_SECONDS:
                    claims.recover()
                    self.looked = present
                queueing.sweep(self.tasks)
                if present - self.started > SETTLING_SECONDS:
                    resemblance.catch_up(CAUGHT_UP)
                    steps = (copies.clean_next, covering.draw_next, self._pack)
                    more = idling.while_idle(steps, SWEEP_SECONDS, self.stop.is_set)
                if present - self.tidied > TIDY_SECONDS:
                    tidying.tidy()
                    self.tidied = present
        except SQLAlchemyError as error:
            logger.warning("The job worker cannot reach the database: %s", str(error).splitlines()[0])
        except Exception as error:  # Redis away, a disk that is full
            logger.warning("The job worker could not look after its queue: %s", error)
        return more

    def _pack(self) -> bool:
        """Make a pack that is missing; one that cannot be made is made, or refused with its reason, when somebody asks."""
        try:
            return self.packs.make_next(self.stop.is_set)
        except Exception as error:
            logger.warning("A pack could not be made ahead: %s", error)
            return False


def _read(app: Flask, number: int, stop: threading.Event) -> None:
    if stop.is_set():
        return  # the table keeps the job; the next worker's sweep finds it
    with app.app_context():
        try:
            jobs.read(number, claims.worker_name(threading.get_ident()), stop.is_set)
        except SQLAlchemyError as error:  # the database is away: it comes back, and a sweep finds the job
            logger.warning("Job %d could not be looked at: %s", number, str(error).splitlines()[0])
            stop.wait(SWEEP_SECONDS)
