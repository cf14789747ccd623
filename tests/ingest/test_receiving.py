"""A received file is kept and queued, or nothing is."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask

from library.access.models import Role, User
from library.catalogue import files
from library.catalogue.errors import TooLarge
from library.extensions import db
from library.ingest.models import Job, JobState
from library.ingest.receiving import receive


def test_a_received_file_is_kept_and_queued(app: Flask, person: Callable[..., User]) -> None:
    curator = person(Role.CURATOR)
    job = receive(io.BytesIO(b"# Hello"), "../a\\guide.md", by=curator, topics=["privacy", "privacy"], publish=True)
    assert (job.state, job.name, job.topics, job.publish) == (JobState.QUEUED, "guide.md", ["privacy"], True)
    assert job.created_by_id == curator.id
    assert files.path(job.file).read_bytes() == b"# Hello"


def test_a_file_that_is_too_large_leaves_no_job_and_no_bytes(app: Flask) -> None:
    app.config["MAX_UPLOAD_MB"] = 1
    with pytest.raises(TooLarge, match="1 MB"):
        receive(io.BytesIO(b"x" * 1_000_001), "big.txt", by=None)
    assert db.session.query(Job).count() == 0
    assert [path for path in files.folder().rglob("*") if path.is_file()] == []


def test_an_upload_that_breaks_off_leaves_no_job(app: Flask) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError("the browser went away")

    with pytest.raises(ConnectionResetError):
        receive(Broken(), "half.pdf", by=None)
    assert db.session.query(Job).count() == 0
