"""A file comes in: kept in the store, and a job that will read it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from flask import current_app

from library.access.models import User
from library.catalogue import files
from library.catalogue.incoming import Incoming, full
from library.catalogue.models import Document, StoredFile
from library.catalogue.session import writing
from library.ingest import queueing
from library.ingest.extracting import shown_name
from library.ingest.models import Job


def receive(
    stream: IO[bytes],
    name: str,
    *,
    by: User | None,
    topics: Iterable[str] = (),
    publish: bool = False,
    batch: str = "",
    revises: Document | None = None,
) -> Job:
    """Keep the bytes of `stream`, which its sender calls `name`, and queue a job that reads them.

    `revises`: the piece of which they are a new version.

    The bytes are safe on the disk before the job is there for anyone to see; killed in between, nothing shows. The
    write lock of the database is not held while the bytes come in. Raises TooLarge and StorageFull; nothing is left
    behind then.
    """
    author, revised = by.id if by else None, revises.id if revises else None
    file = files.store(stream, shown_name(name), limit=largest())
    job = add(file, shown_name(name), author, topics, publish=publish, batch=batch, revises=revised)
    queueing.wake(job)
    return job


def take(
    incoming: Incoming,
    name: str,
    *,
    author: int | None,
    topics: Iterable[str] = (),
    batch: str = "",
    revises: int | None = None,
) -> Job:
    """The same for a file whose bytes came in already. Raises what was wrong with them."""
    shown = shown_name(name)
    with writing():
        file = files.keep(*incoming.settled(shown), name=shown)
        job = add(file, shown, author, topics, batch=batch, revises=revises)
    queueing.wake(job)
    return job


def largest() -> int:
    """The largest file that is taken, in bytes."""
    return int(current_app.config["MAX_UPLOAD_MB"]) * 10**6


def largest_request() -> int:
    """The largest form with files that is taken, in bytes."""
    return max(int(current_app.config["MAX_REQUEST_MB"]) * 10**6, largest())


def spare() -> int:
    """Bytes of the disk that uploads leave free."""
    return int(current_app.config["MIN_FREE_MB"]) * 10**6


def check_room(size: int, name: str) -> None:
    """Raises StorageFull when `size` more bytes would not leave `spare` free."""
    folder = Path(current_app.instance_path)
    if shutil.disk_usage(folder).free - size < spare():
        raise full(name)


def add(
    file: StoredFile,
    shown: str,
    author: int | None,
    topics: Iterable[str],
    *,
    publish: bool = False,
    batch: str = "",
    revises: int | None = None,
) -> Job:
    """A job for a file of the store, which a worker is yet to be woken for."""
    with writing() as session:
        job = Job(
            file_id=file.id,
            name=shown,
            topics=list(dict.fromkeys(topics)),
            publish=publish,
            revises_id=revises,
            created_by_id=author,
            batch=batch,
        )
        session.add(job)
    return job
