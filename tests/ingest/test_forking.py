"""Children forked by a nursery: processes of their own, that end with their file, whatever becomes of the others."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from library.ingest import Limits, Status, forking, sandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are forked on Linux alone")


@pytest.fixture(autouse=True)
def nursery(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that has read a file already, with a nursery of its own."""
    monkeypatch.setattr(forking, "_current", {os.getpid(): None})
    yield
    forking.stop()


def number() -> int:
    """The process id of the nursery."""
    current = forking._current[os.getpid()]
    assert current is not None
    return current._process.pid


def test_first_file_of_a_process_is_read_by_a_program_of_its_own(sandboxed, monkeypatch):
    monkeypatch.setattr(forking, "_current", {})
    assert sandboxed("Words.", "a.md").status is Status.ok
    assert forking._current[os.getpid()] is None
    assert sandboxed("Words.", "a.md").status is Status.ok
    assert number()


def test_child_is_forked_and_gone_afterwards(sandboxed, monkeypatch):
    seen: list[forking.Forked] = []
    real = forking.start
    monkeypatch.setattr(forking, "start", lambda *asked: seen.append(real(*asked)) or seen[-1])
    for words in ("One.", "Two."):
        assert sandboxed(words, "a.md").text == words
    assert seen[0].pid != seen[1].pid
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{child.pid}").exists() for child in seen) and time.monotonic() < deadline:
        time.sleep(0.02)
        sandboxed("Three.", "a.md")  # a nursery takes leave of its children when it is asked for another
    assert not any(Path(f"/proc/{child.pid}").exists() for child in seen[:2])


def test_child_that_takes_too_long_is_ended_and_the_next_reads_on(sandboxed, made_pdf):
    many = made_pdf([[(9, 40, 800 - 9 * n, "words " * 20) for n in range(80)]] * 300)
    sandboxed("Words.", "a.md")
    before = number()
    assert sandboxed(many, "long.pdf", Limits(seconds=0.5)).status is Status.timeout
    assert sandboxed("Words.", "a.md").status is Status.ok
    assert number() == before


def test_nursery_that_died_is_replaced_without_a_word(sandboxed):
    sandboxed("Words.", "a.md")
    before = number()
    os.kill(before, signal.SIGKILL)
    assert sandboxed("Words.", "a.md").status is Status.ok
    assert number() != before


def test_nursery_makes_room_for_a_new_one(sandboxed, monkeypatch):
    monkeypatch.setattr(forking, "CHILDREN", 1)
    sandboxed("Words.", "a.md")
    before = number()
    sandboxed("Words.", "a.md")
    assert number() != before
    assert not Path(f"/proc/{before}").exists()


def test_forked_child_knows_nothing_of_us(sandboxed, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "quokka")
    sandboxed("Words.", "a.md")
    environment = Path(f"/proc/{number()}/environ").read_bytes()
    assert b"quokka" not in environment
    # Its standard input, output and errors, the line to us, and nothing that we have open.
    assert len(list(Path(f"/proc/{number()}/fd").iterdir())) <= 4
    assert sandbox._PACKAGE_PARENT.as_posix().encode() in environment
