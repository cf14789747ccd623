"""An empty library on disk, for tests that run its processes beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from library import create_app
from library.extensions import db
from tests.running import run


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Path]:
    """Its folder, with an application context of it open."""
    folder = tmp_path / "instance"
    run(folder, "library", "init", "--empty")
    with create_app(folder, SITE_URL="http://localhost").app_context():
        yield folder
        db.session.remove()
        db.engine.dispose()
