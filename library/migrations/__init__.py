"""The database's schema: which version it is at, which there are, and the way up.

Alembic takes a second to import and SQLAlchemy half of one, so each is imported by what needs it, not by whoever looks.
To write a migration: `flask --app library.migrations:application db migrate -m "what it does"`.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

SQLITE = "sqlite:///"

_REVISION = re.compile(r'^revision(?:: str)? = "(\w+)"', re.MULTILINE)
_FOLLOWS = re.compile(r'^down_revision(?:: str \| None)? = "(\w+)"', re.MULTILINE)


def present() -> str | None:
    """The version that the database is at; None for a database without tables."""
    from sqlalchemy import inspect, text

    from library.extensions import db

    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return version


def is_newest(url: str) -> bool | None:
    """Whether the database at `url` is at the newest version; None where telling takes more than a glance."""
    if not url.startswith(SQLITE):
        return None
    path = Path(url.removeprefix(SQLITE))
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(path)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return None
    return row is not None and row[0] == newest()


def known() -> set[str]:
    """Every version that this library knows."""
    return {revision for revision, _ in _steps()}


def newest() -> str:
    """The version that this library wants."""
    steps = _steps()
    (last,) = {revision for revision, _ in steps} - {before for _, before in steps}
    return last


def upgrade(revision: str = "head") -> None:
    """Bring the database of the current application up to `revision`, in one transaction."""
    import flask_migrate
    from flask import current_app

    bound(current_app._get_current_object())  # type: ignore[attr-defined]
    flask_migrate.upgrade(revision=revision)


def downgrade(revision: str) -> None:
    """Take the database back to `revision` ("base": no tables)."""
    import flask_migrate
    from flask import current_app

    bound(current_app._get_current_object())  # type: ignore[attr-defined]
    flask_migrate.downgrade(revision=revision)


def bound(app: Flask) -> Flask:
    """`app` with Flask-Migrate's commands and settings."""
    import logging

    from flask_migrate import Migrate

    from library.extensions import db

    logging.getLogger("alembic").setLevel(logging.WARNING)
    Migrate(app, db, directory=str(Path(__file__).parent), render_as_batch=True)
    return app


def application() -> Flask:
    """The application with Flask-Migrate's commands, for writing migrations."""
    from library import create_app

    return bound(create_app())


def _steps() -> list[tuple[str, str | None]]:
    """(version, the one before it) of each migration."""
    steps: list[tuple[str, str | None]] = []
    for path in sorted((Path(__file__).parent / "versions").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        revision, follows = _REVISION.search(source), _FOLLOWS.search(source)
        if revision:
            steps.append((revision[1], follows[1] if follows else None))
    return steps
