"""An archive becomes an instance again: checked whole, built aside, then put in place.

The order makes it safe to be killed anywhere. Originals and pictures are content-addressed: adding them changes nothing that is
there. The tables are loaded into a database aside and brought to this version's schema; then the index goes (it is
made from the tables) and the new database takes the old one's place, in one rename for SQLite and in one transaction
for PostgreSQL. Settings that exist stay: they say where this instance's database is.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine, func, select
from sqlalchemy.engine import Connection, make_url

from library import backup, create_app, migrations, tables
from library.backup import BadArchive, Manifest
from library.extensions import db
from library.failures import Refused
from library.settings import load


def restore(path: Path, instance: Path) -> Manifest:
    """Make `instance` what the archive at `path` holds. Raises BadArchive or Refused, and nothing has changed then."""
    with backup.opened(path) as archive:
        manifest = backup.verify(archive)
        instance.mkdir(parents=True, exist_ok=True)
        (instance / "tmp").mkdir(exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix="restore-", dir=instance / "tmp"))
        try:
            address = _database_of(archive, instance, aside)
            _build(archive, manifest, aside)
            _originals(archive, manifest, instance, aside)
            database = make_url(address)
            if database.get_backend_name() == "sqlite":
                _quiet(Path(database.database or ""))
            shutil.rmtree(_out_of_the_way(instance / "index", aside), ignore_errors=True)
            if database.get_backend_name() == "sqlite":
                os.replace(aside / "library.db", database.database or "")
            else:
                _pour(aside / "library.db", instance)
            _settings(archive, manifest, instance, aside)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return manifest


def _database_of(archive: zipfile.ZipFile, instance: Path, aside: Path) -> str:
    """The address of the database that will be replaced, by the settings that the instance will have.

    An archive's own `config.py` may name a database that others use: it is taken only if that one is empty.
    """
    own = instance / "config.py"
    if own.is_file() or "config.py" not in archive.namelist():
        return str(load(instance, {"SECRET_KEY": "-"})["DATABASE_URL"])
    (aside / "config.py").write_bytes(archive.read("config.py"))
    address = str(load(aside, {"SECRET_KEY": "-"})["DATABASE_URL"])
    if address == f"sqlite:///{aside / 'library.db'}":
        return f"sqlite:///{instance / 'library.db'}"
    if "DATABASE_URL" not in os.environ and _has_documents(address):
        raise Refused(
            "The archive's config.py names a database that has pieces in it. Set DATABASE_URL to say which database"
            " is to be replaced. Nothing was changed."
        )
    return address


def _has_documents(address: str) -> bool:
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            found = {table.name: table for table in tables.reflected(connection)}
            return "documents" in found and bool(
                connection.scalar(select(func.count()).select_from(found["documents"]))
            )
    finally:
        engine.dispose()


def _build(archive: zipfile.ZipFile, manifest: Manifest, aside: Path) -> None:
    """A SQLite database aside with the archive's rows, at this version's schema."""
    app = create_app(aside, DATABASE_URL=f"sqlite:///{aside / 'library.db'}", SECRET_KEY="-")  # noqa: S106  nothing is signed here
    with app.app_context():
        if manifest.revision not in migrations.known():
            raise BadArchive(
                "The archive was made by a newer version of the library; restore it with that. Nothing was changed."
            )
        try:
            migrations.upgrade(manifest.revision)
            with db.engine.connect() as connection:
                _load(connection, archive, manifest)
            migrations.upgrade()
        finally:
            db.session.remove()
            db.engine.dispose()
    _closed(aside / "library.db")


def _load(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    present = tables.reflected(connection)
    if unknown := sorted(set(manifest.rows) - {table.name for table in present}):
        raise BadArchive(f"The archive has a table “{unknown[0]}” that its version does not. Nothing was changed.")
    connection.rollback()
    tables.empty(connection, present)  # what a migration may have put in
    for table in present:
        if table.name in manifest.rows:
            with archive.open(f"tables/{table.name}.jsonl") as lines:
                count = tables.load(connection, table, tables.lines_of(lines))
            if count != manifest.rows[table.name]:
                raise BadArchive(f"The archive's table “{table.name}” lacks rows. Nothing was changed.")
    for table in present:
        if table.name in manifest.rows:
            tables.connect(
                connection,
                table,
                partial(_lines, archive, f"tables/{table.name}.jsonl"),
            )
    connection.commit()


def _lines(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as lines:
        yield from tables.lines_of(lines)


def _originals(archive: zipfile.ZipFile, manifest: Manifest, instance: Path, aside: Path) -> None:
    for name in manifest.members:
        folder, _slash, kept = name.partition("/")
        if folder not in ("files", "pictures"):
            continue
        target = instance / folder / kept[:2] / kept
        target.parent.mkdir(parents=True, exist_ok=True)
        _place(archive, name, target, aside, 0o644)


def _settings(archive: zipfile.ZipFile, manifest: Manifest, instance: Path, aside: Path) -> None:
    """`config.py` where there is none, and the key that signed the sessions and links of the accounts restored."""
    if "config.py" in manifest.members and not (instance / "config.py").exists():
        _place(archive, "config.py", instance / "config.py", aside, 0o600)
    if "secret_key" in manifest.members:
        _place(archive, "secret_key", instance / "secret_key", aside, 0o600)


def _place(archive: zipfile.ZipFile, name: str, target: Path, aside: Path, mode: int) -> None:
    """Write a member beside, then give it its name."""
    part = aside / "part"
    with archive.open(name) as source, part.open("wb") as out:
        shutil.copyfileobj(source, out, backup.CHUNK)
        out.flush()
        os.fsync(out.fileno())
    os.chmod(part, mode)
    os.replace(part, target)


def _closed(database: Path) -> None:
    """Everything of a SQLite database in its one file, with no journal beside it, safe on the disk."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    with database.open("rb") as file:
        os.fsync(file.fileno())


def _out_of_the_way(folder: Path, aside: Path) -> Path:
    away = aside / "index-before"
    if folder.exists():
        os.replace(folder, away)
    return away


def _quiet(old: Path) -> None:
    """Write a journal that a killed process left into the database `old`, so that none stays beside the new one."""
    if not old.exists():
        return
    try:
        _closed(old)
    except sqlite3.OperationalError as error:
        raise Refused(
            "Another process uses the database; stop it (`library serve`, an import) first. Nothing was changed."
        ) from error
    except sqlite3.DatabaseError:  # it is damaged, which may be why it is being replaced
        for name in (f"{old.name}-wal", f"{old.name}-shm"):
            old.with_name(name).unlink(missing_ok=True)


def _pour(source: Path, instance: Path) -> None:
    """Replace the rows of the instance's PostgreSQL database by those of the SQLite database `source`."""
    app = create_app(instance, SECRET_KEY="-")  # noqa: S106  nothing is signed here
    engine = create_engine(f"sqlite:///{source}")
    with app.app_context():
        try:
            migrations.upgrade()
            with engine.connect() as reading, db.engine.connect() as writing:
                present = tables.reflected(writing)
                tables.empty(writing, present)
                read = {table.name: table for table in tables.reflected(reading)}
                for table in present:
                    tables.load(writing, table, tables.dump(reading, read[table.name]))
                for table in present:
                    tables.connect(writing, table, partial(tables.dump, reading, read[table.name]))
                tables.count_on(writing, present)
                writing.commit()
        finally:
            db.engine.dispose()
            engine.dispose()
