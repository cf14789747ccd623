"""The file store: originals under their SHA-256, written so that a name is there only when its bytes are safe."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import select

from library.catalogue.errors import FileMissing, StorageFull, TooLarge
from library.catalogue.models import StoredFile
from library.catalogue.session import writing
from library.extensions import db

CHUNK = 1 << 20


def folder() -> Path:
    """The folder of originals in the instance."""
    return Path(current_app.instance_path) / "files"


def path(file: StoredFile) -> Path:
    """Where the original lies; raises FileMissing when it does not."""
    found = _place(file.sha256)
    if not found.is_file():
        raise FileMissing(
            f"“{file.name}” is recorded, but its file is missing from the store; restore it from a backup."
        )
    return found


def store(stream: IO[bytes], name: str, limit: int | None = None) -> StoredFile:
    """Keep the bytes of `stream`, read in pieces, and record them; the same bytes are kept once.

    Raises TooLarge beyond `limit` bytes and StorageFull when the disk is; nothing is left behind then.
    """
    part, digest, size = _receive(stream, name, limit)
    try:
        target = _place(digest)
        settle(part, target)
    except OSError as error:
        raise explained(error, name) from error
    finally:
        part.unlink(missing_ok=True)
    with writing() as session:
        known = session.scalar(select(StoredFile).where(StoredFile.sha256 == digest))
        if known is None:
            known = StoredFile(sha256=digest, size=size, name=name)
            session.add(known)
    return known


def by_sha256(digest: str) -> StoredFile | None:
    """The record of the file with this SHA-256, if it is kept."""
    return db.session.scalar(select(StoredFile).where(StoredFile.sha256 == digest))


def _receive(stream: IO[bytes], name: str, limit: int | None) -> tuple[Path, str, int]:
    incoming = Path(current_app.instance_path) / "tmp"
    part: Path | None = None
    digest, size = hashlib.sha256(), 0
    try:
        incoming.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(prefix="upload-", dir=incoming)
        part = Path(made)
        with os.fdopen(handle, "wb") as out:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if limit is not None and size > limit:
                    raise TooLarge(f"“{name}” is larger than {limit // 10**6} MB, the most that this library takes.")
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        if part:
            part.unlink(missing_ok=True)
        raise explained(error, name) from error
    except BaseException:
        if part:
            part.unlink(missing_ok=True)
        raise
    return part, digest.hexdigest(), size


def settle(part: Path, target: Path) -> None:
    """Give `part`, whose bytes are safe, the name `target`, and make the name safe too."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        os.chmod(part, 0o644)
        os.replace(part, target)
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _place(digest: str) -> Path:
    return folder() / digest[:2] / digest


def explained(error: OSError, name: str) -> Exception:
    """StorageFull for a full disk, `error` itself for anything else."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(f"The disk is full: “{name}” was not kept. Make room, then upload it again.")
    return error
