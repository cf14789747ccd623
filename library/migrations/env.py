"""Alembic's entry: migrations run inside the application, on the connection that it configures."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

database = current_app.extensions["migrate"].db


def render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Our moments stand in migrations as plain SQL ones: a migration imports nothing of the application."""
    return "sa.DateTime(timezone=True)" if kind == "type" and type(item).__name__ == "UtcDateTime" else False


def run() -> None:
    """Bring the database that the application is bound to up to the revision asked for, in one transaction."""
    with database.engine.connect() as connection:
        connection = connection.execution_options(writes=True)
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
