"""The generation of what readers see: a number in the instance folder that is another one after every change.

A page that is kept carries the generation under which it was rendered and is good for no other. Whoever changes
something holds a lock, makes the number another one, changes, and lets the lock go; whoever renders a page keeps it only
when nobody held the lock between reading the number and rendering. So no order of events leaves an old page behind:

- a change that began before the page was rendered and ended after it held the lock: the page is not kept;
- a change that began later made the number another one before it could be seen: the page is not found again;
- a process that is killed loses the lock with its life, whether it had changed something or not.
"""

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "generation"
_C = ctypes.PyDLL(None)
KEY = "library.generation"  # of the application's extensions
_NUMBER = struct.Struct("@Q")  # in the machine's own order, so that it is read and written in one piece


class Generation:
    """The number of one instance. Safe between threads and processes; works after a fork."""

    def __init__(self, instance: Path) -> None:
        """Nothing is made before it is first read or changed."""
        self.path = instance / NAME
        self._opening = threading.Lock()
        self._file = (-1, -1)
        self._numbers: memoryview | None = None

    def read(self) -> int:
        """The number as it is now."""
        return int(self.numbers()[0])

    def numbers(self) -> memoryview:
        """A view of the number that follows it; taken anew when somebody removed the file meanwhile."""
        try:
            about = self.path.stat()
            whole = about.st_size >= _NUMBER.size  # to look into a file that was cut would end the process
            if whole and self._numbers is not None and self._file == (about.st_dev, about.st_ino):
                return self._numbers
        except FileNotFoundError:
            pass
        with self._opening:
            file = self._open()
            try:
                about = os.fstat(file)
                # For reading only: to write through a map when the disk is full would end the process.
                held = mmap.mmap(file, _NUMBER.size, access=mmap.ACCESS_READ)
            finally:
                os.close(file)
            self._file, self._numbers = (about.st_dev, about.st_ino), memoryview(held).cast("Q")
            return self._numbers

    def settled(self) -> int | None:
        """The number, to be asked for before a page is rendered; None while somebody changes what it shows."""
        number = self.read()
        file = self._open()
        try:
            # Let go within a microsecond: another who asks meanwhile would take it for a change. So by a call that keeps
            # the interpreter, where `fcntl.flock` would hand it on and wait for it with the lock in its hand.
            free = _C.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB) == 0
            _C.flock(file, fcntl.LOCK_UN)
        finally:
            os.close(file)
        return number if free else None

    def begin(self) -> Change:
        """Say that something is about to change; to be ended when it has, or has not."""
        file = self._open()
        try:
            fcntl.flock(file, fcntl.LOCK_SH)
            self._advance(file)
        except BaseException:
            os.close(file)
            raise
        return Change(file)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Change within what readers see."""
        change = self.begin()
        try:
            yield
        finally:
            change.end()

    def bump(self) -> None:
        """Say that something has changed that nobody else told of."""
        self.begin().end()

    def _open(self) -> int:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        if os.fstat(file).st_size < _NUMBER.size:
            self._advance(file)
        return file

    def _advance(self, file: int) -> None:
        # The time rather than a count: a file that was removed and made again repeats no number.
        before = os.pread(file, _NUMBER.size, 0)
        number = _NUMBER.unpack(before)[0] if len(before) == _NUMBER.size else 0
        os.pwrite(file, _NUMBER.pack(max(number + 1, time.time_ns())), 0)


class Change:
    """A change that is going on."""

    def __init__(self, file: int) -> None:
        self._file = file

    def end(self) -> None:
        """It has been made, or given up."""
        file, self._file = self._file, -1
        if file >= 0:
            fcntl.flock(file, fcntl.LOCK_UN)  # a forked child may have the file open as well
            os.close(file)
