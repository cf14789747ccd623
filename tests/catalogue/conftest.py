"""The catalogue's tests run on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from library import create_app
from library.extensions import db
from tests import postgresql
from tests.needs import needs

_databases = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Address of a server for this test process."""
    with postgresql.server() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs("postgresql"))])
def app(request: pytest.FixtureRequest, instance: Path) -> Iterator[Flask]:
    """The application over a new database of either kind, with its context pushed."""
    settings = {"TESTING": True, "WTF_CSRF_ENABLED": False, "SITE_URL": "http://localhost"}
    if request.param == "postgresql":
        address = request.getfixturevalue("postgresql_server")
        settings["DATABASE_URL"] = postgresql.new_database(address, f"t{os.getpid()}_{next(_databases)}")
    application = create_app(instance, **settings)
    with application.app_context():
        db.create_all()
        yield application
        db.session.remove()
        db.engine.dispose()
