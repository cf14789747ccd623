"""The outbox: which documents the index has to look at again."""

from __future__ import annotations

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from library.catalogue.models import OutboxRow
from library.extensions import db

_ORDER = 0x6C696272  # an advisory lock of our own, so that ids are committed in their order on PostgreSQL


def note(session: Session, document_id: int) -> None:
    """Write that `document_id` changed, within the transaction that changes it.

    A follower reads ids above the last it saw. SQLite has one writer at a time; on PostgreSQL the lock keeps a
    later id from being committed before an earlier one, which the follower would then miss.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ORDER})
    session.add(OutboxRow(document_id=document_id))
    session.flush()


def latest() -> int:
    """Id of the newest row, 0 when there is none."""
    return db.session.scalar(select(func.max(OutboxRow.id))) or 0


def after(change: int, limit: int) -> list[OutboxRow]:
    """Rows with ids above `change`, in order, at most `limit`."""
    return list(db.session.scalars(select(OutboxRow).where(OutboxRow.id > change).order_by(OutboxRow.id).limit(limit)))


def prune(session: Session, applied: int) -> None:
    """Forget rows up to `applied`, which every generation has, but for the newest (ids must not start again)."""
    session.execute(delete(OutboxRow).where(OutboxRow.id < applied))
