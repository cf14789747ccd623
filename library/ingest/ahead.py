"""Items read ahead of their turn: a few extraction children at once, their outcomes in the order of the items."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from library import ingest
from library.ingest import drafting, remembering
from library.ingest.extraction import Extraction, Limits, Progress, Status
from library.ingest.remembering import Memory
from library.ingest.sources import Item

AT_ONCE = 2  # extraction children
AHEAD = 6  # items read before their turn to be written


class Halted(Exception):
    """The import was stopped while a file was being read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An item on its way. `extraction` is None for what is not read: no text, known as it is, or known by its bytes.

    `path`: the file that holds its text. `passing`: it was written for this import and goes with it.
    `memory`: what is remembered of it, `unchanged` whether it still is so.
    """

    item: Item
    path: Path | None = None
    sha256: str = ""
    memory: Memory | None = None
    unchanged: bool = False
    extraction: Future[Extraction] | None = None
    passing: bool = False

    def done_with(self) -> None:
        """Remove the file that was written for this import alone."""
        if self.passing and self.path is not None:
            self.path.unlink(missing_ok=True)


def read(items: Iterable[Item]) -> Generator[Reading, None, None]:
    """The items in their order, read by AT_ONCE children, a few ahead of whoever takes them.

    Left before its end, it stops the children and removes what it wrote.
    """
    scratch = Path(current_app.instance_path) / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    limits = drafting.limits()
    waiting = iter(items)
    ahead: deque[Reading] = deque()
    halt = threading.Event()
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="extract")
    more = True
    try:
        while more or ahead:
            while more and len(ahead) < AHEAD:
                item = next(waiting, None)
                if item is None:
                    more = False
                else:
                    ahead.append(_begin(pool, item, limits, scratch, halt))
            if ahead:
                reading = ahead.popleft()
                try:
                    yield reading
                finally:
                    reading.done_with()
    finally:
        halt.set()
        pool.shutdown(cancel_futures=True)
        for reading in ahead:
            reading.done_with()


def _begin(pool: ThreadPoolExecutor, item: Item, limits: Limits, scratch: Path, halt: threading.Event) -> Reading:
    if item.status is not Status.ok:
        return Reading(item)
    passing = item.path is None
    path = item.path or _written(item, scratch)
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        sha256 = ""  # the extraction meets the same error and says so
    memory = remembering.of(item)
    if sha256 and memory is not None and remembering.is_unchanged(memory, item, sha256):
        return Reading(item, path, sha256, memory, unchanged=True, passing=passing)
    if sha256 and (memory is None or memory.document_id is None) and drafting.of_bytes(sha256) is not None:
        return Reading(item, path, sha256, memory, passing=passing)

    def told(_progress: Progress) -> None:
        if halt.is_set():
            raise Halted

    extraction = pool.submit(ingest.extract, path, item.name, limits, scratch, told=told)
    return Reading(item, path, sha256, memory, extraction=extraction, passing=passing)


def _written(item: Item, scratch: Path) -> Path:
    """The text of an item that is no file of its own, as one."""
    with tempfile.NamedTemporaryFile(prefix="import-", dir=scratch, delete=False) as file:
        file.write(item.content)
    return Path(file.name)
