"""Building segments on two cores: this process builds, a second one takes what it can get, what they made is joined."""

import gc
import multiprocessing
import os
import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Self

from indexer import generations
from indexer.building import Builder
from indexer.codec import ArraySegment
from indexer.flattening import FlatDocument, flatten
from indexer.merging import merged
from indexer.postings import MOST_SECTIONS
from indexer.records import Entry
from indexer.segments import SegmentView
from indexer.writing import write_segment

AT_ONCE = 200  # sections handed over at a time
WAITING = 2  # batches that wait for the second process; what comes then is built here
ALONE = 1_000  # sections that are built here before a second process is started; that takes about half a second

Batch = list[FlatDocument]


class BuildFailed(Exception):
    """The process that builds segments ended without saying why."""


def build_segments(folder: Path, documents: Iterable[Sequence[Entry]]) -> list[ArraySegment]:
    """Write segments of these documents into `folder`; no commit names them yet.

    Raises OSError when the disk is full, BuildFailed, or what `documents` raises; what was written may then be left.
    """
    with _without_collection():
        batches = _batches(documents)
        own = _Segments(folder)
        for batch in batches:
            own.add(batch)
            if own.sections > ALONE and (os.cpu_count() or 1) > 1:
                break
        else:
            return _lasting(folder, own.finish())
        with _Helper(folder) as helper:
            for batch in batches:
                if not helper.take(batch):
                    own.add(batch)
            helper.finish()
            written = own.finish() + helper.result()
        return _lasting(folder, _joined(folder, written))


@contextmanager
def _without_collection() -> Iterator[None]:
    """Millions of small objects live to the end; looking through them for cycles takes a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.freeze()  # what is alive now is not looked through at once; it is freed like all else
            gc.enable()


def _batches(documents: Iterable[Sequence[Entry]]) -> Iterator[Batch]:
    batch: Batch = []
    sections = 0
    for entries in documents:
        if entries:
            batch.append(flatten(entries))
        sections += len(entries)
        if sections >= AT_ONCE:
            yield batch
            batch, sections = [], 0
    if batch:
        yield batch


class _Segments:
    """Segments built in this process. `sections`: how many have been taken in."""

    def __init__(self, folder: Path) -> None:
        self.sections = 0
        self._folder = folder
        self._builder = Builder()
        self._written: list[ArraySegment] = []

    def add(self, batch: Batch) -> None:
        for document in batch:
            if not self._builder.room_for(len(document.sections)):
                self._write()
            self._builder.add(document)
            self.sections += len(document.sections)

    def finish(self) -> list[ArraySegment]:
        """All of them."""
        if self._builder.sections:
            self._write()
        return self._written

    def _write(self) -> None:
        draft = self._builder.draft()
        self._builder = Builder()
        self._written.append(write_segment(self._folder, *draft.arrays(), lasting=False))


class _Helper:
    """A second process that builds segments. A thread hands batches over, so that nobody waits for the pipe."""

    def __init__(self, folder: Path) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would copy locks that other threads hold
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_build, args=(folder, theirs), daemon=True, name="index-builder")
        self._process.start()
        theirs.close()
        self._waiting: queue.Queue[Batch | None] = queue.Queue(WAITING)
        self._broken = threading.Event()
        self._thread = threading.Thread(target=self._hand_over, daemon=True, name="index-builder-feed")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()  # it has told its result, or is wanted no more
        self._process.join()
        self._thread.join(timeout=5)
        self._connection.close()

    def take(self, batch: Batch) -> bool:
        """Hand a batch over unless enough are waiting; raises what made the process end."""
        if self._broken.is_set():
            self.result()
        try:
            self._waiting.put_nowait(batch)
        except queue.Full:
            return False
        return True

    def finish(self) -> None:
        """No more batches come."""
        while not self._broken.is_set():
            try:
                self._waiting.put(None, timeout=0.5)
                return
            except queue.Full:
                continue

    def result(self) -> list[ArraySegment]:
        """What it has written; raises what made it end, or BuildFailed."""
        try:
            told: list[ArraySegment] | Exception = self._connection.recv()
        except (EOFError, OSError):
            raise BuildFailed("A process that builds the index ended early.") from None
        if isinstance(told, Exception):
            raise told
        return told

    def _hand_over(self) -> None:
        try:
            for batch in iter(self._waiting.get, None):
                self._connection.send(batch)
            self._connection.send(None)
        except OSError:
            self._broken.set()


def _build(folder: Path, connection: Connection) -> None:
    """What the second process does. It ends when the one that started it does."""
    gc.disable()
    try:
        segments = _Segments(folder)
        for batch in iter(connection.recv, None):
            segments.add(batch)
        told: list[ArraySegment] | Exception = segments.finish()
    except EOFError:
        return
    except Exception as error:
        told = error
    connection.send(told)


def _joined(folder: Path, segments: Sequence[ArraySegment]) -> list[ArraySegment]:
    """Segments made of as many of these as fit into one: what is asked of fewer segments is answered sooner."""
    joined: list[ArraySegment] = []
    group: list[ArraySegment] = []
    for segment in segments:
        if group and sum(one.live for one in group) + segment.live > MOST_SECTIONS:
            joined.append(_one(folder, group))
            group = []
        group.append(segment)
    return [*joined, _one(folder, group)] if group else joined


def _one(folder: Path, group: Sequence[ArraySegment]) -> ArraySegment:
    if len(group) == 1:
        return group[0]
    views = [SegmentView(folder / segment.file, segment.label) for segment in group]
    whole = write_segment(folder, *merged([(view, frozenset()) for view in views]), lasting=False)
    for segment in group:
        (folder / segment.file).unlink()
    return whole


def _lasting(folder: Path, segments: list[ArraySegment]) -> list[ArraySegment]:
    """These segments, when the disk keeps them; halves of a segment need not get there."""
    for segment in segments:
        generations.sync(folder / segment.file)
    return segments
