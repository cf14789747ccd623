"""A real index over the test's catalogue, built when a test asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from indexer.rebuilding import rebuild
from library.catalogue.source import CatalogueSource
from library.extensions import db
from library.finding import index


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
