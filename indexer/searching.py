"""The live index, open for questions. `Index` is all that the library needs to know of the index."""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from indexer import suggesting
from indexer.agreement import PATIENCE, Reader
from indexer.answering import NO_ANSWER, Answer, Hit, Passage, Question, Sort, answer_from
from indexer.facets import FacetValue
from indexer.generations import IndexDamaged, State
from indexer.snapshot import Snapshot, open_snapshot

__all__ = ["Answer", "FacetValue", "Hit", "Index", "Passage", "Question", "Sort", "State"]

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.1


class Index:
    """The live index, open for questions. Thread-safe; works after a fork; never raises because of the index.

    A daemon thread looks for new segments and generations ten times a second and opens them; a question takes the
    newest that all the processes have opened (indexer.agreement) and waits for nothing.
    """

    def __init__(self, root: Path, shown: Callable[[], None] = lambda: None) -> None:
        """`root`: the folder `index` of the instance; `shown` is called whenever answers begin to come from another
        commit. Nothing is opened before the first question.
        """
        self.root = root
        self._on_shown = shown
        self._snapshot: Snapshot | None = None
        self._coming: list[Snapshot] = []
        self._reader: Reader | None = None
        self._reason = "The index has not been opened yet."
        self._seen: tuple[object, ...] | None = None
        self._damaged: tuple[object, ...] | None = None
        self._process = 0
        self._starting = threading.Lock()
        self._looking, self._swapping = threading.Lock(), threading.Lock()
        self._closed = threading.Event()

    def ask(self, question: Question) -> Answer:
        """The answer; empty and `partial` while the index is not ready."""
        started = time.perf_counter()
        snapshot = self._current()
        if snapshot is None:
            return NO_ANSWER
        try:
            answer = answer_from(snapshot, question)
        except Exception:  # damage shows as any error of Whoosh, zlib or pickle; the reader gets an empty answer
            logger.exception("The index could not answer; it is being checked.")
            self._seen = None
            return NO_ANSWER
        return replace(answer, took_ms=(time.perf_counter() - started) * 1000)

    def suggest(self, prefix: str, limit: int = 8, access: tuple[str, ...] = ("public",)) -> list[str]:
        """Titles, topics, headings and phrases whose words begin with what was typed, best first."""
        snapshot = self._current()
        return suggesting.completions(snapshot, prefix, limit, access) if snapshot else []

    def similar(self, document: str, limit: int = 5, access: tuple[str, ...] = ("public",)) -> list[str]:
        """Documents about the same things, nearest first."""
        snapshot = self._current()
        return suggesting.similar(snapshot, document, limit, access) if snapshot else []

    def state(self) -> State:
        """Whether questions can be answered, and with what."""
        snapshot = self._current()
        if snapshot is None:
            return State(False, self._reason, None, 0, 0, 0)
        return State(True, "", snapshot.generation, snapshot.live_sections, snapshot.live_documents, snapshot.change)

    def refresh(self) -> None:
        """Look for a newer index now instead of within a moment, and show it."""
        self._current()
        self._look()
        self._show(patient=False)

    def close(self) -> None:
        """Stop looking for changes."""
        self._closed.set()
        self._snapshot, self._coming = None, []
        if self._reader and self._process == os.getpid():
            with self._swapping:  # another thread may be telling the others something
                self._reader.leave()

    def _current(self) -> Snapshot | None:
        if self._process != os.getpid() and not self._closed.is_set():
            if self._process:  # forked: locks may have been held by threads that are not here
                self._starting, self._looking, self._swapping = (threading.Lock() for _ in range(3))
                self._snapshot, self._coming, self._seen = None, [], None
                if self._reader:
                    self._reader.forget()
            with self._starting:
                if self._process != os.getpid():
                    self._start()
        waiting = self._snapshot is None and not self._coming and not self._closed.is_set()
        if waiting and self._damaged != _fingerprint(self.root):
            self._look()  # another process may answer already
        if self._coming:
            self._show()
        return self._snapshot

    def _start(self) -> None:
        """Join the readers; what they show already must be open before the first answer."""
        self._reader = Reader(self.root)
        self._look()
        self._look()  # what was committed before the others knew of this reader
        until = time.monotonic() + PATIENCE
        while self._coming and time.monotonic() < until:  # what the others do not show yet, a new one does not either
            self._show()
            if self._snapshot is not None:
                break
            time.sleep(0.01)
        threading.Thread(target=self._watch, name="index-watch", daemon=True).start()
        self._process = os.getpid()

    def _show(self, *, patient: bool = True) -> None:
        """Swap to the newest snapshot that may be shown."""
        if self._swapped(patient):
            self._on_shown()

    def _swapped(self, patient: bool) -> bool:
        with self._swapping:
            at = len(self._coming) - 1
            if patient and self._reader:
                at = self._reader.newest([snapshot.committed for snapshot in self._coming])
            if at >= 0:
                self._snapshot = self._coming[at]
                self._coming = self._coming[at + 1 :]
                self._tell()
            return at >= 0

    def _tell(self) -> None:
        """Tell the other readers what is open here."""
        if self._reader:
            held = [self._snapshot, *self._coming] if self._snapshot else self._coming
            self._reader.holds([snapshot.committed for snapshot in held])

    def _watch(self) -> None:
        while not self._closed.wait(POLL_SECONDS):
            self._look()
            if self._coming:  # whoever is answered from memory asks no question that would show it
                self._show()

    def _look(self) -> None:
        """Open what is new; keep the old snapshot while the new one cannot be opened, unless its files are gone."""
        with self._looking:
            self._open()

    def _open(self) -> None:
        seen = _fingerprint(self.root)
        if seen == self._seen:
            return
        before = self._coming[-1] if self._coming else self._snapshot
        try:
            snapshot = open_snapshot(self.root, before, thorough=before is None)
            _ = snapshot.facets, snapshot.newest_first
            if before is None or before.generation != snapshot.generation:
                _warm(snapshot)
        except IndexDamaged as damage:
            if self._reason != str(damage):
                logger.warning("%s", damage)
            self._reason = str(damage)
            if before is not None and seen == _fingerprint(self.root):
                self._snapshot, self._coming = None, []
            self._seen, self._damaged = None, seen
            return
        except Exception:  # damage shows as any error of Whoosh, zlib or pickle; readers keep what they have
            logger.exception("The index could not be opened; the one before stays open.")
            self._seen, self._damaged = None, seen
            return
        if self._closed.is_set():
            return
        with self._swapping:
            self._coming = [*self._coming, snapshot]
            self._tell()
        self._reason, self._seen = "", seen


def _warm(snapshot: Snapshot) -> None:
    """Ask for a title, so that no reader waits for what the first question of a generation has to read."""
    try:
        title = snapshot.about(0).title if snapshot.documents else "nothing"
        answer_from(snapshot, Question(title))
    except Exception:  # one question that goes wrong is no reason to answer none
        logger.exception("The index could not answer the question that readies it.")


def _fingerprint(root: Path) -> tuple[object, ...]:
    """What changes with every commit and every switch, and when files of the live generation are touched."""
    try:
        pointer = (root / "current").stat()
        live = (root / "current").read_text("utf-8")
        folder = root / "generations" / live.split('"current": "', 1)[1].split('"', 1)[0]
        found = sorted(
            (entry.name, entry.stat().st_size, entry.stat().st_mtime_ns)
            for entry in os.scandir(folder)
            if entry.name.endswith((".toc", ".seg")) or entry.name == "manifest"
        )
    except (OSError, IndexError):
        return ("missing",)
    return (pointer.st_ino, pointer.st_mtime_ns, folder.name, *found)
