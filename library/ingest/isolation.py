"""What the child process gives up before it touches a file: memory, time, files, the network."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from library.ingest.extraction import Limits

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


def isolate(limits: Limits) -> None:
    """Bind this process, and what it starts, to `limits`. What a system does not offer is left out: the parent's watch
    over time and memory stands everywhere.
    """
    if os.name == "posix":
        _bound(limits)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        # No network. A kernel or container that forbids user namespaces says so and we go on: nothing here calls out.
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _bound(limits: Limits) -> None:
    import resource

    seconds = int(limits.seconds + limits.ocr_seconds) + 1
    _lower(resource, "RLIMIT_CPU", seconds)
    _lower(resource, "RLIMIT_FSIZE", limits.file_mb * 2**20)
    _lower(resource, "RLIMIT_NOFILE", limits.open_files)
    _lower(resource, "RLIMIT_CORE", 0)
    if sys.platform == "linux":
        # Not RLIMIT_AS: Haskell's runtime reserves a terabyte of addresses without using them.
        _lower(resource, "RLIMIT_DATA", limits.memory_mb * 2**20)


def _lower(resource: object, name: str, value: int) -> None:
    which = getattr(resource, name)
    _, hard = resource.getrlimit(which)  # type: ignore[attr-defined]
    ceiling = value if hard < 0 else min(value, hard)
    resource.setrlimit(which, (ceiling, ceiling))  # type: ignore[attr-defined]
