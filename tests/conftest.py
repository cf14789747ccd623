"""What all tests share: an application over a new instance folder, and factories for pieces and people."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.rebuilding import rebuild
from library import create_app
from library.access.models import Role, User
from library.catalogue import documents
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document
from library.catalogue.source import CatalogueSource
from library.extensions import db
from library.finding import index

_numbers = itertools.count(1)


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """An empty instance folder."""
    folder = tmp_path / "instance"
    folder.mkdir()
    return folder


@pytest.fixture
def app(instance: Path) -> Iterator[Flask]:
    """The application over a new SQLite database, with its context pushed."""
    # Most tests change settings as they go, which no running library does: without kept pages, but for those about them.
    application = create_app(
        instance, TESTING=True, WTF_CSRF_ENABLED=False, SITE_URL="http://localhost", PAGE_CACHE_MB=0
    )
    with application.app_context():
        db.create_all()
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a session."""
    return app.test_client()


@pytest.fixture
def piece(app: Flask) -> Callable[..., Document]:
    """Makes a piece: `piece(body, publish=True, **metadata)`."""

    def make(body: str = "A paragraph about assembly.", *, publish: bool = True, **fields: Any) -> Document:
        fields.setdefault("title", f"Piece {next(_numbers)}")
        fields.setdefault("language", "en")
        by = fields.pop("by", None)
        document = documents.create(Metadata(**fields), body, by=by)
        if publish:
            documents.publish(document, by=by)
        return document

    return make


@pytest.fixture
def person(app: Flask) -> Callable[..., User]:
    """Makes an account: `person(Role.CURATOR)`."""

    def make(role: Role = Role.CURATOR, email: str | None = None) -> User:
        user = User(email=email or f"{role}-{next(_numbers)}@example.org", name=f"A {role}", role=role)
        db.session.add(user)
        db.session.commit()
        return user

    return make


@pytest.fixture
def indexed(app: Flask) -> Iterator[Callable[[], None]]:
    """`indexed()` makes everything published until now searchable."""
    opened = index()

    def make() -> None:
        rebuild(CatalogueSource(), Path(app.instance_path) / "index")
        db.session.rollback()
        opened.refresh()
        assert opened.state().ready

    yield make
    opened.close()
