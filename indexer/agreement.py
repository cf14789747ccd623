"""When several processes read one index: they show a commit at the same moment, once all of them have opened it.

Without it a reader whose questions go to several web workers in turn would find a new piece, miss it, find it again.
Commits may follow each other so quickly that a process never opens some of them; such a commit is shown by none.

<root>/readers/<pid>-<n>  one file a reader, flock'ed while it lives: the commits that it has open
<root>/shown              the newest commit that is shown
"""

import fcntl
import itertools
import json
import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path

logger = logging.getLogger(__name__)
PATIENCE = 10.0
"""Seconds after a commit when it is shown even if a reader has not opened it; that one is stopped or starved."""

_numbers = itertools.count()


class Reader:
    """One reader of an index. Commits are told apart by their time, in seconds since 1970."""

    def __init__(self, root: Path) -> None:
        """Join the readers of the index in `root`. A disk that is full or read-only leaves it to itself."""
        self._shown = root / "shown"
        self._folder = root / "readers"
        self._path = self._folder / f"{os.getpid()}-{next(_numbers)}"
        self._file = -1
        self._told = 0  # bytes written at most; a shorter line is filled up, so that nothing of a longer one is left
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._join()
        except OSError as error:
            logger.warning("This reader of the index cannot be told of by others: %s", error)

    def _join(self) -> None:
        """Make the file and hold it. Another reader may take it away as a dead one's in between: made again then."""
        while True:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_SH)
            if os.fstat(self._file).st_nlink:
                return
            os.close(self._file)

    def holds(self, commits: Sequence[float]) -> None:
        """Tell the others which commits are open: what is shown, and what could be."""
        if self._file >= 0:
            told = json.dumps(list(commits)).encode()
            self._told = max(self._told, len(told))
            try:
                os.pwrite(self._file, told.ljust(self._told), 0)
            except OSError as error:  # the others wait for this one, and not for ever
                logger.warning("What this reader of the index holds cannot be told to others: %s", error)

    def shown(self) -> float:
        """The newest commit that all show, 0 before the first."""
        try:
            return float(self._shown.read_text() or 0)
        except (OSError, ValueError):
            return 0.0

    def newest(self, commits: Sequence[float]) -> int:
        """Which of `commits` (ascending) is the newest that may be shown, -1 when none may be.

        That is one which all have open, or one has shown already, or for which the slowest was waited long enough.
        """
        shown = self.shown()
        others = self._others()
        now = time.time()
        for at in reversed(range(len(commits))):
            commit = commits[at]
            if shown >= commit:
                return at
            waiting = commit <= now < commit + PATIENCE  # a clock that was set back delays nothing
            if not waiting or all(commit in held or commit < min(held) for held in others):
                self._show(commit)
                return at
        return -1

    def _show(self, commit: float) -> None:
        beside = self._shown.with_name(f".shown.{self._path.name}")
        try:
            beside.write_text(repr(commit))
            beside.replace(self._shown)
        except OSError as error:
            logger.warning("What is shown of the index cannot be told to others: %s", error)

    def leave(self) -> None:
        """Be no reader any more."""
        if self._file >= 0:
            self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = -1

    def forget(self) -> None:
        """In a forked child: let go of the parent's file and leave it to the parent."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _others(self) -> list[list[float]]:
        """What the living readers have open; files of dead ones are removed."""
        found: list[list[float]] = []
        for path in self._folder.glob("[0-9]*"):
            if path == self._path or not _alive(path):
                continue
            held = _held(path)
            if held:  # one that has opened nothing answers nothing; it looks once more before it does
                found.append(held)
        return found


_UNREADABLE = [float("-inf")]
"""Holds nothing that anybody could show: the line was being written; a moment later it can be read."""


def _held(path: Path) -> list[float]:
    """The commits that a reader has open."""
    try:
        told = path.read_bytes()
        return [float(commit) for commit in json.loads(told)] if told.strip() else []
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError):
        return _UNREADABLE


def _alive(path: Path) -> bool:
    """Whether the reader that made the file still holds it."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(file)
