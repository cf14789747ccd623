"""Jobs: one document a job, whatever is killed when."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from library import ingest
from library.access.models import User
from library.catalogue import documents, files, topics
from library.catalogue.models import Document, Status
from library.extensions import db
from library.ingest import Extraction, Limits, claims, jobs, telling, working
from library.ingest.extraction import Progress
from library.ingest.models import Job, JobState
from library.ingest.receiving import receive
from library.ingest.sandbox import Told

GUIDE = b"---\ntopics: [privacy, Geheimnis]\nkind: toolkit\n---\n# Keeping records safe\n\nLock the lanterns away.\n"


@pytest.fixture(autouse=True)
def database(app: Flask) -> Iterator[None]:
    yield
    db.session.remove()


def queue(content: bytes = GUIDE, name: str = "guide.md", publish: bool = False) -> int:
    return receive(io.BytesIO(content), name, by=None, publish=publish).id


def fresh(number: int) -> Job:
    db.session.expire_all()
    return db.session.get_one(Job, number)


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Document)) or 0


def test_a_job_becomes_a_draft_with_its_receipt(app: Flask) -> None:
    topics.create("privacy", {"en": "Privacy"})
    number = queue()
    assert jobs.step("w") is True
    job = fresh(number)
    assert job.state == JobState.DONE and job.document is not None and job.receipt is not None
    revision = job.document.latest
    assert (job.document.status, revision.title, revision.kind) == (Status.DRAFT, "Keeping records safe", "toolkit")
    assert revision.topics == ["privacy"]
    assert job.receipt["status"] == "ok" and any("Geheimnis" in warning for warning in job.receipt["warnings"])
    slug = job.document.slug
    assert job.receipt["document"] == {
        "id": job.document_id,
        "slug": slug,
        "url": f"http://localhost/documents/{slug}/",
    }
    assert jobs.step("w") is False


def test_a_job_that_is_to_be_published_is(app: Flask) -> None:
    number = queue(publish=True)
    jobs.step("w")
    document = fresh(number).document
    assert document is not None and document.status == Status.PUBLISHED


@pytest.mark.parametrize(
    ("content", "name", "status"), [(b"", "nothing.txt", "empty"), (b"%PDF-1.7\n%", "a.pdf", "corrupt")]
)
def test_a_file_that_cannot_be_read_fails_with_its_receipt_and_is_kept(
    app: Flask, content: bytes, name: str, status: str
) -> None:
    number = queue(content, name)
    jobs.step("w")
    job = fresh(number)
    assert job.state == JobState.FAILED and job.receipt is not None
    assert job.receipt["status"] == status and name in job.receipt["reason"]
    assert files.path(job.file).read_bytes() == content and count() == 0


def test_the_same_file_again_is_told_and_makes_no_second_document(app: Flask) -> None:
    first, second = queue(), queue(name="copy.md")
    jobs.step("w")
    jobs.step("w")
    job = fresh(second)
    assert job.state == JobState.DONE and job.receipt is not None and job.document is not None
    assert job.document_id == fresh(first).document_id
    assert job.receipt["duplicate_of"] == job.document.slug
    assert job.receipt["file"] == "copy.md" and job.receipt["title"] == "Keeping records safe"
    assert count() == 1


def test_the_same_file_read_twice_at_once_makes_one_document(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = queue(), queue()
    real = ingest.extract

    def meanwhile(path: Path, name: str, limits: Limits, scratch: Path, **more: Any) -> Extraction:
        monkeypatch.setattr(ingest, "extract", real)
        jobs.step("another")
        return real(path, name, limits, scratch, **more)

    monkeypatch.setattr(ingest, "extract", meanwhile)
    jobs.step("one")
    assert {fresh(first).state, fresh(second).state} == {JobState.DONE}
    assert fresh(first).document_id == fresh(second).document_id and count() == 1


def test_a_job_is_claimed_by_one_worker_only(app: Flask) -> None:
    numbers = {queue(b"one", "1.txt"), queue(b"two", "2.txt")}
    taken = [claims.claim_next("a"), claims.claim_next("b"), claims.claim_next("c")]
    assert {claim.job for claim in taken if claim} == numbers and taken[2] is None


def test_a_worker_that_lost_its_job_writes_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    number = queue()
    real = ingest.extract

    def slow(path: Path, name: str, limits: Limits, scratch: Path, **more: Any) -> Extraction:
        jobs.cancel(db.session.get_one(Job, number))
        return real(path, name, limits, scratch, **more)

    monkeypatch.setattr(ingest, "extract", slow)
    jobs.step("w")
    assert fresh(number).state == JobState.CANCELLED and count() == 0


def test_a_job_of_a_dead_process_is_queued_again_and_given_up_after_so_many_attempts(app: Flask) -> None:
    number = queue()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    worker = claims.worker_name().replace(f":{os.getpid()}:", f":{gone.pid}:")
    for attempt in range(1, claims.ATTEMPTS + 1):
        assert claims.claim_next(worker) is not None
        assert claims.recover() == 1
        expected = JobState.QUEUED if attempt < claims.ATTEMPTS else JobState.FAILED
        assert fresh(number).state == expected
    job = fresh(number)
    assert (
        job.receipt is not None
        and f"{claims.ATTEMPTS} times" in job.receipt["reason"]
        and job.receipt["status"] == "unsafe"
    )


def test_a_job_without_a_sign_of_life_is_queued_again_and_one_with_it_is_left(app: Flask) -> None:
    number = queue()
    claims.claim_next("elsewhere:1:1:0")
    assert claims.recover() == 0
    job = fresh(number)
    job.heartbeat_at = datetime.now(UTC) - timedelta(seconds=claims.STALE_SECONDS + 1)
    db.session.commit()
    assert claims.recover() == 1 and fresh(number).state == JobState.QUEUED


def test_a_process_id_that_is_used_again_is_no_sign_of_life(app: Flask) -> None:
    queue()
    host, pid, _started, number = claims.worker_name().split(":")
    claims.claim_next(f"{host}:{pid}:1:{number}")
    assert claims.recover() == 1
    claims.claim_next(claims.worker_name())
    assert claims.recover() == 0


def test_a_fault_of_ours_gives_the_job_back_and_at_last_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    number = queue()

    def full(*_: object, **_more: object) -> Extraction:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ingest, "extract", full)
    for _ in range(claims.ATTEMPTS):
        assert jobs.step("w") is True
    job = fresh(number)
    assert job.state == JobState.FAILED and job.receipt is not None and "log" in job.receipt["reason"]
    monkeypatch.undo()
    jobs.retry(job)
    assert fresh(number).state == JobState.QUEUED
    jobs.step("w")
    assert fresh(number).state == JobState.DONE


def test_a_settled_job_is_neither_cancelled_nor_tried_again(app: Flask) -> None:
    number = queue()
    with pytest.raises(jobs.JobSettled):
        jobs.retry(fresh(number))
    jobs.step("w")
    with pytest.raises(jobs.JobSettled):
        jobs.cancel(fresh(number))


def test_a_long_reading_shows_signs_of_life_and_how_far_it_is(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    number = queue()
    seen: list[tuple[datetime | None, int, int, str]] = []
    real = ingest.extract
    monkeypatch.setattr(telling, "WRITE_SECONDS", 0.0)

    def slow(path: Path, name: str, limits: Limits, scratch: Path, *, told: Told, **more: Any) -> Extraction:
        for done in (0, 120):
            told(Progress(done, 2000, "The first words."))
            job = fresh(number)
            seen.append((job.heartbeat_at, job.done, job.total, job.opening))
            db.session.rollback()
        return real(path, name, limits, scratch, told=told, **more)

    monkeypatch.setattr(ingest, "extract", slow)
    jobs.step("w")
    (before, *first), (after, *second) = seen
    assert first == [0, 2000, "The first words."] and second == [120, 2000, "The first words."]
    assert before is not None and after is not None and after > before
    assert fresh(number).state == JobState.DONE and fresh(number).opening == ""


def test_workers_empty_the_queue_and_stop_when_told(app: Flask) -> None:
    app.config["JOB_WORKERS"] = 2
    numbers = [queue(f"Lantern number {n}".encode(), f"{n}.txt") for n in range(4)]
    db.session.rollback()
    stop = threading.Event()
    worker = threading.Thread(target=working.work, args=(app, stop))
    worker.start()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and any(fresh(n).state != JobState.DONE for n in numbers):
        db.session.rollback()
        time.sleep(0.1)
    stop.set()
    worker.join(timeout=20)
    assert not worker.is_alive()
    assert [fresh(n).state for n in numbers] == [JobState.DONE] * 4 and count() == 4


def test_who_uploaded_is_who_wrote_the_draft(app: Flask, person: Callable[..., User]) -> None:
    author = person()
    job = receive(io.BytesIO(GUIDE), "guide.md", by=author)
    jobs.step("w")
    document = fresh(job.id).document
    assert document is not None and document.created_by_id == author.id
    assert documents.by_slug(document.slug) is not None
