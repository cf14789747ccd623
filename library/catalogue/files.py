"""The file store: originals under their SHA-256, written so that a name is there only when its bytes are safe."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import select

from library.catalogue.errors import FileMissing
from library.catalogue.incoming import Incoming, explained
from library.catalogue.models import Document, StoredFile
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


def incoming(limit: int | None = None, spare: int = 0) -> Incoming:
    """A file that bytes are to be written to, on its way into the store (see `Incoming`)."""
    return Incoming(Path(current_app.instance_path) / "tmp", limit, spare)


def store(stream: IO[bytes], name: str, limit: int | None = None) -> StoredFile:
    """Keep the bytes of `stream`, read in pieces, and record them; the same bytes are kept once.

    Raises TooLarge beyond `limit` bytes and StorageFull when the disk is; nothing is left behind then.
    """
    receiving = incoming(limit)
    try:
        receiving.check(name)
        while chunk := stream.read(CHUNK):
            receiving.write(chunk)
            receiving.check(name)
        return keep(*receiving.settled(name), name=name)
    except OSError as error:
        raise explained(error, name) from error
    finally:
        receiving.close()


def keep(part: Path, digest: str, size: int, *, name: str) -> StoredFile:
    """Take over a file of the instance's disk whose SHA-256 is `digest`, and record it. Raises StorageFull."""
    target = _place(digest)
    try:
        settle(part, target)
        with writing() as session:
            known = session.scalar(select(StoredFile).where(StoredFile.sha256 == digest).with_for_update())
            settle(part, target)  # the same bytes may have been removed a moment ago; within the lock they stay
            if known is None:
                known = StoredFile(sha256=digest, size=size, name=name)
                session.add(known)
                session.flush()
    except OSError as error:
        raise explained(error, name) from error
    part.unlink(missing_ok=True)
    return known


def remove(file: StoredFile) -> bool:
    """Forget an original that no piece was made from, and delete it; False when one was. Within `writing()`."""
    session = db.session
    if session.scalar(select(Document.id).where(Document.file_id == file.id).limit(1)) is not None:
        return False
    session.delete(file)
    session.flush()
    _place(file.sha256).unlink(missing_ok=True)
    return True


def by_sha256(digest: str) -> StoredFile | None:
    """The record of the file with this SHA-256, if it is kept."""
    return db.session.scalar(select(StoredFile).where(StoredFile.sha256 == digest))


def stored(digest: str) -> bool:
    """Whether the bytes with this SHA-256 are in the store."""
    return _place(digest).is_file()


def settle(part: Path, target: Path) -> None:
    """Give `part`, whose bytes are safe, the name `target` unless that is there, and make the name safe too."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    os.chmod(part, 0o644)
    os.replace(part, target)
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _place(digest: str) -> Path:
    return folder() / digest[:2] / digest
