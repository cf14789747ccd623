"""Files within files: each becomes a piece of its own, once, whatever is killed when."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from library.catalogue import documents, files, topics
from library.catalogue.errors import StorageFull
from library.catalogue.models import Document
from library.extensions import db
from library.ingest import importing, jobs, parts
from library.ingest.models import Job, JobState
from library.ingest.receiving import receive


@pytest.fixture(autouse=True)
def database(app: Flask) -> Iterator[None]:
    yield
    db.session.remove()


def text(word: str) -> bytes:
    return f"# About {word}\n\nWords about {word} and the sea.\n".encode()


def zipped(**members: bytes) -> bytes:
    """A ZIP of members; `__` in a name stands for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name.replace("__", ".")), content)
    return out.getvalue()


def mailed(*attachments: tuple[str, bytes], words: str = "Words of the letter itself.\n") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = "a@b.example", "The letter", "<1@b.example>"
    message.set_content(words)
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def queue(content: bytes, name: str = "batch.zip", **options: Any) -> int:
    return receive(io.BytesIO(content), name, by=None, **options).id


def work() -> None:
    while jobs.step("w"):
        pass
    db.session.expire_all()


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_members_of_an_archive_become_jobs_with_its_topics(app: Flask) -> None:
    topics.create("water", {"en": "Water"})
    number = queue(zipped(a__md=text("rivers"), b__md=text("lakes")), topics=["water"], publish=True)
    assert jobs.step("w") is True
    parent = db.session.get_one(Job, number)
    assert (parent.state, parent.document) == (JobState.DONE, None)
    assert parent.receipt is not None and parent.receipt["parts"] == ["a.md", "b.md"]
    assert [(part.name, part.topics, part.publish, part.state) for part in parent.parts] == [
        ("a.md", ["water"], True, JobState.QUEUED),
        ("b.md", ["water"], True, JobState.QUEUED),
    ]
    work()
    assert {part.document.live.title for part in db.session.get_one(Job, number).parts} == {
        "About rivers",
        "About lakes",
    }


def test_a_letter_becomes_a_piece_and_its_attachments_others(app: Flask) -> None:
    number = queue(mailed(("a.md", text("rivers")), ("b.zip", zipped(c__md=text("lakes")))), "letter.eml")
    work()
    letter = db.session.get_one(Job, number)
    assert letter.document is not None and letter.document.latest.title == "The letter"
    assert [part.name for part in letter.parts] == ["a.md", "b.zip"]
    assert [part.name for part in letter.parts[1].parts] == ["c.md"]
    assert count(Document) == 3


def test_a_part_that_fails_names_its_parent_and_can_be_read_again_alone(app: Flask) -> None:
    number = queue(zipped(a__md=text("rivers"), b__png=b"\x89PNG\r\n\x1a\n" + bytes(9)))
    work()
    failed = db.session.get_one(Job, number).parts[1]
    assert failed.state == JobState.FAILED and failed.receipt is not None
    assert "It was in “batch.zip”." in failed.receipt["warnings"]
    jobs.retry(failed)
    assert db.session.scalar(select(func.count()).where(Job.state == JobState.QUEUED)) == 1
    work()
    assert count(Job) == 3 and count(Document) == 1


def test_killed_before_its_end_an_archive_loses_and_doubles_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = queue(zipped(a__md=text("rivers"), b__md=text("lakes")))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "_finish", killed)
        with pytest.raises(KeyboardInterrupt):
            jobs.step("w")
    db.session.remove()
    assert count(Job) == 1, "bytes may be there, but no job"
    job = db.session.get_one(Job, number)
    job.state = JobState.QUEUED
    db.session.commit()
    work()
    assert count(Job) == 3 and count(Document) == 2


def test_a_full_disk_leaves_the_archive_in_the_queue(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    number = queue(zipped(a__md=text("rivers")))
    kept = files.store

    def full(*_: object, **__: object) -> None:
        raise StorageFull("full")

    monkeypatch.setattr(files, "store", full)
    jobs.step("w")
    db.session.expire_all()
    assert db.session.get_one(Job, number).state == JobState.QUEUED
    monkeypatch.setattr(files, "store", kept)
    work()
    assert count(Document) == 1


def nested(depth: int) -> bytes:
    content = text("the bottom")
    for level in range(depth):
        content = zipped(**{"deep__zip" if level else "deep__md": content})
    return content


def test_archives_within_archives_are_read_to_a_depth_and_then_told(app: Flask) -> None:
    queue(nested(parts.DEEPEST))
    work()
    assert count(Document) == 1
    queue(nested(parts.DEEPEST + 2))
    work()
    assert count(Document) == 1
    last = db.session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert last is not None and last.receipt is not None
    assert (last.state, last.receipt["status"]) == (JobState.FAILED, "unsafe")
    assert "too deep" in last.receipt["reason"]


def test_more_files_than_one_may_hold_are_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST_IN_ALL", 3)
    inner = zipped(c__md=text("lakes"), d__md=text("wells"))
    number = queue(zipped(a__md=text("rivers"), b__zip=inner))
    work()
    told = db.session.get_one(Job, number).parts[1]
    assert told.receipt is not None and told.receipt["status"] == "partial"
    assert "d.md" in told.receipt["warnings"][0]
    assert [part.name for part in told.parts] == ["c.md"]


def take(*paths: Path, **options: Any) -> tuple[list[dict[str, Any]], importing.Tally]:
    receipts: list[dict[str, Any]] = []
    tally = importing.take_in(importing.collect(paths), receipts.append, **options)
    return receipts, tally


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A ZIP with two texts, one of them in a ZIP within it, and a letter that carries a third."""
    path = tmp_path / "batch.zip"
    inner = zipped(b__md=text("lakes"))
    path.write_bytes(zipped(a__md=text("rivers"), in__zip=inner, l__eml=mailed(("c.md", text("wells")))))
    return path


def test_an_import_gives_each_part_a_receipt_before_its_parent(app: Flask, archive: Path) -> None:
    receipts, tally = take(archive, publish=True)
    assert [receipt["file"].removeprefix(str(archive)) for receipt in receipts] == [
        "/a.md",
        "/in.zip/b.md",
        "/in.zip",
        "/l.eml/c.md",
        "/l.eml",
        "",
    ]
    assert {receipt["status"] for receipt in receipts} == {"ok"}
    assert (tally.files, tally.drafted, tally.published) == (6, 4, 4)


def test_importing_an_archive_again_changes_nothing_and_reads_nothing(
    app: Flask, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _tally = take(archive)
    monkeypatch.setattr(importing.ingest, "extract", lambda *_, **__: pytest.fail("it was read again"))
    again, tally = take(archive)
    assert [receipt["file"] for receipt in again] == [receipt["file"] for receipt in first]
    assert (tally.duplicates, tally.drafted) == (4, 0)
    assert again[0]["duplicate_of"] == "about-rivers" and "already" in again[-1]["reason"]
    assert count(Document) == 4


def test_an_archive_imported_again_tells_again_what_failed(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "batch.zip"
    path.write_bytes(zipped(a__md=text("rivers"), b__exe=b"\x7fELF" + bytes(9)))
    first, _tally = take(path)
    assert [receipt["status"] for receipt in first] == ["ok", "unsupported", "ok"]
    again, tally = take(path)
    assert [receipt["status"] for receipt in again] == ["ok", "unsupported", "ok"]
    assert tally.duplicates == 1 and count(Document) == 1


def test_an_archive_of_which_a_file_is_gone_is_read_again(app: Flask, archive: Path) -> None:
    take(archive)
    documents.discard(db.session.scalars(select(Document).where(Document.slug == "about-lakes")).one())
    _again, tally = take(archive)
    assert (tally.drafted, tally.duplicates) == (1, 2)


def test_an_import_broken_off_within_a_letter_is_made_whole_by_the_next(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "letter.eml"
    path.write_bytes(mailed(("a.md", text("rivers")), ("b.md", text("lakes"))))

    def told(receipt: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.take_in(importing.collect([path]), told)
    assert count(Document) == 1
    take(path)
    assert count(Document) == 3


def test_an_import_bounds_what_is_in_one_archive(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "deep.zip"
    path.write_bytes(nested(parts.DEEPEST + 2))
    receipts, tally = take(path)
    assert receipts[0]["status"] == "unsafe" and tally.drafted == 0
