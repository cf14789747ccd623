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
    from library import create_app, migrations
    from library.extensions import db

    app = create_app()
    with app.app_context():
        present = migrations.present()
        if present is None:
            raise NoLibrary(f"There is no library in {app.instance_path} yet; `library init` makes one.")
        if present != migrations.newest():
            raise NoLibrary("The database is of another version of the library; `library init` brings it up to date.")
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()
