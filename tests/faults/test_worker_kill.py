"""SIGKILL of the job worker at random moments of a batch: every file is there once, with a receipt; none waits for ever."""

from __future__ import annotations

import io
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from library.catalogue import files
from library.catalogue.models import Document
from library.extensions import db
from library.ingest.claims import ATTEMPTS
from library.ingest.models import Job, JobState
from library.ingest.receiving import receive
from tests.running import commands, descendants, start

pytestmark = pytest.mark.slow

FILES = int(os.environ.get("KILL_FILES", "40"))
KILLS = int(os.environ.get("KILL_TIMES", "8"))
"""The full size is KILL_FILES=200 KILL_TIMES=30."""
PATIENCE = 20 + 3.0 * FILES


def content(number: int) -> bytes:
    """A small file; every tenth cannot be read, every seventh is the same as another."""
    if number % 10 == 9:
        return b"%PDF-1.7\n%" + str(number).encode()
    return f"# Lantern {number - number % 7 if number % 7 == 1 else number}\n\nLight for the march.\n".encode()


def _at_work(worker: int) -> bool:
    """Whether the worker has claimed a job, after a moment's patience."""
    time.sleep(0.02)
    db.session.rollback()
    running = db.session.scalars(select(Job.worker).where(Job.state == JobState.RUNNING)).all()
    return any(f":{worker}:" in name for name in running)


def unsettled() -> int:
    db.session.rollback()
    open_states = (JobState.QUEUED, JobState.RUNNING)
    return len(db.session.scalars(select(Job.id).where(Job.state.in_(open_states))).all())


def test_a_killed_worker_loses_no_file_and_doubles_none(instance: Path) -> None:
    numbers = [receive(io.BytesIO(content(n)), f"lantern-{n}.md", by=None).id for n in range(FILES)]
    dice = random.Random(30)
    kills = 0
    until = time.monotonic() + PATIENCE
    worker = start(instance, "library", "work")
    try:
        while unsettled():
            assert time.monotonic() < until, f"{unsettled()} of {FILES} files still wait after {kills} kills"
            if kills == KILLS:
                time.sleep(0.2)
            elif _at_work(worker.pid):  # a worker that is still starting does nothing that could be broken
                time.sleep(dice.uniform(0.0, 1.5))
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                kills += 1
                worker = start(instance, "library", "work")
    finally:
        worker.kill()
        worker.wait()
    found = [db.session.get_one(Job, number) for number in numbers]
    print(f"{kills} kills, attempts {Counter(job.attempts for job in found)}")
    assert all(job.receipt and job.receipt["file"] == job.name for job in found)
    broken = [n for n in range(FILES) if n % 10 == 9]
    given_up = [job for job in found if job.receipt and job.receipt["status"] == "unsafe"]
    for n, job in enumerate(found):
        assert files.path(job.file).read_bytes() == content(n)
        if job not in given_up:
            assert (job.state == JobState.FAILED) == (n in broken), job.receipt
    pieces = Counter(db.session.scalars(select(Document.file_id)).all())
    assert set(pieces.values()) == {1}, "a file became two pieces"
    assert set(pieces) == {job.file_id for job in found if job.state == JobState.DONE}
    assert len(given_up) <= KILLS // ATTEMPTS, "given up is what a worker died of again and again, and nothing else"


def test_a_worker_that_is_told_to_stop_does_so_within_two_and_a_half_seconds_and_leaves_no_child(
    instance: Path, tmp_path: Path
) -> None:
    pages = "".join(f"<p>{'Assemblies are announced, not asked for. ' * 30}</p>" for _ in range(20_000))
    number = receive(io.BytesIO(f"<html><body><h1>Long</h1>{pages}</body></html>".encode()), "long.html", by=None).id
    worker = start(instance, "library", "work")
    try:
        until = time.monotonic() + 60
        children: dict[int, str] = {}
        while not any("library.ingest.child" in line for line in children.values()):
            assert time.monotonic() < until and worker.poll() is None
            children = commands(worker.pid)
            time.sleep(0.05)
        below = descendants(worker.pid)
        began = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=20) == 0
        assert time.monotonic() - began < 2.5
    finally:
        worker.kill()
    assert [pid for pid in below if Path(f"/proc/{pid}").exists()] == []
    db.session.rollback()
    job = db.session.get_one(Job, number)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert list((instance / "tmp").glob("extract-*")) == []
