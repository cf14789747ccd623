"""Long answers in memory that the kernel sends from: a page of 27 kB leaves a quarter faster than by copying it."""

from __future__ import annotations

import os

LONG = 8_192  # bytes from which on that is worth a call of its own


class Pool:
    """Room for answers; given back to the system when neither the pool nor an answer in it is held any more.

    What stands in it never changes: the kernel may still be sending from it when it is forgotten here.
    """

    def __init__(self) -> None:
        self.file = -1
        self._size = 0

    def __del__(self) -> None:
        if self.file >= 0:
            os.close(self.file)

    def put(self, answer: bytes) -> bytes | Stored:
        """The answer as it is to be kept: as it is where it is short, or the system has no such memory (to give)."""
        if len(answer) < LONG or not hasattr(os, "memfd_create"):
            return answer
        try:
            if self.file < 0:
                self.file = os.memfd_create("answers")
            whole = os.pwrite(self.file, answer, self._size) == len(answer)
        except OSError:  # forbidden here, or no memory left for it: it leaves as short ones do
            return answer
        if not whole:
            return answer
        self._size += len(answer)
        return Stored(self, self._size - len(answer), len(answer))


class Stored:
    """An answer in a pool."""

    __slots__ = ("_pool", "_size", "_start")

    def __init__(self, pool: Pool, start: int, size: int) -> None:
        self._pool, self._start, self._size = pool, start, size

    def __len__(self) -> int:
        return self._size

    def send(self, socket: int) -> bytes:
        """Send it to a socket that does not wait; what that did not take. Raises OSError when the other side is gone."""
        try:
            sent = os.sendfile(socket, self._pool.file, self._start, self._size)
        except BlockingIOError:
            sent = 0
        return self.read(sent) if sent < self._size else b""

    def read(self, first: int = 0) -> bytes:
        """The answer from its byte `first` on."""
        return os.pread(self._pool.file, self._size - first, self._start + first)
