"""SIGKILL of an import at random moments: run again to its end, every file is there once, with a receipt."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from tests.running import run, start

pytestmark = pytest.mark.slow

# The whole measurement of the issue: IMPORT_KILLS=30 IMPORT_FILES=200.
KILLS = int(os.environ.get("IMPORT_KILLS", "8"))
FILES = int(os.environ.get("IMPORT_FILES", "60"))


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    folder = tmp_path / "instance"
    run(folder, "library", "init", "--empty")
    return folder


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A manifest's folder, each of its files with a word of its own."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    lines = ["file,title,countries"]
    for number in range(FILES):
        name = f"piece-{number:03}.md"
        (folder / name).write_text(
            f"# Piece {number}\n\nThe word of this piece is lantern{number:03}, and no other's.\n"
        )
        lines.append(f"{name},Named {number},GH")
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n")
    return folder


def pieces(instance: Path) -> list[tuple[str, str]]:
    """(title, body) of every piece, read beside whoever writes."""
    with sqlite3.connect(f"file:{instance / 'library.db'}?mode=ro", uri=True) as database:
        return database.execute("SELECT title, body FROM revisions ORDER BY title").fetchall()


def test_an_import_killed_at_any_moment_and_run_again_has_every_file_once(
    instance: Path, shelf: Path, tmp_path: Path
) -> None:
    chance = random.Random(20_26)
    acknowledged: set[str] = set()
    for kill in range(KILLS):
        out = tmp_path / f"receipts-{kill}"
        with out.open("w") as receipts:
            process = start(instance, "library", "import", "--publish", "--json", str(shelf), stdout=receipts)
            began = time.monotonic()
            while process.poll() is None and not out.stat().st_size and time.monotonic() - began < 60:
                time.sleep(0.02)
            time.sleep(chance.uniform(0, 1.5))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        whole = out.read_text().rpartition("\n")[0]
        slugs = {json.loads(line)["document"]["slug"] for line in whole.splitlines() if line}
        acknowledged |= slugs
        known = {body for _title, body in pieces(instance)}
        assert len(known) >= len(acknowledged), "what was acknowledged is there"
    done = run(instance, "library", "import", "--publish", "--json", str(shelf))
    receipts_of_all = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["status"] for r in receipts_of_all] == ["ok"] * FILES
    assert acknowledged <= {r["document"]["slug"] for r in receipts_of_all}
    found = pieces(instance)
    assert sorted(title for title, _body in found) == sorted(f"Named {number}" for number in range(FILES))
    for number in range(FILES):
        assert sum(f"lantern{number:03}" in body for _title, body in found) == 1
    again = run(instance, "library", "import", "--publish", "--json", str(shelf))
    assert all(json.loads(line)["duplicate_of"] for line in again.stdout.splitlines())
    assert run(instance, "indexer", "rebuild").returncode == 0


def test_a_watch_imports_what_comes_and_ends_well_on_ctrl_c(instance: Path, tmp_path: Path) -> None:
    folder = tmp_path / "incoming"
    folder.mkdir()
    out, err = tmp_path / "out", tmp_path / "err"
    with out.open("w") as receipts, err.open("w") as told:
        process = start(instance, "library", "import", "--watch", "--json", str(folder), stdout=receipts, stderr=told)
        try:
            until(lambda: "Watching" in err.read_text())
            (folder / "a.md").write_text("# First\n\nThe first comes.\n")
            (folder / "b.md").touch()
            until(lambda: len(out.read_text().splitlines()) == 2)
            (folder / "c.md").write_text("# Second\n\nThe second comes.\n")
            until(lambda: len(out.read_text().splitlines()) == 3)
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    said = err.read_text()
    assert "Traceback" not in said and "3 files in" in said and "b.md" in said and "2 drafts" in said
    assert sorted(title for title, _body in pieces(instance)) == ["First", "Second"]
    assert sorted(path.name for path in folder.iterdir()) == ["a.md", "b.md", "c.md"]


def until(what: object, seconds: float = 60) -> None:
    assert callable(what)
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.1)
