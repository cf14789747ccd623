"""Items read ahead of their turn: a few extraction children at once, their outcomes in the order of the items."""

from __future__ import annotations

import hashlib
import itertools
import shutil
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from flask import current_app

from library import ingest
from library.ingest import drafting, remembering, unrolling
from library.ingest.extraction import Extraction, Limits, Part, Progress, Status
from library.ingest.remembering import Memory
from library.ingest.sources import Item

AT_ONCE = 2  # extraction children
AHEAD = 120  # items read before their turn to be written: a scan may take a minute, and meanwhile the others are read
HELD = 20_000_000  # characters read that wait for their turn, from which on no more items are begun
PART = "part"  # the kind of items that are files within a file


class Halted(Exception):
    """The import was stopped while a file was being read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An item on its way. `extraction` is None for what is not read: no text, known as it is, or known by its bytes.

    `kept`: the folder for its pictures and parts, within `folder`, which goes with the import. `path`: the file with its
    text. `memory`: what is remembered of it, `unchanged` whether it still is so. `own`: False for a part that is
    only looked up.
    """

    item: Item
    folder: Path
    path: Path | None = None
    sha256: str = ""
    memory: Memory | None = None
    unchanged: bool = False
    extraction: Future[Extraction] | Extraction | None = None
    own: bool = True

    @property
    def kept(self) -> Path:
        """The folder for its pictures and parts."""
        return self.folder / "kept"

    def result(self) -> Extraction | None:
        """What was read; None for what is known or holds no text. Raises OSError where it cannot be opened."""
        return self.extraction.result() if isinstance(self.extraction, Future) else self.extraction

    def limited(self, extraction: Extraction) -> Reading:
        """The same, with what was read of it as it is to be taken in."""
        return replace(self, extraction=extraction)

    def known(self, sha256: str) -> Reading:
        """A part of it that the library has."""
        return replace(self, extraction=None, sha256=sha256, memory=None, unchanged=False, own=False)

    def parts(self, parts: Iterable[Part]) -> list[Item]:
        """The files in it as items: the same ones whenever it is read, those of one name told apart by their order."""
        seen: dict[str, int] = {}
        items: list[Item] = []
        for part in parts:
            number = seen[part.name] = seen.get(part.name, 0) + 1
            name = part.name if number == 1 else f"{part.name}#{number}"
            items.append(Item(PART, self.item.key, name, self.item.origin, part.name, path=self.kept / part.kept))
        return items


@dataclass(slots=True)
class _Line:
    """The items that wait for their turn to be written, and the children that read them."""

    pool: ThreadPoolExecutor
    kept: Path
    limits: Limits
    halt: threading.Event = field(default_factory=threading.Event)
    numbers: Iterator[int] = field(default_factory=itertools.count)


def read(items: Iterable[Item]) -> Generator[Reading, None, None]:
    """The items in their order, read by AT_ONCE children, a few ahead of whoever takes them.

    What is kept of an item is there until the next one is asked for. Left before its end, it stops the children.
    """
    waiting = iter(items)
    ahead: deque[Reading] = deque()
    more = True
    with drafting.keeping() as kept:
        line = _Line(ThreadPoolExecutor(AT_ONCE, thread_name_prefix="extract"), kept, drafting.limits())
        try:
            while more or ahead:
                while more and len(ahead) < AHEAD and (len(ahead) < AT_ONCE or _held(ahead) < HELD):
                    item = next(waiting, None)
                    if item is None:
                        more = False
                    else:
                        ahead.append(_begin(line, item))
                if ahead:
                    reading = ahead.popleft()
                    yield reading
                    shutil.rmtree(reading.folder, ignore_errors=True)
        finally:
            line.halt.set()
            line.pool.shutdown(cancel_futures=True)


def _held(ahead: Iterable[Reading]) -> int:
    """The characters of what is read and waits for its turn."""
    readings = (reading.extraction for reading in ahead)
    done = (each for each in readings if isinstance(each, Future) and each.done() and not each.exception())
    return sum(each.result().characters for each in done)


def _begin(line: _Line, item: Item) -> Reading:
    folder = line.kept / str(next(line.numbers))
    if item.status is not Status.ok:
        return Reading(item, folder)
    sha256 = _sha256(item)
    path, memory = item.path or folder / "text", remembering.of(item)
    reading = Reading(item, folder, path, sha256, memory)
    if sha256 and memory is not None and remembering.is_unchanged(memory, item, sha256):
        return replace(reading, unchanged=True)
    reading.kept.mkdir(parents=True)
    if item.path is None:
        path.write_bytes(item.content)
    new = memory is None or memory.document_id is None
    if sha256 and new and (drafting.of_bytes(sha256) is not None or unrolling.remembered(sha256)):
        return reading

    def told(_progress: Progress) -> None:
        if line.halt.is_set():
            raise Halted

    scratch = Path(current_app.instance_path) / "tmp"
    extraction = line.pool.submit(ingest.extract, path, item.name, line.limits, scratch, keep=reading.kept, told=told)
    return replace(reading, extraction=extraction)


def _sha256(item: Item) -> str:
    """The text's SHA-256; "" when its file cannot be read: the extraction meets the same error and says so."""
    if item.path is None:
        return hashlib.sha256(item.content).hexdigest()
    try:
        with item.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
