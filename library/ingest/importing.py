"""Files and folders of this machine into the catalogue: the pipeline of an upload, run here and now."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from library import ingest
from library.access.models import User
from library.catalogue import documents, files, topics
from library.catalogue.errors import BadTopic, CatalogueError, StorageFull
from library.catalogue.session import writing
from library.ingest import drafting, unrolling
from library.ingest.extraction import Extraction, Limits, Status
from library.ingest.receiving import largest

AT_ONCE = 2  # extraction children
AHEAD = 6  # files read before their turn to be written

Told = Callable[[dict[str, Any]], None]
"""Called with each receipt, in the order of the files."""


class NoSuchPath(CatalogueError):
    """A path to import from is not there."""


@dataclass(slots=True)
class Tally:
    """What an import did. `statuses`: receipts by status; `linked`: translations whose original came later."""

    files: int = 0
    drafted: int = 0
    published: int = 0
    duplicates: int = 0
    linked: int = 0
    statuses: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file on its way: known to the library already, or being read. `kept`: the folder for its pictures and parts.

    `called`: its name, where its path is not to be shown: a part of another file.
    """

    path: Path
    kept: Path
    extraction: Future[Extraction] | Extraction | None
    sha256: str = ""
    called: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return self.called or self.path.name

    def result(self) -> Extraction | None:
        """What was read; None for a file that the library has. Raises OSError where it cannot be opened."""
        return self.extraction.result() if isinstance(self.extraction, Future) else self.extraction

    def limited(self, extraction: Extraction) -> Reading:
        """The same, with what was read of it as it is to be taken in."""
        return replace(self, extraction=extraction)

    def known(self, sha256: str) -> Reading:
        """A part of it that the library has."""
        return replace(self, extraction=None, sha256=sha256)


def collect(paths: Iterable[Path]) -> list[Path]:
    """The files named, and those below the folders named, sorted; hidden ones are skipped. Raises NoSuchPath."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += _below(path)
        elif path.exists():
            found.append(path)
        else:
            raise NoSuchPath(_("There is no file or folder “%(path)s”.", path=path))
    return list(dict.fromkeys(found))


def check_topics(slugs: Iterable[str]) -> None:
    """Raises BadTopic for a slug that is no topic's."""
    for slug in slugs:
        if topics.by_slug(slug) is None:
            known = ", ".join(topic.slug for topic in topics.all_topics()) or _("none yet")
            raise BadTopic(
                _(
                    "There is no topic “%(slug)s”; the topics are: %(known)s.",
                    slug=slug,
                    known=known,
                )
            )


def take_in(
    paths: Sequence[Path],
    told: Told,
    *,
    by: User | None = None,
    topics: Sequence[str] = (),
    publish: bool = False,
) -> Tally:
    """Import each file; a file that cannot be read gets its receipt and the next one is taken.

    Every piece is committed by itself: interrupted, an import leaves whole pieces, and run again it finds them there
    (as duplicates). Raises StorageFull, after which what was committed stays.
    """
    tally = Tally()
    later: list[tuple[int, str]] = []
    for reading in _read((path, "") for path in paths):
        unrolled = unrolling.Unrolling(_read, lambda one: _settle(one, by, topics, publish, tally, later))
        for name, receipt in unrolled.receipts(reading, str(reading.path)):
            tally.files += 1
            tally.statuses[receipt["status"]] += 1
            told(receipt | {"file": name})
    for (
        number,
        original,
    ) in later:  # files come in the order of their names: a translation may precede its original
        document = documents.by_id(number)
        tally.linked += document is not None and drafting.link(document, original, by=by)
    return tally


def _below(folder: Path) -> list[Path]:
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [path for name in sorted(names) if not name.startswith(".") and (path := Path(place, name)).is_file()]
    return sorted(found)


def _read(items: Iterable[tuple[Path, str]]) -> Iterator[Reading]:
    """The files, (path, name to be shown), in their order, read by AT_ONCE children, a few ahead of who takes them.

    What is kept of a file is there until the next one is asked for.
    """
    scratch = Path(current_app.instance_path) / "tmp"
    limits = drafting.limits()
    waiting = deque(items)
    ahead: deque[Reading] = deque()
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="extract")
    with drafting.keeping() as kept:
        try:
            while waiting or ahead:
                while waiting and len(ahead) < AHEAD:
                    own = Path(tempfile.mkdtemp(dir=kept))
                    ahead.append(_begin(pool, *waiting.popleft(), own, limits, scratch))
                reading = ahead.popleft()
                yield reading
                shutil.rmtree(reading.kept, ignore_errors=True)
        finally:
            pool.shutdown(cancel_futures=True)


def _begin(pool: ThreadPoolExecutor, path: Path, called: str, kept: Path, limits: Limits, scratch: Path) -> Reading:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if drafting.of_bytes(digest) is not None or unrolling.remembered(digest):
            return Reading(path, kept, None, digest, called)
    except OSError:
        digest = ""  # the extraction meets the same error and says so
    reading = pool.submit(ingest.extract, path, called or path.name, limits, scratch, keep=kept)
    return Reading(path, kept, reading, digest, called)


def _settle(
    reading: Reading,
    by: User | None,
    extra: Sequence[str],
    publish: bool,
    tally: Tally,
    later: list[tuple[int, str]],
) -> dict[str, Any]:
    """Write what was read; the receipt."""
    try:
        extraction = reading.result()
    except OSError as error:
        return _unopened(reading.name, error)
    known = drafting.of_bytes(extraction.sha256 if extraction else reading.sha256)
    if known is not None:
        tally.duplicates += 1
        return drafting.duplicate_receipt(known, reading.name, known.file.sha256 if known.file else "")
    if extraction is None:  # it was there when we looked, and is no more
        extraction = _extracted(reading.path, reading)
    if not extraction.readable or extraction.batch:
        return extraction.receipt()
    with reading.path.open("rb") as stream:
        file = files.store(stream, ingest.shown_name(reading.name), limit=largest())
    if file.sha256 != extraction.sha256:  # it changed between being read and being kept
        extraction = _extracted(files.path(file), reading)
        if not extraction.readable:
            return extraction.receipt()
    return _write(drafting.prepare(extraction, extra, reading.kept), file.sha256, by, publish, tally, later)


def _extracted(path: Path, reading: Reading) -> Extraction:
    """Read here and now what lies at `path`."""
    scratch = files.folder().parent / "tmp"
    return ingest.extract(path, reading.name, drafting.limits(), scratch, keep=reading.kept)


def _write(
    prepared: drafting.Prepared,
    sha256: str,
    by: User | None,
    publish: bool,
    tally: Tally,
    later: list[tuple[int, str]],
) -> dict[str, Any]:
    with writing():
        known = drafting.of_bytes(sha256)  # another import or upload may have been quicker
        if known is not None:
            tally.duplicates += 1
            return drafting.duplicate_receipt(known, prepared.extraction.file, sha256)
        file = files.by_sha256(sha256)
        assert file is not None, "stored a moment ago"
        file.media_type = prepared.extraction.media_type or file.media_type
        document = drafting.write(prepared, file, by=by, publish=publish)
    tally.drafted += 1
    tally.published += document.live is not None
    if prepared.translation_of and document.translation_of is None:
        later.append((document.id, prepared.translation_of))
    return prepared.extraction.receipt(drafting.receipt_of(document))


def _unopened(name: str, error: OSError) -> dict[str, Any]:
    """The receipt of a file that this process may not open. Raises StorageFull where our own disk is the trouble."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise StorageFull(_("The disk is full: the import stopped at “%(name)s”.", name=name)) from error
    reason = _(
        "“%(name)s” could not be opened: %(why)s.",
        name=name,
        why=error.strerror or error,
    )
    return Extraction(file=name, status=Status.unsupported, reason=reason).receipt()
