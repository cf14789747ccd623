"""The instance that a command works on: its settings, its database, checked before anything else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from library.failures import NoLibrary

if TYPE_CHECKING:
    from flask import Flask


@contextmanager
def opened() -> Iterator[Flask]:
    """The application of the instance in `LIBRARY_INSTANCE`, its context pushed. Raises NoLibrary before `init`."""
    from library import create_app
    from library.extensions import db

    app = create_app()
    with app.app_context():
        present = schema_revision()
        if present is None:
            raise NoLibrary(f"There is no library in {app.instance_path} yet; `library init` makes one.")
        if present != newest_schema():
            raise NoLibrary("The database is of another version of the library; `library init` brings it up to date.")
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def schema_revision() -> str | None:
    """The Alembic revision that the database is at; None for a database without tables."""
    from alembic.migration import MigrationContext

    from library.extensions import db

    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_schema() -> str | None:
    """The Alembic revision that this version of the library wants."""
    from alembic.script import ScriptDirectory
    from flask import current_app

    return ScriptDirectory(current_app.extensions["migrate"].directory).get_current_head()


def known_schemas() -> set[str]:
    """Every Alembic revision that this version of the library can bring up to date."""
    from alembic.script import ScriptDirectory
    from flask import current_app

    scripts = ScriptDirectory(current_app.extensions["migrate"].directory)
    return {script.revision for script in scripts.walk_revisions()}
