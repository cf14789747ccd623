"""What changes at the jobs, told to the pages that show them: one look at the database a second for all of a process."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from library.curating.words import job_state, progress_text
from library.extensions import db
from library.ingest.models import Job, JobState

logger = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
STREAM_SECONDS = 30.0  # after which the browser asks anew; a stream holds a thread of its process
SILENT_SECONDS = 10.0  # after which a stream says that it is still there
RECENT = timedelta(seconds=5)

Change = dict[str, Any]


@dataclass(eq=False, slots=True)
class Listener:
    """A page that waits. `person`: whose jobs it may see; None for all. `job`: the one whose first words it shows."""

    person: int | None
    job: int | None
    until: float
    changes: list[Change] = field(default_factory=list)
    told: threading.Condition = field(default_factory=threading.Condition)

    def tell(self, changes: list[Change]) -> None:
        """Give it what it may see of `changes`."""
        mine = [change for change in changes if self.person is None or change["by"] == self.person]
        if mine:
            with self.told:
                self.changes += mine
                self.told.notify()

    def wait(self, seconds: float) -> list[Change]:
        """What changed, as soon as something did; nothing after `seconds`."""
        with self.told:
            if not self.changes:
                self.told.wait(seconds)
            found, self.changes = self.changes, []
        return found


class Hub:
    """The listeners of a process, at most `most`, and the thread that looks for them while there are any."""

    def __init__(self, app: Flask, most: int) -> None:
        self.app, self.most = app, most
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._looking = False

    def join(self, person: int | None, job: int | None = None) -> Listener | None:
        """A new listener; None when there are too many."""
        listener = Listener(person, job, time.monotonic() + STREAM_SECONDS)
        with self._lock:
            self._drop_old()
            if len(self._listeners) >= self.most:
                return None
            self._listeners.add(listener)
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._look, name="live", daemon=True).start()
        return listener

    def leave(self, listener: Listener) -> None:
        """It waits no more."""
        with self._lock:
            self._listeners.discard(listener)

    def _look(self) -> None:
        """Look and tell until nobody listens."""
        known: dict[int, Change] = {}
        while True:
            with self._lock:
                self._drop_old()
                listeners = list(self._listeners)
                if not listeners:
                    self._looking = False
                    return
            try:
                with self.app.app_context():
                    present = changed()
                fresh = [change for number, change in present.items() if known.get(number) != change]
                known = present
                for listener in listeners:
                    listener.tell(fresh)
            except SQLAlchemyError as error:  # it comes back, and so does the next look
                logger.warning("Jobs could not be looked at: %s", str(error).splitlines()[0])
            time.sleep(LOOK_SECONDS)

    def _drop_old(self) -> None:
        """A stream whose browser went away before it began ends nobody's waiting."""
        late = time.monotonic() - SILENT_SECONDS
        self._listeners = {listener for listener in self._listeners if listener.until > late}


def stream(hub: Hub, listener: Listener) -> Iterator[bytes]:
    """Server-sent events for a listener, for half a minute."""
    try:
        yield b"retry: 1000\n\n"
        while (left := listener.until - time.monotonic()) > 0:
            found = listener.wait(min(left, SILENT_SECONDS))
            yield b"".join(_event(change, listener.job) for change in found) or b": still here\n\n"
    finally:
        hub.leave(listener)


def changed() -> dict[int, Change]:
    """The jobs that are being read, and those that came or were settled a moment ago."""
    since = datetime.now(UTC) - RECENT
    query = select(Job.id, Job.state, Job.done, Job.total, Job.opening, Job.name, Job.created_by_id).where(
        or_(Job.state == JobState.RUNNING, Job.finished_at > since, Job.created_at > since)
    )
    found = {row.id: _change(row) for row in db.session.execute(query.limit(500))}
    db.session.rollback()
    return found


def _change(row: Any) -> Change:
    return {
        "id": row.id,
        "by": row.created_by_id,
        "state": str(row.state),
        "word": job_state(row.state),
        "done": row.done,
        "total": row.total,
        "text": progress_text(row),
        "opening": row.opening,
    }


def _event(change: Change, job: int | None) -> bytes:
    said = {name: value for name, value in change.items() if name != "by"}
    if change["id"] != job:
        del said["opening"]  # of interest on the job's own page alone
    return f"event: job\ndata: {json.dumps(said, ensure_ascii=False)}\n\n".encode()
