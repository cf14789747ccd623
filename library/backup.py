"""Everything that is not made from something else, in one archive: the tables, the originals, settings, the key.

A ZIP file (any size): `manifest.json` with the SHA-256 of every other member, `tables/<name>.jsonl`, `files/<sha256>`,
`pictures/<name>`, `config.py`, `secret_key`. The tables are those of one moment, whatever is written meanwhile; the index is not kept,
it is made from the tables. The form is the same for SQLite and PostgreSQL, so one can be restored into the other.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from library import tables

FORMAT = 1
MANIFEST = "manifest.json"
SETTINGS = ("config.py", "secret_key")
CHUNK = 1 << 20
_TIME = (1980, 1, 1, 0, 0, 0)  # members carry no times: the same library gives the same members
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError)
"""What a damaged ZIP file raises; the last one where flipped bits name a way of packing or a password."""


class BadArchive(Exception):
    """The archive is damaged or is none; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in an archive. `revision`: of the tables (Alembic's); `members`: name → SHA-256; `rows`: table → rows."""

    format: int
    made: str
    revision: str
    rows: dict[str, int]
    members: dict[str, str]
    missing: list[str]  # originals and pictures that are recorded but were not on the disk


def write(target: Path, instance: Path, connection: Connection, revision: str) -> Manifest:
    """Write an archive of `instance` and of the database behind `connection` to `target`, whole or not at all."""
    part = target.with_name(f".{target.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            manifest = _fill(archive, instance, connection, revision)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _fill(archive: zipfile.ZipFile, instance: Path, connection: Connection, revision: str) -> Manifest:
    members: dict[str, str] = {}
    rows: dict[str, int] = {}
    missing: list[str] = []
    kept: list[tuple[str, str]] = []  # folder, name
    for table in tables.reflected(connection):
        name = f"tables/{table.name}.jsonl"
        lines = tables.dump(connection, table)
        members[name], rows[table.name] = _member(archive, name, lines, zipfile.ZIP_DEFLATED)
        if table.name == "files":
            kept += [("files", name) for name in connection.scalars(select(table.c.sha256).order_by(table.c.sha256))]
        elif table.name == "pictures":
            kept += [("pictures", name) for name in connection.scalars(select(table.c.name).order_by(table.c.name))]
    for folder, name in kept:
        path = instance / folder / name[:2] / name
        if path.is_file():
            member = f"{folder}/{name}"
            members[member], _count = _member(archive, member, _pieces(path), zipfile.ZIP_STORED)
        else:
            missing.append(name)
    for name in SETTINGS:
        if (instance / name).is_file():
            members[name], _count = _member(archive, name, _pieces(instance / name), zipfile.ZIP_DEFLATED)
    manifest = Manifest(FORMAT, datetime.now(UTC).isoformat(), revision, rows, members, missing)
    archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest


def _member(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes], compression: int) -> tuple[str, int]:
    """Write a member; its SHA-256 and the number of pieces."""
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type = compression
    digest, count = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=True) as out:
        for piece in pieces:
            digest.update(piece)
            out.write(piece)
            count += 1
    return digest.hexdigest(), count


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def verify(archive: zipfile.ZipFile) -> Manifest:
    """The manifest, after every member has been read whole and agrees with it. Raises BadArchive."""
    manifest = _manifest(archive)
    names = set(archive.namelist()) - {MANIFEST}
    if lacking := sorted(set(manifest.members) - names):
        raise BadArchive(
            f"The archive is incomplete: {lacking[0]} is missing ({len(lacking)} in all). Nothing was changed."
        )
    if strange := sorted(names - set(manifest.members)):
        raise BadArchive(
            f"The archive holds something that its manifest does not name: {strange[0]}. Nothing was changed."
        )
    for name, expected in manifest.members.items():
        digest = hashlib.sha256()
        try:
            with archive.open(name) as member:
                while piece := member.read(CHUNK):
                    digest.update(piece)
        except UNREADABLE as error:
            raise BadArchive(
                f"The archive is damaged: {name} cannot be read ({error}). Nothing was changed."
            ) from error
        if digest.hexdigest() != expected:
            raise BadArchive(f"The archive is damaged: {name} differs from what was backed up. Nothing was changed.")
    return manifest


def opened(path: Path) -> zipfile.ZipFile:
    """The archive at `path`; raises BadArchive when it is none."""
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, RuntimeError) as error:
        raise BadArchive(
            f"{path.name} is no backup of a library, or it is damaged: {error}. Nothing was changed."
        ) from error


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        said: dict[str, Any] = json.loads(archive.read(MANIFEST))
        manifest = Manifest(**said)
    except KeyError as error:
        raise BadArchive("The file is no backup of a library: it has no manifest. Nothing was changed.") from error
    except (*UNREADABLE, TypeError) as error:
        raise BadArchive(f"The archive's manifest cannot be read ({error}). Nothing was changed.") from error
    if manifest.format != FORMAT:
        raise BadArchive(f"The archive has format {manifest.format}; this version reads {FORMAT}. Nothing was changed.")
    for name in manifest.members:
        _checked_name(name)
    return manifest


def _checked_name(name: str) -> None:
    """Only the names that `write` gives: no archive leads out of the instance folder."""
    folder, _slash, last = name.rpartition("/")
    good = (
        (folder == "" and last in SETTINGS)
        or (folder == "tables" and last.endswith(".jsonl") and last[:-6].replace("_", "").isalnum())
        or (folder == "files" and re.fullmatch("[0-9a-f]{64}", last))
        or (folder == "pictures" and re.fullmatch("[0-9a-f]{64}[.][a-z]{3,4}", last))
    )
    if not good:
        raise BadArchive(f"The archive holds “{name}”, which no backup of a library has. Nothing was changed.")
