"""How far a reading is, told to the table of jobs; and the reading ended when nobody wants it any more."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from library.catalogue.session import writing
from library.extensions import db
from library.ingest.claims import Claim, held_by, holds, now
from library.ingest.extraction import Progress
from library.ingest.models import Job

logger = logging.getLogger(__name__)
WRITE_SECONDS = 0.6  # between two words about the progress: each takes the write lock of SQLite for a moment
ALIVE_SECONDS = 5.0  # between two signs of life where there is no progress


class GivenUp(Exception):
    """The job was cancelled or has another reader: what was read so far is thrown away."""


class Stopping(Exception):
    """The worker ends: the job goes back into the queue."""


class Telling:
    """Called by `ingest.extract` a few times a second; raises GivenUp or Stopping, which ends the child at once."""

    def __init__(self, claim: Claim, stopping: Callable[[], bool]) -> None:
        self.claim, self.stopping = claim, stopping
        self.told = Progress()
        self.written = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        """Look whether the reading is still wanted, and write how far it is when that is worth a word."""
        if self.stopping():
            raise Stopping
        try:
            self._tell(progress)
        except SQLAlchemyError as error:  # the database is away for a moment: the reading goes on
            db.session.rollback()
            logger.warning("Progress could not be written: %s", str(error).splitlines()[0])

    def alive(self) -> None:
        """A sign of life between two stages, which also looks whether the job is still wanted."""
        self(self.told)

    def _tell(self, progress: Progress) -> None:
        silent = time.monotonic() - self.written
        due = silent >= (ALIVE_SECONDS if progress == self.told else WRITE_SECONDS)
        if not due:
            if not holds(self.claim):
                raise GivenUp
            return
        values: dict[str, object] = {"heartbeat_at": now(), "done": progress.done, "total": progress.total}
        if progress.opening != self.told.opening:
            values["opening"] = progress.opening
        with writing() as session:
            kept = session.execute(update(Job).where(*held_by(self.claim)).values(**values)).rowcount  # type: ignore[attr-defined]
        if not kept:
            raise GivenUp
        self.told, self.written = progress, time.monotonic()
