"""Uploads: to the instance's disk alone, within limits, in one go or in pieces that are gone on with."""

from __future__ import annotations

import io
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from library.access.models import Role
from library.catalogue import files
from library.catalogue.incoming import Incoming
from library.curating import arriving
from library.extensions import db
from library.ingest import claims, resuming, tidying
from library.ingest.models import Job
from library.ingest.resuming import PIECE

SignedIn = Callable[..., FlaskClient]
ADDRESS = "/curate/uploads/"


def jobs() -> list[Job]:
    db.session.rollback()
    return db.session.query(Job).order_by(Job.id).all()


def left_in(folder: Path) -> list[str]:
    """What lies below a folder of the instance."""
    return [path.name for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def form(*sent: tuple[bytes, str]) -> dict[str, object]:
    return {"files": [(io.BytesIO(content), name) for content, name in sent]}


def test_many_files_at_once_are_one_upload_and_stand_on_a_page_of_their_own(signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    client.post("/curate/upload", data=form((b"Another lantern", "before.txt")))
    answer = client.post("/curate/upload", data=form((b"Lanterns", "a.txt"), (b"Lamps", "folder/b.txt")))
    found = jobs()
    assert [job.name for job in found] == ["before.txt", "a.txt", "b.txt"]
    assert found[1].batch and found[1].batch == found[2].batch != found[0].batch
    assert answer.headers["Location"] == f"/curate/jobs/?batch={found[1].batch}"
    page = client.get(answer.headers["Location"]).text
    assert "a.txt" in page and "b.txt" in page and "before.txt" not in page
    assert [files.path(job.file).read_bytes() for job in found[1:]] == [b"Lanterns", b"Lamps"]


def test_a_file_that_is_too_large_names_itself_and_does_not_stop_the_others(
    app: Flask, instance: Path, signed_in: SignedIn
) -> None:
    app.config["MAX_UPLOAD_MB"] = 1
    client = signed_in(Role.CURATOR)
    sent = form((b"Lanterns", "a.txt"), (b"x" * 1_000_001, "big.txt"), (b"Lamps", "b.txt"))
    page = client.post("/curate/upload", data=sent, follow_redirects=True).text
    assert [job.name for job in jobs()] == ["a.txt", "b.txt"]
    assert "“big.txt” is larger than 1 MB" in page
    assert left_in(instance / "tmp") == []


def test_a_form_that_is_too_large_is_refused_before_it_is_read(app: Flask, signed_in: SignedIn) -> None:
    app.config.update(MAX_UPLOAD_MB=1, MAX_REQUEST_MB=2)
    client = signed_in(Role.CURATOR)
    answer = client.post("/curate/upload", data=form(*((b"x" * 900_000, f"{n}.txt") for n in range(3))))
    assert answer.status_code == 413 and jobs() == []


def test_the_limits_are_told_before_anything_is_sent(app: Flask, signed_in: SignedIn) -> None:
    app.config.update(MAX_UPLOAD_MB=7, MAX_REQUEST_MB=90)
    page = signed_in(Role.CONTRIBUTOR).get("/curate/upload").text
    assert "At most 7 MB each, and 90 MB at once." in page and 'data-largest="7000000"' in page


def test_a_disk_that_must_keep_room_takes_nothing(app: Flask, instance: Path, signed_in: SignedIn) -> None:
    app.config["MIN_FREE_MB"] = 10**9
    client = signed_in(Role.CURATOR)
    answer = client.post("/curate/upload", data=form((b"Lanterns", "a.txt")))
    assert answer.status_code == 400 and "The disk is full: “a.txt” was not kept" in answer.text
    refused = client.post(ADDRESS, json={"name": "a.txt", "size": 8})
    assert refused.status_code == 507 and "a.txt" in refused.get_json()["error"]
    assert jobs() == [] and left_in(instance / "tmp") == [] and left_in(instance / "uploads") == []


@pytest.mark.parametrize("role", [None, Role.MEMBER])
def test_who_may_not_upload_writes_nothing_to_the_disk(
    app: Flask, instance: Path, signed_in: SignedIn, role: Role | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(role) if role else app.test_client()
    made: list[str] = []
    real = tempfile.mkstemp
    monkeypatch.setattr(tempfile, "mkstemp", lambda **more: made.append("one") or real(**more))
    answer = client.post("/curate/upload", data=form((b"x" * 600_000, "a.txt")))
    assert answer.status_code in (302, 401, 403) and made == [] and jobs() == []
    assert client.post("/curate/upload", data=form((b"x" * 21_000_000, "a.txt"))).status_code in (302, 401, 403, 413)


def test_every_byte_of_a_form_is_written_once_and_within_the_instance(
    app: Flask, instance: Path, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    real = Incoming.write
    monkeypatch.setattr(Incoming, "write", lambda self, data: written.append(len(data)) or real(self, data))
    elsewhere: list[str] = []
    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile"):
        monkeypatch.setattr(tempfile, name, lambda *_, **__: elsewhere.append("a temporary file"))
    content = os.urandom(3_000_000)
    signed_in(Role.CURATOR).post("/curate/upload", data=form((content, "a.bin")))
    (job,) = jobs()
    assert files.path(job.file).read_bytes() == content
    assert sum(written) == len(content) and max(written) < 10**6, "no whole file in memory"
    assert elsewhere == [] and left_in(instance / "tmp") == []


def test_uploads_beyond_what_a_process_takes_are_asked_to_come_again(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    about = client.post(ADDRESS, json={"name": "a.txt", "size": 8}).get_json()
    app.extensions["library-turns"] = full = arriving.Turns(1)
    full.places.acquire()
    answer = client.post("/curate/upload", data=form((b"Lanterns", "a.txt")))
    assert answer.status_code == 503 and answer.headers["Retry-After"] and "Many files" in answer.text
    piece = client.put(about["url"], data=b"Lanterns", headers={"Content-Range": "bytes 0-7/8"})
    assert piece.status_code == 503 and piece.headers["Retry-After"] and jobs() == []
    full.places.release()
    assert client.post("/curate/upload", data=form((b"Lanterns", "a.txt"))).status_code == 302
    assert client.post("/curate/upload", data=form((b"Lamps", "b.txt"))).status_code == 302, "places are given back"


def test_of_uploads_at_once_one_works_at_a_time_and_none_while_it_waits_for_its_sender() -> None:
    turns = arriving.Turns(4)
    one, two = arriving.Taken(io.BytesIO(b"12"), turns), arriving.Taken(io.BytesIO(b"34"), turns)
    assert one.read(1) == b"1"
    done = threading.Event()
    other = threading.Thread(target=lambda: (two.read(1), done.set(), two.leave()))
    other.start()
    assert not done.wait(0.1), "the first one has the turn"
    one.leave()
    assert done.wait(5)
    other.join()
    assert one.read(1) == b"2"
    one.leave()


def test_a_file_in_pieces_becomes_a_job_with_the_same_bytes(instance: Path, signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    content = os.urandom(2 * PIECE + 1234)
    said = {
        "name": "x/guide.pdf",
        "size": len(content),
        "modified": 5,
        "topics": ["privacy"],
        "batch": "00ff00ff00ff00ff",
    }
    begun = client.post(ADDRESS, json=said)
    about = begun.get_json()
    assert begun.status_code == 201 and begun.headers["Location"] == about["url"] and about["offset"] == 0
    for start in range(0, len(content), PIECE):
        assert about["job"] is None and about["offset"] == start
        piece = content[start : start + PIECE]
        place = f"bytes {start}-{start + len(piece) - 1}/{len(content)}"
        answer = client.put(about["url"], data=piece, headers={"Content-Range": place})
        assert answer.status_code == 200 and answer.headers["Upload-Offset"] == str(start + len(piece))
        about = answer.get_json()
    (job,) = jobs()
    assert about["job"] == f"/curate/jobs/{job.id}/"
    assert (job.name, job.topics, job.batch) == ("guide.pdf", ["privacy"], "00ff00ff00ff00ff")
    assert files.path(job.file).read_bytes() == content
    assert client.get(ADDRESS).get_json() == {"uploads": []}


def test_an_upload_goes_on_after_the_line_broke(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    url = client.post(ADDRESS, json={"name": "a.txt", "size": 10, "modified": 7}).get_json()["url"]
    client.put(url, data=b"0123", headers={"Content-Range": "bytes 0-9/10"})  # less came than was to come
    head = client.head(url)
    assert (head.status_code, head.headers["Upload-Offset"], head.headers["Upload-Length"]) == (200, "4", "10")
    (known,) = client.get(ADDRESS).get_json()["uploads"]
    assert (known["name"], known["size"], known["modified"], known["offset"], known["url"]) == ("a.txt", 10, 7, 4, url)
    wrong = client.put(url, data=b"789", headers={"Content-Range": "bytes 7-9/10"})
    assert wrong.status_code == 409 and "byte 4" in wrong.get_json()["error"]
    assert client.put(url, data=b"456789", headers={"Content-Range": "bytes 4-9/10"}).get_json()["job"]
    (job,) = jobs()
    assert files.path(job.file).read_bytes() == b"0123456789"


def test_asked_again_after_a_lost_answer_the_same_job_is_named(signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    url = client.post(ADDRESS, json={"name": "a.txt", "size": 4}).get_json()["url"]
    first = client.put(url, data=b"0123", headers={"Content-Range": "bytes 0-3/4"}).get_json()["job"]
    assert first and client.put(url, headers={"Content-Range": "bytes */4"}).get_json()["job"] == first
    assert client.get(url).get_json()["job"] == first and len(jobs()) == 1


@pytest.mark.parametrize("killed_before", ["keep", "wake"])
def test_a_kill_while_an_upload_is_finished_loses_nothing_and_doubles_nothing(
    app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, killed_before: str
) -> None:
    client = signed_in(Role.CURATOR)
    said = {"name": "a.txt", "size": 4, "batch": "00ff00ff00ff00ff"}
    url = client.post(ADDRESS, json=said).get_json()["url"]

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        if killed_before == "keep":
            patch.setattr(files, "keep", die)
        else:
            save = resuming.Upload.save
            patch.setattr(resuming.Upload, "save", lambda self: die() if self.job else save(self))
        with pytest.raises(Killed):
            client.put(url, data=b"0123", headers={"Content-Range": "bytes 0-3/4"})
    assert client.head(url).headers["Upload-Offset"] == "4"
    assert client.put(url, headers={"Content-Range": "bytes */4"}).get_json()["job"]
    (job,) = jobs()
    assert files.path(job.file).read_bytes() == b"0123"


def test_an_upload_is_of_who_began_it(app: Flask, signed_in: SignedIn) -> None:
    mine, other = signed_in(Role.CURATOR), signed_in(Role.ADMIN)
    url = mine.post(ADDRESS, json={"name": "a.txt", "size": 4}).get_json()["url"]
    for answer in (
        other.get(url),
        other.delete(url),
        other.put(url, data=b"0123", headers={"Content-Range": "bytes 0-3/4"}),
        mine.get(f"{ADDRESS}..%2F..%2Flibrary.db"),
        mine.get(f"{ADDRESS}{'a' * 22}"),
    ):
        assert answer.status_code == 404
    assert other.get(ADDRESS).get_json() == {"uploads": []}
    assert mine.delete(url).status_code == 204 and mine.get(url).status_code == 404
    assert app.test_client().get(ADDRESS).status_code in (302, 401)


def test_what_does_not_follow_the_protocol_is_refused(app: Flask, signed_in: SignedIn) -> None:
    app.config["MAX_UPLOAD_MB"] = 1
    client = signed_in(Role.CURATOR)
    assert client.post(ADDRESS, json={"name": "a"}).status_code == 400
    assert client.post(ADDRESS, json=[]).status_code == 400
    large = client.post(ADDRESS, json={"name": "a.txt", "size": 1_000_001})
    assert large.status_code == 413 and "“a.txt” is larger than 1 MB" in large.get_json()["error"]
    url = client.post(ADDRESS, json={"name": "a.txt", "size": 4}).get_json()["url"]
    assert client.put(url, data=b"0123").status_code == 400
    assert client.put(url, data=b"0123", headers={"Content-Range": "bytes 0-3/5"}).status_code == 400
    more = client.put(url, data=b"012345678", headers={"Content-Range": "bytes 0-3/4"})
    assert more.status_code == 413 and jobs() == []


def test_an_empty_file_is_taken_in_pieces_too(signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    url = client.post(ADDRESS, json={"name": "empty.txt", "size": 0}).get_json()["url"]
    assert client.put(url, headers={"Content-Range": "bytes */0"}).get_json()["job"]
    assert [job.name for job in jobs()] == ["empty.txt"]


def test_an_abandoned_upload_is_tidied_after_a_day(app: Flask, instance: Path, signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    urls = [client.post(ADDRESS, json={"name": f"{n}.txt", "size": 4}).get_json()["url"] for n in range(2)]
    old = instance / "uploads" / urls[0].rpartition("/")[2]
    long_ago = claims.now().timestamp() - tidying.KEPT_HOURS * 3600 - 60
    (instance / "tmp").mkdir(exist_ok=True)
    leftover = instance / "tmp" / "upload-killed"
    leftover.write_bytes(b"half")
    for path in (*old.iterdir(), old, leftover):
        os.utime(path, (long_ago, long_ago))
    tidying.tidy()
    assert not leftover.exists()
    assert client.get(urls[0]).status_code == 404 and client.get(urls[1]).status_code == 200


def test_a_form_that_breaks_off_makes_no_job_and_leaves_nothing(instance: Path, signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    whole = (
        b'--cut\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nLanterns\r\n'
        b'--cut\r\nContent-Disposition: form-data; name="files"; filename="b.txt"\r\n\r\n' + b"Lamps " * 50_000
    )
    answer = client.post("/curate/upload", data=whole, content_type="multipart/form-data; boundary=cut")
    assert answer.status_code == 400
    assert jobs() == [] and left_in(instance / "tmp") == []
