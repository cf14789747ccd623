"""A backup holds everything; a restore puts it back whole, or changes nothing."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine

from library import backup, create_app, migrations, restoring, settings, tables
from library.access.models import User
from library.backup import BadArchive
from library.catalogue import covers, documents, files, pictures, topics
from library.catalogue.metadata import Metadata
from library.extensions import db
from library.failures import Refused
from library.ingest.extraction import Picture
from library.ingest.receiving import receive
from tests import postgresql
from tests.needs import needs

RESTORE = """
import pathlib, sys
from library.restoring import restore
print("go", flush=True)
restore(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
"""
_databases = itertools.count(1)


@pytest.fixture
def full(app: Flask, person: Callable[..., User]) -> Flask:
    """An instance with something in every corner: a tree of topics, a translation, a withdrawn piece, a job."""
    db.drop_all()
    migrations.upgrade()
    by = person()
    root = topics.create("privacy", {"en": "Privacy", "ar": "الخصوصية"}, synonyms={"en": ["data protection"]})
    topics.create("below", {"en": "Below"}, parent=root)
    file = files.store(io.BytesIO(b"original bytes" * 1000), "a.pdf")
    first = documents.create(
        Metadata(title="First", language="en", topics=("below",), countries=("GH",)), "Text “quoted”.", by=by, file=file
    )
    documents.publish(first)
    documents.revise(first, Metadata(title="First again", language="en"), "Other text.\n\n## Part\n\nMore.", by=by)
    second = documents.create(Metadata(title="Premier", language="fr"), "Texte.")
    documents.translate(second, first)
    documents.publish(second)
    documents.withdraw(second, "It was wrong.")
    receive(io.BytesIO(b"# Job"), "job.md", by=by)
    name = f"{hashlib.sha256(b'picture').hexdigest()}.png"
    (Path(app.instance_path) / name).write_bytes(b"picture")
    pictures.store(Path(app.instance_path), [Picture(name, "image/png", 40, 30, 7)])
    covers.note("a" * 64, [name], "")
    (Path(app.instance_path) / name).unlink()
    documents.create(Metadata(title="Shown", language="en"), f"![](picture:{name})")
    (Path(app.instance_path) / "config.py").write_text('SITE_NAME = "The restored"\n')
    return app


def make(app: Flask, target: Path) -> Path:
    with db.engine.connect() as connection:
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        connection.rollback()
        backup.write(target, Path(app.instance_path), connection, revision)
    return target


def content(address: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            return {
                t.name: [json.loads(line) for line in tables.dump(connection, t)] for t in tables.reflected(connection)
            }
    finally:
        engine.dispose()


def address(instance: Path) -> str:
    return f"sqlite:///{instance / 'library.db'}"


def leftovers(instance: Path) -> list[str]:
    return [path.name for path in (instance / "tmp").iterdir()]


def test_another_instance_restored_from_a_backup_is_the_same(full: Flask, instance: Path, tmp_path: Path) -> None:
    archive = make(full, tmp_path / "all.zip")
    other = tmp_path / "other"
    restoring.restore(archive, other)
    assert content(address(other)) == content(address(instance))
    assert content(address(other))["documents"][0]["live_id"] is not None
    for folder in ("files", "pictures"):
        names = sorted(str(p.relative_to(instance)) for p in (instance / folder).rglob("*"))
        assert names and names == sorted(str(p.relative_to(other)) for p in (other / folder).rglob("*"))
    assert (other / "config.py").read_text() == (instance / "config.py").read_text()
    assert (other / "secret_key").read_text() == (instance / "secret_key").read_text()
    assert leftovers(other) == []
    again = create_app(other)
    with again.app_context():
        found = documents.by_slug("first")
        assert found is not None and found.document.shown.title == "First"
        assert documents.create(Metadata(title="New", language="en"), "New.").id == 4
        db.engine.dispose()


def test_a_restore_replaces_what_was_there(full: Flask, instance: Path, tmp_path: Path) -> None:
    archive = make(full, tmp_path / "all.zip")
    before = content(address(instance))
    documents.create(Metadata(title="Later", language="en"), "Later.")
    (instance / "index" / "generations").mkdir(parents=True)
    db.session.remove()
    db.engine.dispose()
    restoring.restore(archive, instance)
    assert content(address(instance)) == before
    assert not (instance / "index").exists()


def test_a_flipped_byte_anywhere_is_refused_and_nothing_changes(full: Flask, instance: Path, tmp_path: Path) -> None:
    whole = make(full, tmp_path / "all.zip").read_bytes()
    before = content(address(instance))
    refused = 0
    for place in range(40, len(whole), len(whole) // 40):
        damaged = tmp_path / "damaged.zip"
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        try:
            with backup.opened(damaged) as archive:
                backup.verify(archive)
        except BadArchive as error:
            assert "Nothing was changed" in str(error)
            refused += 1
            with pytest.raises(BadArchive):
                restoring.restore(damaged, instance)
    assert refused > 20  # a byte of a member's time or attributes is no content
    assert content(address(instance)) == before and leftovers(instance) == []


def test_a_flipped_byte_of_an_original_is_refused(full: Flask, tmp_path: Path) -> None:
    archive = make(full, tmp_path / "all.zip")
    whole = archive.read_bytes()
    place = whole.index(b"original bytes" * 3) + 5
    archive.write_bytes(whole[:place] + b"X" + whole[place + 1 :])
    with pytest.raises(BadArchive, match="files/"):
        restoring.restore(archive, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of an archive with its members changed."""
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target


def _manifest(**fields: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | fields).encode()

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m.pop("manifest.json"), "no manifest"),
        (lambda m: m.pop("tables/files.jsonl"), "tables/files.jsonl is missing"),
        (lambda m: m.update(extra=b"x"), "extra"),
        (lambda m: m.update({"manifest.json": b"["}), "cannot be read"),
        (_manifest(format=99), "format 99"),
        (_manifest(members={"../../evil": "0"}), "evil"),
        (_manifest(revision="9999"), "newer version"),
    ],
)
def test_an_archive_that_is_not_right_is_refused_in_a_sentence(
    full: Flask, tmp_path: Path, change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    bad = rewritten(make(full, tmp_path / "all.zip"), tmp_path / "bad.zip", change)
    with pytest.raises(BadArchive, match=said):
        restoring.restore(bad, tmp_path / "other")


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("no archive")
    with pytest.raises(BadArchive, match=r"a\.zip"):
        restoring.restore(tmp_path / "a.zip", tmp_path / "other")


def test_an_original_that_is_gone_is_named_in_the_manifest(full: Flask, instance: Path, tmp_path: Path) -> None:
    gone = next(path for path in (instance / "files").rglob("*") if path.is_file())
    gone.unlink()
    with backup.opened(make(full, tmp_path / "all.zip")) as archive:
        assert backup.verify(archive).missing == [gone.name]


def test_a_backup_that_fails_leaves_the_one_before(
    full: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = make(full, tmp_path / "all.zip")
    before = target.read_bytes()

    def full_disk(path: Path) -> Iterator[bytes]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_pieces", full_disk)
    with pytest.raises(OSError, match="No space"):
        make(full, target)
    assert target.read_bytes() == before and [p.name for p in tmp_path.iterdir() if ".part" in p.name] == []


def test_a_configured_database_with_pieces_in_it_is_not_replaced_by_chance(full: Flask, tmp_path: Path) -> None:
    used = tmp_path / "used"
    restoring.restore(make(full, tmp_path / "all.zip"), used)
    config = Path(full.instance_path) / "config.py"
    config.write_text(f"DATABASE_URL = {address(used)!r}\n")
    with pytest.raises(Refused, match="pieces in it"):
        restoring.restore(make(full, tmp_path / "all.zip"), tmp_path / "other")


def test_a_restore_killed_at_any_moment_leaves_before_or_after(full: Flask, tmp_path: Path) -> None:
    archive = make(full, tmp_path / "all.zip")
    after = content(address(Path(full.instance_path)))
    target = tmp_path / "target"
    restoring.restore(archive, target)
    with create_app(target).app_context():
        documents.create(Metadata(title="Later", language="en"), "Later.")
        db.session.remove()
        db.engine.dispose()
    before = content(address(target))
    for wait in (0.05, 0.25, 0.5):
        process = subprocess.Popen(
            [sys.executable, "-c", RESTORE, archive, target], stdout=subprocess.PIPE, cwd=settings.ROOT
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert content(address(target)) in (before, after)
    restoring.restore(archive, target)
    assert content(address(target)) == after


def test_a_database_in_use_is_not_replaced_and_a_damaged_one_is(full: Flask, tmp_path: Path) -> None:
    archive = make(full, tmp_path / "all.zip")
    target = tmp_path / "target"
    restoring.restore(archive, target)
    (target / "index").mkdir()
    holder = sqlite3.connect(target / "library.db")
    holder.execute("PRAGMA journal_mode = WAL")
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Refused, match="uses the database"):
        restoring.restore(archive, target)
    assert (target / "index").is_dir()
    holder.close()
    (target / "library.db").write_bytes(b"no database at all" * 1000)
    restoring.restore(archive, target)
    assert content(address(target)) == content(address(Path(full.instance_path)))


@needs("postgresql")
def test_a_backup_goes_from_sqlite_to_postgresql_and_back(full: Flask, instance: Path, tmp_path: Path) -> None:
    before = content(address(instance))
    archive = make(full, tmp_path / "all.zip")
    with postgresql.server() as server:
        database = postgresql.new_database(server, f"backup{os.getpid()}_{next(_databases)}")
        other = tmp_path / "other"
        other.mkdir()
        (other / "config.py").write_text(f"DATABASE_URL = {database!r}\n")
        for _again in range(2):
            restoring.restore(archive, other)
            assert content(database) == before
        app = create_app(other)
        with app.app_context():
            assert documents.create(Metadata(title="New", language="en"), "New.").id == 4
            second = make(app, tmp_path / "second.zip")
            after = content(database)
            db.session.remove()
            db.engine.dispose()
        (other / "config.py").unlink()
        back = tmp_path / "back"
        back.mkdir()
        (back / "config.py").write_text("")
        restoring.restore(second, back)
        assert content(address(back)) == after
