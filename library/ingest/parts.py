"""Files within files become jobs of their own: attachments of a message, members of an archive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.catalogue import files
from library.catalogue.models import StoredFile
from library.extensions import db
from library.ingest.extracting import shown_name
from library.ingest.extraction import Extraction, Part, Status
from library.ingest.models import Job

DEEPEST = 3  # an archive in an archive, a letter in it, its attachment; what lies deeper is made to do harm
MOST_IN_ALL = 5_000  # files out of one that was uploaded, at whatever depth
MOST_BYTES = 4 * 2**30  # of all of them, unpacked
_NAMED = 20  # parts that one warning names


@dataclass(slots=True)
class Room:
    """How much may still be taken out of the file that was uploaded. `depth`: levels below the present one."""

    depth: int = DEEPEST
    count: int = MOST_IN_ALL
    size: int = MOST_BYTES


@dataclass(frozen=True, slots=True)
class Stored:
    """What was read of a file, and those of its parts whose bytes are safe: (name, id of the stored file)."""

    extraction: Extraction
    parts: tuple[tuple[str, int], ...] = ()


def store(number: int, extraction: Extraction, kept: Path) -> Stored:
    """Keep the bytes of the parts, which lie in the folder `kept`, of what job `number` has read.

    To be called outside of a transaction: it may take long. Killed afterwards, bytes are left that nobody names, which
    the next attempt finds there. Raises StorageFull.
    """
    job = db.session.get_one(Job, number)
    if job.parent is not None and not extraction.readable:
        said = _("It was in “%(name)s”.", name=job.parent.name)
        extraction = replace(extraction, warnings=(*extraction.warnings, said))
    if not extraction.parts:
        return Stored(extraction)
    extraction = within(extraction, kept, _room(job))
    db.session.rollback()
    stored: list[tuple[str, int]] = []
    for part in extraction.parts:
        with (kept / part.kept).open("rb") as stream:
            stored.append((part.name, files.store(stream, shown_name(part.name)).id))
    return Stored(extraction, tuple(stored))


def queue(session: Session, job: Job, stored: Stored) -> list[Job]:
    """A job for each part, within the transaction that finishes `job`: so none is lost and none comes twice."""
    new = [
        Job(
            file_id=file,
            name=name,
            topics=list(job.topics),
            publish=job.publish,
            created_by_id=job.created_by_id,
            parent_id=job.id,
        )
        for name, file in stored.parts
    ]
    session.add_all(new)
    return new


def within(extraction: Extraction, kept: Path, room: Room) -> Extraction:
    """What was read with those of its parts for which there is room, which is used up; the others are told.

    An archive of which nothing can be taken is unsafe.
    """
    taken: list[Part] = []
    beyond: list[Part] = []
    for part in extraction.parts:
        size = (kept / part.kept).stat().st_size
        if room.depth < 1 or room.count < 1 or size > room.size:
            beyond.append(part)
            continue
        room.count, room.size = room.count - 1, room.size - size
        taken.append(part)
    if not beyond:
        return extraction
    if extraction.batch and not taken:
        reason = _(
            "“%(name)s” lies too deep within other archives, or there is too much in them, so it was not unpacked."
            " Upload what is in it by itself.",
            name=extraction.file,
        )
        return replace(extraction, status=Status.unsafe, reason=reason, parts=())
    warnings = (*extraction.warnings, _told(beyond))
    return replace(extraction, status=Status.partial, parts=tuple(taken), warnings=warnings)


def _told(beyond: list[Part]) -> str:
    names = ", ".join(f"“{part.name}”" for part in beyond[:_NAMED])
    said = ngettext(
        "%(num)d file in it was not read, because it lies too deep within others, or there are too many:"
        " %(names)s. Upload it by itself.",
        "%(num)d files in it were not read, because they lie too deep within others, or there are too many:"
        " %(names)s. Upload them by themselves.",
        len(beyond),
        names=names + ("…" if len(beyond) > _NAMED else ""),
    )
    return str(said)


def _room(job: Job) -> Room:
    """What is left for the parts of `job`, of what the file at the top of it may hold."""
    top, depth = job, 0
    while top.parent is not None and depth <= DEEPEST:
        top, depth = top.parent, depth + 1
    room, level = Room(DEEPEST - depth), [top.id]
    for _level in range(DEEPEST):
        below = select(Job.id, StoredFile.size).join(StoredFile).where(Job.parent_id.in_(level)).subquery()
        count, size = db.session.execute(select(func.count(), func.coalesce(func.sum(below.c.size), 0))).one()
        room.count, room.size = room.count - count, room.size - size
        level = list(db.session.scalars(select(below.c.id)))
    return room
