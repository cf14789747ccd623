"""The wheel carries everything, and works from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_templates_styles_migrations_and_texts(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "library/templates/layout/page.html", "library/static/css/tokens.css", "library/static/js/desk.js",
        "library/migrations/versions/0001_the_first_tables.py", "library/starter/topics.yaml",
        "library/starter/documents/countering-disinformation-guidebook.md", "library/ingest/formats/tree.py",
        "indexer/searching.py",
    ):  # fmt: skip
        assert name in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "instance/"))]


def test_an_installed_wheel_makes_a_library_anywhere(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(place)
    environment = {**os.environ, "PYTHONPATH": str(place), "LIBRARY_INSTANCE": str(tmp_path / "instance")}
    code = (
        "import library; assert library.__file__.startswith(__import__('os').environ['PYTHONPATH']);"
        "from library.cli import run; assert run(['init']) == 0;"
        "client = library.create_app().test_client(); assert client.get('/').status_code == 200;"
        "assert b'@layer' in client.get('/styles.css').data;"
        "print(client.get('/api/v1/search?q=disinformation').json['total'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 0
