"""A file comes in: kept in the store, and a job that will read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from flask import current_app

from library.access.models import User
from library.catalogue import files
from library.catalogue.models import Document
from library.catalogue.session import writing
from library.ingest.extracting import shown_name
from library.ingest.models import Job


def receive(
    stream: IO[bytes],
    name: str,
    *,
    by: User | None,
    topics: Iterable[str] = (),
    publish: bool = False,
    revises: Document | None = None,
) -> Job:
    """Keep the bytes of `stream`, which its sender calls `name`, and queue a job that reads them.

    `revises`: the piece of which they are a new version.

    The bytes are safe on the disk before the job is there for anyone to see; killed in between, nothing shows. The
    write lock of the database is not held while the bytes come in. Raises TooLarge and StorageFull; nothing is left
    behind then.
    """
    shown = shown_name(name)
    author = by.id if by else None
    revised = revises.id if revises else None
    file = files.store(stream, shown, limit=largest())
    with writing() as session:
        job = Job(
            file_id=file.id,
            name=shown,
            topics=list(dict.fromkeys(topics)),
            publish=publish,
            revises_id=revised,
            created_by_id=author,
        )
        session.add(job)
    return job


def largest() -> int:
    """The largest file that is taken, in bytes."""
    return int(current_app.config["MAX_UPLOAD_MB"]) * 10**6
