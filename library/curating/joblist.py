"""The list of files on their way: which of them, a page at a time, and how many there are in each state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from library.access.models import User
from library.access.policy import Action, may
from library.extensions import db
from library.ingest.extraction import Status
from library.ingest.models import Job, JobState

LINES = 50
MOST_AT_ONCE = 5_000
STATES: dict[str, tuple[JobState, ...]] = {
    "open": (JobState.QUEUED, JobState.RUNNING),
    "failed": (JobState.FAILED,),
    "partial": (JobState.DONE,),
    "done": (JobState.DONE,),
    "cancelled": (JobState.CANCELLED,),
    "discarded": (JobState.DISCARDED,),
}
"""What the list can be narrowed to; what was discarded shows nowhere else."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files are asked for. `batch`: sent together; `parent`: found in one archive or message."""

    state: str = ""
    batch: str = ""
    parent: int | None = None

    def as_query(self, **more: Any) -> dict[str, Any]:
        """The same as parameters of an address, `more` instead of its own."""
        values = {"state": self.state, "batch": self.batch, "parent": self.parent, **more}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list. `counts`: how many there are by what they can be narrowed to."""

    wanted: Wanted
    jobs: Sequence[Job]
    total: int
    page: int
    pages: int
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def unsettled(self) -> bool:
        """Whether something is still to happen by itself."""
        return bool(self.counts.get("open"))


def listed(person: User, wanted: Wanted, page: int) -> Listed:
    """A page of the files that `person` may see, newest first; those of one archive in its order."""
    counts = {name: _count(person, wanted, name) for name in STATES}
    counts[""] = _count(person, wanted, "")
    total = counts[wanted.state]
    pages = max(1, ceil(total / LINES))
    page = min(max(page, 1), pages)
    query = _seen(select(Job), person, wanted, wanted.state).options(joinedload(Job.document), joinedload(Job.file))
    order = Job.id.asc() if wanted.parent else Job.id.desc()
    found = db.session.scalars(query.order_by(order).offset((page - 1) * LINES).limit(LINES)).all()
    return Listed(wanted, found, total, page, pages, counts)


def every(person: User, wanted: Wanted) -> Sequence[Job]:
    """All of them, for doing something to each."""
    query = _seen(select(Job), person, wanted, wanted.state).order_by(Job.id)
    return db.session.scalars(query.limit(MOST_AT_ONCE)).all()


def _count(person: User, wanted: Wanted, state: str) -> int:
    return db.session.scalar(_seen(select(func.count()).select_from(Job), person, wanted, state)) or 0


def _seen(query: Select[Any], person: User, wanted: Wanted, state: str) -> Select[Any]:
    if not may(person, Action.EDIT):
        query = query.where(Job.created_by_id == person.id)
    if wanted.batch:
        query = query.where(Job.batch == wanted.batch)
    if wanted.parent is not None:
        query = query.where(Job.parent_id == wanted.parent)
    if state == "partial":
        query = query.where(Job.receipt["status"].as_string() == str(Status.partial))
    return query.where(Job.state.in_(STATES[state])) if state else query.where(Job.state != JobState.DISCARDED)
