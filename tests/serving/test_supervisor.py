"""The supervisor as it really runs."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Server, commands, descendants, free_port, run, serving

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    instance = tmp_path / "instance"
    run(instance, "library", "init", "--empty")
    with serving(instance, tmp_path) as running:
        yield running


def refused(server: Server, port: int) -> str:
    """The one line with which a second `serve` ends."""
    done = run(server.instance, "library", "serve", "--port", str(port), check=False)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 and "Traceback" not in done.stderr
    return done.stderr


def test_an_instance_is_served_once_and_a_port_is_not_shared(server: Server, tmp_path: Path) -> None:
    assert "being served already" in refused(server, free_port())
    other = tmp_path / "other"
    run(other, "library", "init", "--empty")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(other, "library", "serve", "--port", str(taken.getsockname()[1]), check=False)
    assert done.returncode == 1 and "Cannot listen" in done.stderr


def test_a_dead_child_is_started_again(server: Server) -> None:
    deadline = time.monotonic() + 30
    for name in ("indexer", " work", "granian", "serving.front"):
        (victim, *_) = [pid for pid, line in commands(server.process.pid).items() if name in line]
        os.kill(victim, signal.SIGKILL)
        while time.monotonic() < deadline:
            now = [pid for pid, line in commands(server.process.pid).items() if name in line]
            if now and victim not in now:
                break
            time.sleep(0.1)
        assert victim not in commands(server.process.pid)
    server.ready()
    assert "starting it again" in server.log.read_text()


def test_a_killed_supervisor_leaves_no_orphan(server: Server) -> None:
    below = descendants(server.process.pid)
    assert len(below) >= 3
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in below):
        time.sleep(0.1)
    assert [pid for pid in below if Path(f"/proc/{pid}").exists()] == []


def test_a_readers_words_are_nowhere_on_the_disk(server: Server, tmp_path: Path) -> None:
    server.get("/search?q=sentinelquetzal")
    server.get("/api/v1/search?q=sentinelquetzal")
    server.stop()
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"sentinelquetzal" not in path.read_bytes(), path
