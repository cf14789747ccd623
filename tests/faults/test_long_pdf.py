"""A PDF of 2,000 pages, as a curator and a reader meet it: its first pages at once, its last words in a search."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from library.catalogue import documents
from library.extensions import db
from library.ingest.models import Job, JobState
from library.ingest.receiving import receive
from tests.ingest.conftest import pdf
from tests.running import serving

PAGES = 2_000
LINES = 40
SECONDS = 10.0  # "within seconds", on a machine that has other things to do

pytestmark = pytest.mark.slow


def page(number: int) -> list[tuple[float, float, float, str]]:
    lines = [f"Page {number} says in line {line} who may ask for records, and of whom." for line in range(LINES)]
    lines[-1] = "Here the quokka ends." if number == PAGES else lines[-1]
    return [(10.0, 72.0, 720.0 - 14.0 * line, text) for line, text in enumerate(lines)]


def until(what: Callable[[], object], seconds: float) -> float:
    """The seconds that it took until it was so."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)
    return time.monotonic() - began


def test_first_pages_are_shown_within_seconds_and_the_last_is_found(instance: Path, tmp_path: Path) -> None:
    content = pdf([page(number) for number in range(1, PAGES + 1)])

    def job() -> Job:
        db.session.rollback()
        return db.session.get_one(Job, number)

    with serving(instance, tmp_path) as server:
        number = receive(io.BytesIO(content), "long.pdf", by=None).id
        first = until(lambda: "Page 1 says" in job().opening, 60)
        assert job().state == JobState.RUNNING and job().total == PAGES
        read = first + until(lambda: job().state == JobState.DONE, 240)
        document = job().document
        assert document is not None
        documents.publish(document)
        found = until(lambda: server.search("quokka")["total"] == 1, 60)
        passage = server.search("quokka")["hits"][0]["passages"][0]
    assert passage["page"] == PAGES and "<mark>quokka</mark>" in passage["snippet"]
    print(f"first pages after {first:.1f} s, read after {read:.1f} s, found {found:.1f} s after it was published")
    assert first < SECONDS
