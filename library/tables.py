"""A database's tables as JSON lines and back, the same whatever kind of database they come from or go to."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import IO, Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.engine import Connection

BATCH = 500
NOT_KEPT = frozenset({"alembic_version"})  # the archive's manifest has it


def reflected(connection: Connection) -> list[Table]:
    """The tables that are there, each after those that its rows cannot do without."""
    metadata = MetaData()
    metadata.reflect(connection)
    waiting = {name: table for name, table in sorted(metadata.tables.items()) if name not in NOT_KEPT}
    order: list[Table] = []
    while waiting:
        ready = [
            table
            for table in waiting.values()
            if not any(_needed(table, column) in waiting for column in table.columns if not column.nullable)
        ]
        if not ready:
            raise ValueError(f"The tables {', '.join(waiting)} need one another.")
        for table in ready:
            order.append(table)
            del waiting[table.name]
    return order


def dump(connection: Connection, table: Table) -> Iterator[bytes]:
    """A line of JSON a row, in the order of the primary key."""
    rows = connection.execution_options(yield_per=BATCH).execute(select(table).order_by(*table.primary_key.columns))
    for row in rows.mappings():
        values = {name: _plain(value) for name, value in row.items()}
        yield (json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def load(connection: Connection, table: Table, lines: Iterable[bytes]) -> int:
    """Insert rows; links to rows that may not be there yet are set by `connect` afterwards. How many rows."""
    later = {column.name for column in _later(table)}
    count = 0
    for batch in _batches(lines):
        rows = [{name: _typed(table.c[name], value) for name, value in row.items()} for row in batch]
        connection.execute(
            insert(table),
            [{n: None if n in later else v for n, v in row.items()} for row in rows],
        )
        count += len(rows)
    return count


def connect(connection: Connection, table: Table, lines: Callable[[], Iterable[bytes]]) -> None:
    """Set the links that `load` left out (a document's live revision, a topic's parent).

    `lines` gives the lines that were loaded, from the first one at each call.
    """
    later = _later(table)
    if not later:
        return
    key = table.primary_key.columns.values()[0]
    for column in later:
        statement = table.update().where(key == bindparam("of")).values({column.name: bindparam("to")})
        for batch in _batches(lines()):
            linked = [{"of": row[key.name], "to": row[column.name]} for row in batch if row[column.name] is not None]
            if linked:
                connection.execute(statement, linked)


def empty(connection: Connection, tables: Iterable[Table]) -> None:
    """Delete every row of `tables` (given in the order of `reflected`)."""
    tables = list(tables)
    for table in tables:
        for column in _later(table):
            connection.execute(table.update().where(column.is_not(None)).values({column.name: None}))
    for table in reversed(tables):
        connection.execute(delete(table))


def count_on(connection: Connection, tables: Iterable[Table]) -> None:
    """Let PostgreSQL number new rows after those that were inserted with their numbers; SQLite does it by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        if "id" in table.c:
            last = connection.scalar(select(func.max(table.c.id))) or 0
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :next, false)"),
                {"table": table.name, "next": last + 1},
            )


def _later(table: Table) -> list[Column[Any]]:
    """Columns that point at rows which may be inserted after their own: all links that may be empty."""
    return [column for column in table.columns if column.nullable and column.foreign_keys]


def _needed(table: Table, column: Column[Any]) -> str:
    """The name of another table that `column` points into, "" when it points nowhere else."""
    targets = [key.column.table.name for key in column.foreign_keys if key.column.table.name != table.name]
    return targets[0] if targets else ""


def _batches(lines: Iterable[bytes]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for line in lines:
        batch.append(json.loads(line))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _plain(value: Any) -> Any:
    """Moments in UTC, whether or not the database keeps zones."""
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, date) else value


def _typed(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, LargeBinary):
        return b64decode(value)
    return bool(value) if isinstance(column.type, Boolean) else value


def lines_of(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file, empty ones left out."""
    return (line for line in stream if line.strip())
