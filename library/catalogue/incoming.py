"""Bytes on their way into the store: written once, to the instance's own disk, and hashed while they come in."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

from library.catalogue.errors import StorageFull, TooLarge

LOOK_EVERY = 8 * 2**20  # bytes between looks at the room that is left on the disk


class Incoming:
    """A file that is being received. After the first problem nothing more is kept, and `check` says what it was.

    `limit`: bytes that it may have; `spare`: bytes of the disk that it must leave free. Where several files come in one
    request, the others go on: writing raises nothing.
    """

    def __init__(self, folder: Path, limit: int | None = None, spare: int = 0) -> None:
        self.limit, self.spare = limit, spare
        self.size = 0
        self.path: Path | None = None
        self._folder = folder
        self._digest = hashlib.sha256()
        self._problem: type[Exception] | OSError | None = None
        self._out: IO[bytes] | None = None
        self._looked = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle, made = tempfile.mkstemp(prefix="upload-", dir=folder)
            self.path, self._out = Path(made), os.fdopen(handle, "wb", buffering=0)
            self._look()
        except OSError as error:
            self._fail(error)

    def write(self, data: bytes | bytearray) -> int:
        """Keep the next bytes, unless something is wrong already."""
        if self._problem is None and self._out is not None:
            self.size += len(data)
            if self.limit is not None and self.size > self.limit:
                self._fail(TooLarge)
                return len(data)
            try:
                self._digest.update(data)
                _write_all(self._out, data)
                if self.size - self._looked > LOOK_EVERY:
                    self._look()
            except OSError as error:
                self._fail(error)
        return len(data)

    def read(self, _size: int = -1) -> bytes:
        """Nothing: what comes in is settled, not read again."""
        return b""

    def seek(self, _place: int, _whence: int = 0) -> int:
        """Nothing to do: Werkzeug turns to the beginning of what it received."""
        return 0

    def check(self, name: str) -> None:
        """Raises TooLarge, StorageFull or OSError, with `name` in its sentence, when the file could not be kept."""
        if self._problem is None:
            return
        if self._problem is TooLarge:
            most = (self.limit or 0) // 10**6
            raise TooLarge(f"“{name}” is larger than {most} MB, the most that this library takes.")
        raise explained(self._problem, name) if isinstance(self._problem, OSError) else full(name)

    def settled(self, name: str) -> tuple[Path, str, int]:
        """Where the bytes lie, safe on the disk, their SHA-256 and number. Raises what `check` raises."""
        self.check(name)
        assert self._out is not None and self.path is not None
        try:
            os.fsync(self._out.fileno())
            self._out.close()
        except OSError as error:
            self._fail(error)
            self.check(name)
        return self.path, self._digest.hexdigest(), self.size

    def close(self) -> None:
        """Leave nothing behind that was not taken over."""
        if self._out is not None:
            self._out.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _look(self) -> None:
        self._looked = self.size
        if self.spare and shutil.disk_usage(self._folder).free < self.spare:
            self._fail(StorageFull)

    def _fail(self, problem: type[Exception] | OSError) -> None:
        self._problem = problem
        self.close()  # what cannot be kept takes no room


def explained(error: OSError, name: str) -> Exception:
    """A full disk as a sentence; any other error as it is."""
    return full(name) if error.errno in (errno.ENOSPC, errno.EDQUOT) else error


def full(name: str) -> StorageFull:
    """The sentence about a disk that is full."""
    return StorageFull(f"The disk is full: “{name}” was not kept. Make room, then upload it again.")


def _write_all(out: IO[bytes], data: bytes | bytearray) -> None:
    view = memoryview(data)
    while view:
        view = view[out.write(view) :]
