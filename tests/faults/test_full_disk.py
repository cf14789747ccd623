"""A disk that is full: a clear sentence, nothing half-written, everything else goes on."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from library import create_app
from library.catalogue import documents, files
from library.catalogue.errors import StorageFull
from library.catalogue.metadata import Metadata
from tests.needs import needs
from tests.running import run

pytestmark = [pytest.mark.slow, needs("tmpfs")]

SIZE_MB = 12


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Path]:
    """An instance folder on a small disk of its own."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", folder], check=True)
    try:
        run(folder, "library", "init", "--empty")
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(instance: Path) -> Path:
    """Leave no room on the disk."""
    ballast = instance / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
    return ballast


def test_an_upload_that_does_not_fit_is_told_and_leaves_nothing(instance: Path) -> None:
    with create_app(instance, TESTING=True).app_context():
        with pytest.raises(StorageFull, match="disk is full"):
            files.store(io.BytesIO(b"x" * SIZE_MB * 2**20), "big.pdf")
        assert list((instance / "tmp").iterdir()) == []
        assert not [path for path in (instance / "files").rglob("*") if path.is_file()]


def test_a_rebuild_without_room_says_so_and_the_live_index_stays(instance: Path) -> None:
    with create_app(instance, TESTING=True).app_context():
        document = documents.create(Metadata(title="Lanterns", language="en"), "All about lanterns.")
        documents.publish(document)
    run(instance, "indexer", "rebuild")
    before = sorted(path.name for path in (instance / "index" / "generations").iterdir())
    ballast = fill(instance)
    failed = run(instance, "indexer", "rebuild", check=False)
    assert failed.returncode == 1
    assert "full" in failed.stderr.lower() and "Traceback" not in failed.stderr and len(failed.stderr.splitlines()) == 1
    ballast.unlink()
    assert run(instance, "indexer", "verify", check=False).returncode == 0
    assert sorted(path.name for path in (instance / "index" / "generations").iterdir()) == before
