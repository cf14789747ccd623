"""The desk's list of files: found by state and by upload, dealt with one by one or all together, taken back."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from library.access.models import Role
from library.catalogue import files
from library.curating import joblist, live
from library.extensions import db
from library.ingest import claims, jobs, tidying
from library.ingest.models import Job, JobState

SignedIn = Callable[..., FlaskClient]
LIST = "/curate/jobs/"


def send(client: FlaskClient, *sent: tuple[bytes, str]) -> str:
    """The address that the form leads to."""
    data = {"files": [(io.BytesIO(content), name) for content, name in sent]}
    return client.post("/curate/upload", data=data).headers["Location"]


def read_all() -> None:
    while jobs.step("test"):
        pass


def only() -> Job:
    db.session.rollback()
    return db.session.query(Job).one()


def states() -> list[str]:
    db.session.rollback()
    return [job.state for job in db.session.query(Job).order_by(Job.id)]


def test_failures_are_listed_with_their_reasons(signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    send(client, (b"", "nothing.pdf"), (b"%PDF-1.7\n%", "broken.pdf"), (b"Lanterns are lit.", "good.txt"))
    read_all()
    page = client.get(f"{LIST}?state=failed").text
    assert "“nothing.pdf” is empty" in page and "broken.pdf" in page and "good.txt" not in page
    assert "Read all failed ones again" in page and "Discard all failed ones" in page
    assert "good.txt" in client.get(f"{LIST}?state=done").text
    assert "nothing.pdf" in client.get("/curate/").text


@pytest.mark.parametrize(
    ("content", "name", "advice"),
    [
        (b"", "a.pdf", "Run text recognition"),
        (b"%PDF-1.7\n%", "a.pdf", "save it again and upload"),
    ],
)
def test_a_failed_file_says_what_to_do_next_and_can_be_downloaded(
    signed_in: SignedIn, content: bytes, name: str, advice: str
) -> None:
    client = signed_in(Role.CURATOR)
    address = send(client, (content, name))
    read_all()
    assert advice in client.get(address).text
    saved = client.get(f"{address}file")
    assert saved.data == content and saved.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in saved.headers["Content-Security-Policy"]
    assert saved.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_is_being_read_shows_how_far_and_its_first_words(signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    address = send(client, (b"Lanterns", "long.pdf"))
    job = only()
    job.state, job.done, job.total, job.opening = JobState.RUNNING, 120, 2000, "The <first> words"
    db.session.commit()
    page = client.get(address).text
    assert "120 of 2,000 pages" in page and 'max="2000" value="120"' in page and "The &lt;first&gt; words" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "120 of 2,000 pages" in client.get(LIST).text
    job.state = JobState.CANCELLED
    db.session.commit()
    assert "http-equiv" not in client.get(address).text and "http-equiv" not in client.get(LIST).text


def test_a_discarded_file_can_be_taken_back_and_is_gone_after_a_day(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    address = send(client, (b"", "nothing.pdf"))
    assert client.post(f"{address}discard", follow_redirects=True).status_code == 200
    assert states() == ["queued"], "what may still be read is not discarded"
    read_all()
    page = client.post(f"{address}discard", follow_redirects=True).text
    assert "Discarded" in page and "Take it back" in page and states() == ["discarded"]
    assert "nothing.pdf" not in client.get(LIST).text and "nothing.pdf" in client.get(f"{LIST}?state=discarded").text
    assert tidying.tidy() == 0
    client.post(f"{address}take-back")
    assert states() == ["failed"]
    client.post(f"{address}discard")
    job = only()
    path = files.path(job.file)
    job.finished_at = claims.now() - timedelta(hours=tidying.KEPT_HOURS + 1)
    db.session.commit()
    assert tidying.tidy() == 1 and db.session.query(Job).count() == 0 and not path.exists()
    assert client.get(address).status_code == 404


def test_a_discarded_file_that_something_else_needs_stays(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    send(client, (b"Lanterns are lit.", "good.txt"))
    read_all()
    second = send(client, (b"Lanterns are lit.", "again.txt"))
    client.post(f"{second}cancel")
    client.post(f"{second}discard")
    job = db.session.query(Job).filter_by(name="again.txt").one()
    path = files.path(job.file)
    job.finished_at = claims.now() - timedelta(days=2)
    db.session.commit()
    assert tidying.tidy() == 1 and path.exists() and states() == ["done"]


def test_all_of_an_upload_is_cancelled_and_all_that_failed_is_read_again(signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    other = send(client, (b"Apart", "apart.txt"))
    batch = send(client, *((f"Lantern {n}".encode(), f"{n}.txt") for n in range(3))).partition("batch=")[2]
    client.post(f"{LIST}all", data={"do": "cancel", "batch": batch})
    assert states() == ["queued", *["cancelled"] * 3]
    client.post(f"{other}cancel")
    db.session.query(Job).update({"state": JobState.FAILED})
    db.session.commit()
    client.post(f"{LIST}all", data={"do": "retry", "batch": batch})
    assert states() == ["failed", *["queued"] * 3]
    client.post(f"{LIST}all", data={"do": "retry"})
    assert states() == ["queued"] * 4
    db.session.query(Job).update({"state": JobState.FAILED})
    db.session.commit()
    client.post(f"{LIST}all", data={"do": "discard", "batch": batch})
    assert states() == ["failed", *["discarded"] * 3]
    client.post(f"{LIST}all", data={"do": "take-back"})
    assert set(states()) == {"cancelled", "failed"}
    assert client.post(f"{LIST}all", data={"do": "dance"}).status_code == 400


def test_contributors_see_and_change_their_own_files_alone(signed_in: SignedIn) -> None:
    curator, contributor = signed_in(Role.CURATOR), signed_in(Role.CONTRIBUTOR)
    theirs = send(curator, (b"Of a curator", "curators.txt"))
    send(contributor, (b"Mine", "mine.txt"))
    page = contributor.get(LIST).text
    assert "mine.txt" in page and "curators.txt" not in page
    for path in (theirs, f"{theirs}file", f"{theirs}state"):
        assert contributor.get(path).status_code == 404
    assert contributor.post(f"{theirs}discard").status_code == 404
    contributor.post(f"{LIST}all", data={"do": "cancel"})
    assert states() == ["queued", "cancelled"]
    assert "mine.txt" in curator.get(LIST).text


def test_the_list_has_pages_and_parts_of_an_archive_a_list_of_their_own(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joblist, "LINES", 2)
    client = signed_in(Role.CURATOR)
    send(client, *((f"Lantern {n}".encode(), f"file-{n}.txt") for n in range(5)))
    first, third = client.get(LIST).text, client.get(f"{LIST}?page=3").text
    assert "file-4.txt" in first and "file-0.txt" not in first and "file-0.txt" in third and "page=2" in first
    archive, *inside = db.session.query(Job).order_by(Job.id).all()
    for job in inside:
        job.parent_id = archive.id
    db.session.commit()
    page = client.get(f"{LIST}?parent={archive.id}").text
    assert "Files in “file-0.txt”" in page and "file-1.txt" in page and "page=2" in page
    assert "4 files in it" in client.get(f"{LIST}{archive.id}/").text


def test_changes_are_streamed_to_those_who_may_see_them(app: Flask, signed_in: SignedIn) -> None:
    curator, contributor = signed_in(Role.CURATOR), signed_in(Role.CONTRIBUTOR)
    send(curator, (b"Lanterns", "long.pdf"))
    job = only()
    job.state, job.done, job.total, job.opening = JobState.RUNNING, 120, 2000, "The first words"
    db.session.commit()
    number = job.id
    db.session.rollback()
    answer = curator.get(f"{LIST}events?job={number}", buffered=False)
    assert answer.status_code == 200 and answer.mimetype == "text/event-stream"
    events = answer.response
    said = b""
    deadline = time.monotonic() + 10
    while b"event: job" not in said and time.monotonic() < deadline:
        said += next(iter(events))  # type: ignore[arg-type]
    answer.close()
    assert b"120 of 2,000 pages" in said and b"The first words" in said and b'"by"' not in said
    hub: live.Hub = app.extensions["library-live"]
    own = db.session.query(Job).one().created_by_id
    other = hub.join((own or 0) + 1)
    assert other is not None
    other.tell(list(live.changed().values()))
    assert other.wait(0.01) == []
    hub.leave(other)
    assert contributor.get("/curate/jobs/").status_code == 200


def test_a_process_holds_so_many_streams_and_no_more(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    app.extensions["library-live"] = hub = live.Hub(app, 2)
    first, second = hub.join(None), hub.join(None)
    assert first and second and hub.join(None) is None
    refused = client.get(f"{LIST}events")
    assert refused.status_code == 503 and int(refused.headers["Retry-After"]) > 0
    hub.leave(first)
    third = hub.join(None)
    assert third is not None
    second.until = third.until = time.monotonic() - live.SILENT_SECONDS - 1
    assert hub.join(None) is not None, "a stream whose browser went away is forgotten"


def test_a_stream_ends_by_itself(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "STREAM_SECONDS", 0.2)
    monkeypatch.setattr(live, "SILENT_SECONDS", 0.1)
    hub = live.Hub(app, 2)
    listener = hub.join(None)
    assert listener is not None
    said = list(live.stream(hub, listener))
    assert said[0].startswith(b"retry:") and b": still here\n\n" in said
