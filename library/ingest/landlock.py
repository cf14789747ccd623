"""Landlock (Linux 5.13 and later): a process, and what it starts, may open only the files named here, and no TCP.

The three system calls have no wrapper in the C library; numbers and structures: include/uapi/linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture
_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
_LOOK = _EXECUTE | _READ_FILE | _READ_FOLDER
_OF_FILES = _EXECUTE | _READ_FILE | 1 << 1 | 1 << 14  # what can be allowed for a file: run, read, write, truncate
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # kinds of access to files that a version knows; 5 and later: 16
_TCP = 0b11  # bind, connect; from version 4 on
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("access", ctypes.c_uint64), ("parent", ctypes.c_int32))


@cache
def version() -> int:
    """The version that the kernel offers; 0 for none."""
    found = int(_libc().syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION))
    return max(found, 0)


def confine(*, reads: Iterable[Path], writes: Iterable[Path]) -> bool:
    """From here on open only what is in `reads` (and run it) and `writes`; False where the kernel does not know how.

    The process must have given up new privileges (PR_SET_NO_NEW_PRIVS). Places that do not exist are passed over.
    """
    known = version()
    if not known:
        return False
    libc = _libc()
    everything = (1 << _RIGHTS.get(known, 16)) - 1
    asked = _Ruleset(everything, _TCP if known >= 4 else 0)
    size = ctypes.sizeof(_Ruleset) if known >= 4 else 8
    ruleset = libc.syscall(_CREATE, ctypes.byref(asked), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return False
    try:
        for place in reads:
            _allow(libc, ruleset, place, _LOOK)
        for place in (*writes, *map(Path, _DEVICES)):
            _allow(libc, ruleset, place, everything & ~_EXECUTE)
        return bool(libc.syscall(_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, place: Path, access: int) -> None:
    try:
        opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(opened).st_mode):
            access &= _OF_FILES
        rule = _Beneath(access, opened)
        libc.syscall(_ADD, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(opened)


@cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc
