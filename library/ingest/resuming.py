"""Uploads in pieces, gone on with after a lost line, a reload or a restart: folders in the instance, one an upload.

`about.json` says what is coming, `part` holds what came. What is on the disk is the truth: the number of bytes in
`part` is the place from which the sender goes on. A finished upload is told as such for a day, so that a sender whose
answer was lost makes no second job.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from library.catalogue import files
from library.catalogue.errors import CatalogueError, TooLarge
from library.catalogue.incoming import explained
from library.catalogue.session import writing
from library.extensions import db
from library.ingest import queueing, receiving
from library.ingest.extracting import shown_name
from library.ingest.models import Job

PIECE = 8 * 2**20  # bytes that a sender is asked to send at a time
BLOCK = 1 << 18
MOST_UNFINISHED = 1_000  # of one person
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


class NoSuchUpload(CatalogueError):
    """There is no such upload, or it is somebody else's, or it was forgotten."""


class WrongPlace(CatalogueError):
    """A piece does not begin where the one before ended."""


class Busy(CatalogueError):
    """Another piece of the same upload is coming in just now."""


@dataclass(slots=True)
class Upload:
    """A file that comes in pieces. `modified`: what the browser says of its last change, which tells it from another
    of the same name and size. `job`: the job that it became."""

    token: str
    person: int
    name: str
    size: int
    modified: int = 0
    topics: list[str] = field(default_factory=list)
    batch: str = ""
    sha256: str = ""
    job: int | None = None

    @property
    def folder(self) -> Path:
        return _folder() / self.token

    @property
    def part(self) -> Path:
        return self.folder / "part"

    @property
    def offset(self) -> int:
        """Bytes that have come."""
        if self.sha256:
            return self.size
        try:
            return self.part.stat().st_size
        except FileNotFoundError:
            return 0

    def save(self) -> None:
        """Write down what is known of it."""
        draft = self.folder / "about.json.part"
        with draft.open("w", encoding="utf-8") as out:
            json.dump(asdict(self), out)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(self.folder / "about.json")


def begin(
    person: int, name: str, size: int, *, modified: int = 0, topics: Iterable[str] = (), batch: str = ""
) -> Upload:
    """Room for a file of `size` bytes. Raises TooLarge and StorageFull before a byte is sent."""
    shown = shown_name(name)
    if size > receiving.largest():
        most = receiving.largest() // 10**6
        raise TooLarge(f"“{shown}” is larger than {most} MB, the most that this library takes.")
    mine = unfinished(person)
    if len(mine) >= MOST_UNFINISHED:
        raise Busy(_("Too many of your uploads are unfinished; finish them first."))
    receiving.check_room(size, shown)
    upload = Upload(secrets.token_urlsafe(16), person, shown, size, modified, list(dict.fromkeys(topics)), batch)
    try:
        upload.folder.mkdir(parents=True)
        upload.part.touch()
        upload.save()
    except OSError as error:
        shutil.rmtree(upload.folder, ignore_errors=True)
        raise explained(error, shown) from error
    return upload


def find(token: str, person: int) -> Upload:
    """The upload that `person` began. Raises NoSuchUpload."""
    if not _TOKEN.fullmatch(token):
        raise NoSuchUpload(_("There is no such upload; begin it anew."))
    found = _read(_folder() / token)
    if found is None or found.person != person:
        raise NoSuchUpload(_("There is no such upload; begin it anew."))
    return found


def unfinished(person: int) -> list[Upload]:
    """What `person` began and did not finish."""
    folder = _folder()
    found = [_read(path) for path in folder.iterdir()] if folder.is_dir() else []
    return [upload for upload in found if upload and upload.person == person and upload.job is None]


def append(upload: Upload, start: int, stream: IO[bytes]) -> None:
    """Keep a piece that begins at byte `start`, or as much of it as came before the line broke.

    Raises WrongPlace, Busy, TooLarge (more came than was announced), StorageFull.
    """
    with _alone(upload):
        if start != upload.offset:
            raise WrongPlace(_("The upload goes on at byte %(offset)d.", offset=upload.offset))
        receiving.check_room(0, upload.name)
        try:
            with upload.part.open("ab", buffering=0) as out:
                _copy(stream, out, upload.size - start, upload.name)
        except OSError as error:
            raise explained(error, upload.name) from error


def finish(upload: Upload) -> Job:
    """The job of an upload whose bytes are all there; asked again, the same job. Raises WrongPlace, StorageFull."""
    with _alone(upload):
        upload = _read(upload.folder) or upload
        known = db.session.get(Job, upload.job) if upload.job is not None else None
        if known is not None:
            return known
        if upload.offset != upload.size:
            raise WrongPlace(_("The upload goes on at byte %(offset)d.", offset=upload.offset))
        if not upload.sha256:  # written down before the file moves, so that a kill in between loses nothing
            upload.sha256 = _sha256(upload.part)
            upload.save()
        job = _made(upload)
        upload.job = job.id
        upload.save()
        queueing.wake(job)
        return job


def drop(upload: Upload) -> None:
    """The sender does not want it any more."""
    shutil.rmtree(upload.folder, ignore_errors=True)


def forget(seconds: float) -> int:
    """Remove uploads that nothing happened to for `seconds`; how many."""
    folder, oldest = _folder(), time.time() - seconds
    old = [path for path in folder.iterdir() if _touched(path) < oldest] if folder.is_dir() else []
    for path in old:
        shutil.rmtree(path, ignore_errors=True)
    return len(old)


def _made(upload: Upload) -> Job:
    """The job, in one transaction with the record of its file; one that a kill left behind is taken up."""
    with writing() as session:
        if upload.part.exists() or files.stored(upload.sha256):
            file = files.keep(upload.part, upload.sha256, upload.size, name=upload.name)
        else:
            raise NoSuchUpload(_("What came of “%(name)s” is gone; upload it anew.", name=upload.name))
        same = select(Job).where(
            Job.file_id == file.id,
            Job.batch == upload.batch,
            Job.created_by_id == upload.person,
            Job.name == upload.name,
        )
        job = session.scalar(same.limit(1)) if upload.batch else None
        return job or receiving.add(file, upload.name, upload.person, upload.topics, batch=upload.batch)


def _copy(stream: IO[bytes], out: IO[bytes], most: int, name: str) -> None:
    try:
        while block := stream.read(min(BLOCK, most + 1)):
            if len(block) > most:
                raise TooLarge(_("“%(name)s” has more bytes than were announced; upload it anew.", name=name))
            view = memoryview(block)
            while view:
                view = view[out.write(view) :]
            most -= len(block)
    finally:
        os.fdatasync(out.fileno()) if hasattr(os, "fdatasync") else os.fsync(out.fileno())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folder() -> Path:
    return Path(current_app.instance_path) / "uploads"


def _read(folder: Path) -> Upload | None:
    try:
        return Upload(**json.loads((folder / "about.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _touched(folder: Path) -> float:
    times = [path.stat().st_mtime for path in (folder, folder / "part", folder / "about.json") if path.exists()]
    return max(times, default=time.time())


@contextmanager
def _alone(upload: Upload) -> Iterator[None]:
    """One writer at a time, in whichever process; the kernel frees the lock of one that was killed."""
    try:
        lock = (upload.folder / "lock").open("w")
    except FileNotFoundError:
        raise NoSuchUpload(_("There is no such upload; begin it anew.")) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(_("Another piece of “%(name)s” is coming in just now.", name=upload.name)) from None
        yield
