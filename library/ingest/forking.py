"""Children that read files, forked by a nursery (see `nursery`): each starts in milliseconds and is a process of its own."""

from __future__ import annotations

import atexit
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

CHILDREN = 400  # of one nursery, which then makes room for a new one: nothing of it grows for ever
PATIENCE = 60.0  # seconds within which a nursery answers, its first imports on a busy machine included


class NurseryGone(OSError):
    """The process that starts readers ended or does not answer; it is none of the file's doing."""


class Forked:
    """A child on its way. `pid` leads a session and a group of its own."""

    def __init__(self, nursery: _Nursery, pid: int, held: int) -> None:
        self.pid = pid
        self._nursery, self._held = nursery, held

    def ended(self, seconds: float) -> bool:
        """Whether the child has ended, waited for at most so long."""
        return bool(select.select([self._held], [], [], seconds)[0])

    def end(self) -> None:
        """Nothing of the child's group goes on. Its number stays its own until this is done."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        select.select([self._held], [], [], PATIENCE)
        os.close(self._held)
        self._nursery.forget(self.pid)


class _Nursery:
    """The other process, and the line to it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.settimeout(PATIENCE)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "library.ingest.nursery"],
                cwd="/",
                env=dict(environment),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._lock = threading.Lock()
        self._open = 0
        self.started = 0

    def fork(self, folder: Path) -> Forked:
        """A child that reads what is asked for in `folder`. Raises NurseryGone."""
        ours, theirs = os.pipe()
        try:
            with self._lock:
                socket.send_fds(self._line, [b"R" + os.fsencode(folder)], [theirs])
                answer = self._line.recv(32)
                if not answer:
                    raise NurseryGone("The process that starts readers has ended.")
                self._open += 1
                self.started += 1
        except OSError as error:
            os.close(ours)
            raise NurseryGone(f"The process that starts readers does not answer: {error}") from error
        finally:
            os.close(theirs)
        return Forked(self, int(answer), ours)

    def forget(self, pid: int) -> None:
        """The child is over; the last one of a nursery that was replaced closes it."""
        with self._lock:
            self._open -= 1
            with suppress(OSError):
                self._line.send(b"E%d" % pid)
        if self is not _current.get(os.getpid()):
            self.close()

    def close(self) -> None:
        """End the nursery once it has no children."""
        with self._lock:
            if self._open and self._process.poll() is None:
                return
            self._line.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)


_current: dict[int, _Nursery | None] = {}  # by process, since one that was forked does not share its parent's
_choice = threading.Lock()


def start(folder: Path, environment: Mapping[str, str]) -> Forked | None:
    """A child for the request in `folder`; None where a process of its own is better: for the first file of a process,
    which may be its only one, and elsewhere than on Linux. Raises NurseryGone.
    """
    if sys.platform != "linux":
        return None
    with _choice:
        if os.getpid() not in _current:
            _current[os.getpid()] = None
            return None
    try:
        return _nursery(environment).fork(folder)
    except NurseryGone:
        return _nursery(environment, another=True).fork(folder)


def _nursery(environment: Mapping[str, str], another: bool = False) -> _Nursery:
    """This process's nursery; a new one in the place of one that has done its share, or that does not answer."""
    with _choice:
        before = _current.get(os.getpid())
        if before is not None and before.started < CHILDREN and not another:
            return before
        made = _current[os.getpid()] = _Nursery(environment)
    if before is not None:
        before.close()
    return made


@atexit.register
def stop() -> None:
    """End this process's nursery."""
    nursery = _current.pop(os.getpid(), None)
    if nursery is not None:
        nursery.close()
