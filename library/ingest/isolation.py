"""What the child process gives up before it touches a file: memory, time, files, the network, other people's files."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from functools import cache
from pathlib import Path

from library.ingest import landlock
from library.ingest.extraction import Limits

PROCESSES = 128  # and threads, of one reading; counted by itself in a user namespace of its own
_PACKAGE = Path(__file__).resolve().parents[1]
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


def isolate(limits: Limits, reads: Path) -> None:
    """Bind this process, and what it starts, to `limits`, to its working folder and to the file that it `reads`.

    What a system does not offer is left out: the parent's watch over time and memory stands everywhere.
    """
    if os.name == "posix":
        _bound(limits)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        _leave_network(libc)
        landlock.confine(reads=[reads, *_programs()], writes=[Path.cwd()])


def _leave_network(libc: ctypes.CDLL) -> None:
    """No network. A kernel or container that forbids it says so and we go on: nothing here calls out."""
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        import resource

        _lower(resource, "RLIMIT_NPROC", PROCESSES)
    else:
        libc.unshare(_CLONE_NEWNET)  # a container's root may do this where user namespaces are forbidden


@cache
def _programs() -> tuple[Path, ...]:
    """Where Python, its packages, this one, Pandoc and what they load lie; what lies beneath another is not repeated.

    Of the folder that holds this package the package alone: in a checkout the instance lies beside it.
    """
    system = ["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/fonts", "/etc/ghostscript", "/etc/localtime",
              "/var/lib/ghostscript", "/var/cache/fontconfig", "/nix/store", "/proc/self", "/proc/cpuinfo",
              "/proc/meminfo", "/sys/devices/system/cpu", "/sys/fs/cgroup"]  # fmt: skip
    of_python: list[str | Path] = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, _PACKAGE]
    of_python += [place for place in sys.path if place and Path(place).resolve() != _PACKAGE.parent]
    on_path = filter(None, os.environ.get("PATH", "").split(os.pathsep))
    places = {Path(place) for place in (*system, *of_python, *on_path)}
    whole = {place.resolve() for place in places}
    # "/proc/self" is another folder in each process: it stays as it is named.
    return tuple(p for p in places if p.parts[1:2] == ("proc",) or whole.isdisjoint(p.resolve().parents))


def prepare() -> None:
    """Find out, once for all children that are forked from here, what each has to know."""
    _programs()
    landlock.version()
    if os.name == "posix":
        import resource  # noqa: F401


def _bound(limits: Limits) -> None:
    import resource

    seconds = int(limits.seconds + limits.ocr_seconds) + 5  # the watch is first, and says that it took too long
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
