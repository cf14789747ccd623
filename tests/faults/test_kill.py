"""SIGKILL at random moments: nothing acknowledged is lost, readers see no error and never fewer hits."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Server, commands, free_port, run, serving, start

pytestmark = pytest.mark.slow

KILLS = 50


class Readers(threading.Thread):
    """Asks for the same words again and again; notes errors, and answers with fewer hits than one before."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.halt = threading.Event()
        self.asked = 0
        self.most = 0
        self.problems: list[str] = []

    def run(self) -> None:
        while not self.halt.is_set():
            try:
                found = self.server.search("lantern")["total"]
            except (OSError, AssertionError) as error:
                self.problems.append(f"after {self.asked}: {error!r}"[:300])
                continue
            if found < self.most:
                self.problems.append(f"after {self.asked}: {found} hits where there were {self.most}")
            self.most = max(self.most, found)
            self.asked += 1


class Publisher:
    """The publishing process, started anew under another name whenever it was killed; what it acknowledged."""

    def __init__(self, instance: Path, folder: Path) -> None:
        self.instance, self.folder, self.count = instance, folder, 0
        self.process: subprocess.Popen[str]
        self.begin()

    def begin(self) -> None:
        self.count += 1
        with (
            open(self.folder / f"acknowledged-{self.count}", "w") as out,
            open(self.folder / "publisher.log", "a") as log,
        ):
            self.process = start(
                self.instance, "tests.faults.publisher", f"run{self.count}", "0.02", stdout=out, stderr=log
            )

    def begun(self) -> bool:
        """Whether the present process has published something."""
        return bool((self.folder / f"acknowledged-{self.count}").read_text())

    def acknowledged(self) -> list[str]:
        lines: list[str] = []
        for path in self.folder.glob("acknowledged-*"):
            lines += [line for line in path.read_text().splitlines(keepends=False) if line]
        return lines


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    folder = tmp_path / "instance"
    run(folder, "library", "init", "--empty")
    return folder


@pytest.fixture
def server(instance: Path, tmp_path: Path) -> Iterator[Server]:
    with serving(instance, tmp_path) as running:
        yield running


def found_everywhere(server: Server, slugs: list[str], seconds: float = 30) -> list[str]:
    """Those of `slugs` that a reader still cannot open or find after `seconds`."""
    deadline = time.monotonic() + seconds
    missing = slugs
    while missing and time.monotonic() < deadline:
        missing = [
            slug
            for slug in missing
            if server.get(f"/documents/{slug}/")[0] != 200
            or slug not in [hit["document"]["slug"] for hit in server.search(f"title:%22{slug}%22", limit=5)["hits"]]
        ]
    return missing


def test_fifty_kills_while_publishing_and_rebuilding_under_load(server: Server, instance: Path, tmp_path: Path) -> None:
    dice = random.Random(20)
    publisher, readers = Publisher(instance, tmp_path), Readers(server)
    rebuild = start(instance, "indexer", "rebuild")
    readers.start()
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.1, 1.6))
        below = commands(server.process.pid)
        indexers = [pid for pid, line in below.items() if "indexer" in line]
        workers = [pid for pid, line in below.items() if " work" in line]
        targets = {"publisher": [publisher.process.pid], "rebuild": [rebuild.pid], "indexer": indexers, "work": workers}
        chosen = dice.choice(["publisher", "rebuild", "rebuild", "indexer", "indexer", "work"])
        if chosen == "publisher" and not publisher.begun():
            chosen = "indexer"  # a publisher that is still starting publishes nothing
        for pid in targets[chosen][:1]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if publisher.process.poll() is not None:
            publisher.begin()
        if rebuild.poll() is not None:
            rebuild = start(instance, "indexer", "rebuild")
    publisher.process.kill()
    rebuild.wait(timeout=120)
    slugs = publisher.acknowledged()
    missing = found_everywhere(server, slugs)
    readers.halt.set()
    readers.join(timeout=20)
    print(f"{KILLS} kills, {len(slugs)} pieces acknowledged, {readers.asked} questions, most hits {readers.most}")
    assert len(slugs) > KILLS and readers.asked > KILLS
    assert missing == []
    assert readers.problems == []
    assert run(instance, "indexer", "verify", check=False).returncode == 0


def test_everything_killed_at_once_starts_again_as_it_was_or_as_it_was_to_be(instance: Path, tmp_path: Path) -> None:
    dice = random.Random(7)
    server = Server(instance, free_port(), tmp_path / "serve.log")
    publisher: Publisher | None = None
    for _ in range(5):
        server.start()
        server.ready()
        publisher = publisher or Publisher(instance, tmp_path)
        if publisher.process.poll() is not None:
            publisher.begin()
        rebuild = start(instance, "indexer", "rebuild")
        while not publisher.begun():
            time.sleep(0.05)
        time.sleep(dice.uniform(0.0, 2.0))
        publisher.process.kill()
        rebuild.kill()
        server.kill_all()
    server.start()
    try:
        server.ready()
        assert publisher is not None
        slugs = publisher.acknowledged()
        assert slugs and found_everywhere(server, slugs) == []
        assert run(instance, "indexer", "verify", check=False).returncode == 0
    finally:
        server.kill_all()


def test_a_damaged_index_is_noticed_at_start_and_rebuilt_by_itself(instance: Path, tmp_path: Path) -> None:
    with serving(instance, tmp_path) as server:
        publisher = Publisher(instance, tmp_path)
        while len(publisher.acknowledged()) < 5:
            time.sleep(0.1)
        publisher.process.kill()
        publisher.process.wait()
        slugs = publisher.acknowledged()
        assert found_everywhere(server, slugs) == []
        server.stop()
        for number, segment in enumerate(sorted((instance / "index" / "generations").glob("*/*.seg"))):
            content = segment.read_bytes()
            segment.write_bytes(content[: len(content) // 2] if number % 2 else b"\x00" * len(content))
        server.start()
        server.ready()
        assert found_everywhere(server, slugs) == []
        assert run(instance, "indexer", "verify", check=False).returncode == 0


def test_ctrl_c_stops_all_three_within_five_seconds(server: Server) -> None:
    below = list(commands(server.process.pid))
    assert len(below) >= 3
    assert server.stop() < 5
    time.sleep(0.2)
    assert [pid for pid in below if Path(f"/proc/{pid}").exists()] == []
