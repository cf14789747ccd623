"""Whoever commits to the database says so: web, worker, commands and migrations alike, by the engine's own events."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from library.serving.generation import Change, Generation

# What no page for readers without an account shows; a test looks at what such pages ask of the database.
UNSEEN = frozenset(
    [
        "imported_items", "invitations", "jobs", "judged_queries", "login_attempts", "signature_bands",
        "signatures",
    ]
)  # fmt: skip
_HARMLESS = ("SELECT", "PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "EXPLAIN", "SHOW", "SET")
_WROTE, _CHANGE = "library.wrote", "library.change"


def follow(engine: Engine, generation: Generation) -> None:
    """Make `generation` another one with every transaction on `engine` that writes what readers may see."""

    @event.listens_for(engine, "after_cursor_execute")
    def executed(connection: Connection, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
        if not connection.info.get(_WROTE) and _shows(statement, context):
            connection.info[_WROTE] = True

    @event.listens_for(engine, "commit")
    def committing(connection: Connection) -> None:
        if connection.info.pop(_WROTE, False):
            _end(connection.info)
            connection.info[_CHANGE] = generation.begin()

    @event.listens_for(engine, "rollback")
    def rolled_back(connection: Connection) -> None:
        connection.info.pop(_WROTE, None)

    # There is no event after a commit: the next thing that happens to the connection is.
    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        _end(connection.info)

    @event.listens_for(engine, "checkin")
    def returned(_connection: Any, record: Any) -> None:
        record.info.pop(_WROTE, None)
        _end(record.info)


def _end(info: dict[Any, Any]) -> None:
    change = info.pop(_CHANGE, None)
    if isinstance(change, Change):
        change.end()


def _shows(statement: str, context: Any) -> bool:
    """Whether a statement may change what readers see: any that is not known to be harmless."""
    if statement.lstrip().upper().startswith(_HARMLESS):
        return False
    compiled = getattr(context, "compiled", None)
    table = getattr(getattr(compiled, "statement", None), "table", None)
    return getattr(table, "name", "") not in UNSEEN
