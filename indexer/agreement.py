"""When several processes read one index: they show a commit at the same moment, once all of them have opened it.

Without it a reader whose questions go to several web workers in turn would find a new piece, miss it, find it again.

<root>/readers/<pid>-<n>  one file a reader, flock'ed while it lives: the newest commit that it has opened
<root>/shown              the newest commit that is shown
"""

import fcntl
import itertools
import logging
import os
import time
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
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_SH)
        except OSError as error:
            logger.warning("This reader of the index cannot be told of by others: %s", error)

    def opened(self, commit: float) -> None:
        """Tell the others what has been opened."""
        self._write(commit)

    def shown(self) -> float:
        """The newest commit that all show, 0 before the first."""
        return _number(self._shown)

    def may_show(self, commit: float) -> bool:
        """Whether all have opened `commit`, or one has shown it already, or the slowest was waited for long enough."""
        if self.shown() >= commit:
            return True
        patient = commit <= time.time() < commit + PATIENCE  # a clock that was set back delays nothing
        if patient and not all(opened >= commit for opened in self._others()):
            return False
        beside = self._shown.with_name(f".shown.{self._path.name}")
        try:
            beside.write_text(repr(commit))
            beside.replace(self._shown)
        except OSError as error:
            logger.warning("What is shown of the index cannot be told to others: %s", error)
        return True

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

    def _others(self) -> list[float]:
        """What the living readers have opened; files of dead ones are removed."""
        found: list[float] = []
        for path in self._folder.glob("[0-9]*"):
            if path == self._path or not _alive(path):
                continue
            opened = _number(path)
            if opened:  # one that has opened nothing answers nothing; it looks once more before it does
                found.append(opened)
        return found

    def _write(self, commit: float) -> None:
        if self._file >= 0:
            os.pwrite(self._file, f"{commit!r:<32}".encode(), 0)


def _number(path: Path) -> float:
    try:
        return float(path.read_text() or 0)
    except (OSError, ValueError):
        return 0.0


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
