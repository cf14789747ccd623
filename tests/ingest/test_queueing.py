"""The queue wakes workers and may forget: what it forgets is found, what it says twice is done once."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from library import create_app, ingest
from library.catalogue.models import Document
from library.extensions import db
from library.ingest import Extraction, Limits, claims, jobs, queueing, working
from library.ingest.extraction import Progress
from library.ingest.models import Job, JobState
from library.ingest.receiving import receive
from library.ingest.sandbox import Told
from library.settings import SettingError
from tests import redis
from tests.needs import needs


@pytest.fixture(params=["sqlite", pytest.param("redis", marks=[pytest.mark.slow, needs("redis")])])
def queued_app(request: pytest.FixtureRequest, instance: Path) -> Iterator[Flask]:
    """An application whose queue is in SQLite, then in Redis."""
    with redis.server() if request.param == "redis" else _nothing() as address:
        app = create_app(instance, TESTING=True, SITE_URL="http://localhost", QUEUE_URL=address)
        with app.app_context():
            db.create_all()
            yield app
            db.session.remove()
            db.engine.dispose()


class _nothing:
    def __enter__(self) -> str:
        return ""

    def __exit__(self, *_: object) -> None: ...


@pytest.fixture
def worker(queued_app: Flask) -> Iterator[Callable[[], threading.Event]]:
    """Starts a worker; what it returns stops it."""
    running: list[tuple[threading.Thread, threading.Event]] = []

    def start() -> threading.Event:
        stop = threading.Event()
        thread = threading.Thread(target=working.work, args=(queued_app, stop))
        running.append((thread, stop))
        thread.start()
        return stop

    yield start
    for thread, stop in running:
        stop.set()
        thread.join(timeout=20)
        assert not thread.is_alive()


def fresh(number: int) -> Job:
    db.session.expire_all()
    job = db.session.get_one(Job, number)
    db.session.refresh(job)
    return job


def settled(numbers: list[int], seconds: float = 30) -> list[str]:
    """Their states, once none waits or is being read."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        states = [fresh(number).state for number in numbers]
        db.session.rollback()
        if not {JobState.QUEUED, JobState.RUNNING} & set(states):
            return [str(state) for state in states]
        time.sleep(0.05)
    raise AssertionError(f"not settled after {seconds} s: {states}")


def sent(count: int) -> list[int]:
    return [receive(io.BytesIO(f"Lantern number {n}".encode()), f"{n}.txt", by=None).id for n in range(count)]


def test_a_received_file_wakes_the_worker(
    queued_app: Flask, worker: Callable[[], threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queueing, "sweep", lambda _tasks: 0)
    worker()
    assert settled(sent(3)) == ["done"] * 3
    assert len(queueing.queue(queued_app)) == 0


def test_what_the_queue_forgot_is_found_by_the_sweep(queued_app: Flask, worker: Callable[[], threading.Event]) -> None:
    numbers = sent(3)
    queueing.queue(queued_app).huey.flush()
    assert len(queueing.queue(queued_app)) == 0
    worker()
    assert settled(numbers) == ["done"] * 3


def test_a_task_that_comes_twice_or_for_nothing_makes_one_document(
    queued_app: Flask, worker: Callable[[], threading.Event]
) -> None:
    numbers = sent(2)
    tasks = queueing.queue(queued_app)
    for number in (*numbers, *numbers, 999):
        tasks.put(number, 100)
    worker()
    assert settled(numbers) == ["done"] * 2
    deadline = time.monotonic() + 10
    while len(tasks) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(tasks) == 0 and db.session.query(Document).count() == 2
    assert [fresh(number).attempts for number in numbers] == [1, 1]


def test_a_sweep_asks_for_no_job_twice(queued_app: Flask) -> None:
    numbers = sent(3)
    tasks = queueing.queue(queued_app)
    assert queueing.sweep(tasks) == 0 and sorted(tasks.numbers()) == numbers
    tasks.huey.flush()
    assert queueing.sweep(tasks) == 3 and queueing.sweep(tasks) == 0
    assert sorted(tasks.numbers()) == numbers


def test_what_somebody_waits_for_goes_before_a_long_batch(queued_app: Flask) -> None:
    batch = sent(5)
    inside = db.session.get_one(Job, batch[0])
    inside.parent_id = batch[4]
    db.session.commit()
    first = [queueing.priority(fresh(number)) for number in batch]
    assert first[0] == queueing.LAST and first[1] > first[2] > first[3] > first[4] > first[0]
    died_of = fresh(batch[2])
    died_of.attempts = 1
    assert queueing.priority(died_of) < queueing.LAST
    large = fresh(batch[1])
    large.file.size = queueing.LARGE + 1
    assert queueing.priority(large) < first[4]


def test_a_running_job_is_really_stopped_when_it_is_cancelled(
    queued_app: Flask, worker: Callable[[], threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = _endless(monkeypatch)
    worker()
    (number,) = sent(1)
    _running(number)
    began = time.monotonic()
    jobs.cancel(db.session.get_one(Job, number))
    assert ended.wait(5) and time.monotonic() - began < 1
    assert settled([number]) == ["cancelled"] and db.session.query(Document).count() == 0


def test_a_worker_that_is_stopped_puts_its_job_back_at_once(
    queued_app: Flask, worker: Callable[[], threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = _endless(monkeypatch)
    stop = worker()
    (number,) = sent(1)
    _running(number)
    began = time.monotonic()
    stop.set()
    assert ended.wait(5)
    while fresh(number).state != JobState.QUEUED:
        db.session.rollback()
        assert time.monotonic() - began < 2.5
        time.sleep(0.05)
    assert fresh(number).attempts == 0, "an attempt that was broken off by us does not count"


def test_a_damaged_queue_is_made_anew_and_nothing_is_lost(app: Flask, instance: Path) -> None:
    number = receive(io.BytesIO(b"Lanterns"), "a.txt", by=None).id
    queueing.queue(app).huey.storage.close()
    del app.extensions["library-queue"]
    (instance / "queue.db").write_bytes(b"no database at all" * 1000)
    for name in ("queue.db-wal", "queue.db-shm"):
        (instance / name).unlink(missing_ok=True)
    tasks = queueing.queue(app)
    assert len(tasks) == 0 and queueing.sweep(tasks) == 1 and tasks.numbers() == [number]


def test_a_queue_that_is_away_loses_no_upload(instance: Path) -> None:
    app = create_app(instance, TESTING=True, QUEUE_URL="redis://127.0.0.1:1/0")
    with app.app_context():
        db.create_all()
        job = receive(io.BytesIO(b"Lanterns"), "a.txt", by=None)
        assert fresh(job.id).state == JobState.QUEUED
        assert claims.claim_next("w") is not None
        db.session.remove()
        db.engine.dispose()


def test_a_message_that_somebody_else_wrote_is_not_opened(queued_app: Flask) -> None:
    tasks = queueing.queue(queued_app)
    message = tasks.huey.serializer.serialize("read job 1")
    assert tasks.huey.serializer.deserialize(message) == "read job 1"
    with pytest.raises(ValueError):
        tasks.huey.serializer.deserialize(message[:-1] + b"x")


def test_an_address_of_no_queue_is_refused(instance: Path) -> None:
    with pytest.raises(SettingError, match="QUEUE_URL"):
        create_app(instance, QUEUE_URL="amqp://localhost")


def _endless(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Reading goes on until it is told not to."""
    ended = threading.Event()

    def read(path: Path, name: str, limits: Limits, scratch: Path, *, told: Told, **_more: Any) -> Extraction:
        try:
            for done in range(10_000):
                told(Progress(done, 10_000))
                time.sleep(0.3)
        finally:
            ended.set()
        raise AssertionError("never told to stop")

    monkeypatch.setattr(ingest, "extract", read)
    return ended


def _running(number: int) -> None:
    deadline = time.monotonic() + 10
    while fresh(number).state != JobState.RUNNING:
        db.session.rollback()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    db.session.rollback()
