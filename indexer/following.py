"""The follower: for ever reads the outbox, commits small segments, and heals an index that is damaged."""

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

from indexer import generations
from indexer.generations import Busy, IndexDamaged
from indexer.rebuilding import RebuildFailed, rebuild
from indexer.records import Change, Entry, Source, SourceFactory
from indexer.writing import GenerationWriter

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.25
CHANGES_AT_ONCE = 500
SECTIONS_AT_ONCE = 1_000
LONGEST_WAIT = 10.0  # seconds between attempts while the source or the disk fails
CHECK_SECONDS = 2.0
IDLE_BEFORE_MERGE = 1.0


class Stopped(Exception):
    """Asked to stop in the middle of a rebuild."""


def follow(open_source: SourceFactory, root: Path, stop: Event) -> None:
    """Keep the live index equal to the source until `stop` is set. Raises Busy when another follower runs.

    Errors of the source (database locked, unreachable) and a full disk are logged in a line and tried again. A
    missing or corrupt index is rebuilt, at the start and later.
    """
    with generations.lock(root, "follower", "follows changes of the library"):
        wait = POLL_SECONDS
        while not stop.is_set():
            follower = Follower(root, stop)
            try:
                with open_source() as source:
                    follower.run(source)
            except Stopped:
                return
            except Exception as error:
                logger.warning("The index could not be brought up to date, trying again: %s", _line(error))
                wait = POLL_SECONDS if follower.worked else min(wait * 2, LONGEST_WAIT)
                stop.wait(wait)


class Follower:
    """One stretch of following, until something fails. `worked`: at least one look at the outbox succeeded."""

    def __init__(self, root: Path, stop: Event) -> None:
        self.worked = False
        self._root = root
        self._stop = stop
        self._writer: GenerationWriter | None = None
        self._checked = 0.0
        self._idle_since = time.monotonic()

    def run(self, source: Source) -> None:
        """Look and apply until stopped; raises what source, disk or Whoosh raise."""
        self._ensure_sound(source, thorough=True)
        while not self._stop.is_set():
            try:
                busy = self.step(source)
            except (IndexDamaged, FileNotFoundError):
                self._ensure_sound(source, thorough=True)
                continue
            self.worked = True
            if not busy:
                self._stop.wait(POLL_SECONDS)
                if time.monotonic() - self._checked > CHECK_SECONDS:
                    self._ensure_sound(source, thorough=False)

    def step(self, source: Source) -> bool:
        """Apply a batch of changes, or merge when there are none; False when there was nothing to do."""
        writer = self._live_writer()
        changes = source.changes_after(writer.change, CHANGES_AT_ONCE)
        if changes:
            documents, change = self._read(source, changes)
            return self._locked(lambda: writer.apply(documents, change))
        if time.monotonic() - self._idle_since > IDLE_BEFORE_MERGE:
            self._idle_since = time.monotonic()
            merged = False

            def merge() -> None:
                nonlocal merged
                merged = writer.merge()

            return self._locked(merge) and merged
        return False

    def _read(self, source: Source, changes: Sequence[Change]) -> tuple[list[tuple[str, Sequence[Entry]]], int]:
        """The documents of as many changes as fit into one quick commit, and the last of these changes."""
        documents: dict[str, Sequence[Entry]] = {}
        sections, last = 0, changes[0].id
        for change in changes:
            if sections > SECTIONS_AT_ONCE or self._stop.is_set():
                break
            if change.document not in documents:
                documents[change.document] = source.entries(change.document)
                sections += len(documents[change.document])
            last = change.id
        self._idle_since = time.monotonic()
        return list(documents.items()), last

    def _locked(self, write: Callable[[], None]) -> bool:
        """Write under the lock unless another generation went live meanwhile; True when written."""
        with generations.lock(self._root, "writer", "writes to the index", wait=30):
            if self._writer is None or generations.read_pointer(self._root).current != self._writer.folder.name:
                return False
            write()
        return True

    def _live_writer(self) -> GenerationWriter:
        folder = generations.generation_folder(self._root, generations.read_pointer(self._root).current)
        if self._writer is None or self._writer.folder != folder:
            self._writer = GenerationWriter(folder)
        return self._writer

    def _ensure_sound(self, source: Source, *, thorough: bool) -> None:
        """Rebuild when the live index is missing or damaged."""
        self._checked = time.monotonic()
        try:
            pointer = generations.read_pointer(self._root)
            generations.check(generations.generation_folder(self._root, pointer.current), thorough=thorough)
        except IndexDamaged as damage:
            logger.warning("%s It is being rebuilt.", damage)
            self._writer = None
            try:
                rebuild(source, self._root, self._progress, force=True)  # what is damaged is nothing to compare with
            except Busy:
                logger.info("A rebuild is running already; waiting for it.")
                self._stop.wait(1.0)
            except RebuildFailed as failure:
                raise OSError(str(failure)) from failure
            else:
                logger.info("The index has been rebuilt.")

    def _progress(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Stopped
        if done % 500 == 0 or done == total:
            logger.info("Rebuilding the index: %d of %d documents.", done, total)


def _line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:300]
