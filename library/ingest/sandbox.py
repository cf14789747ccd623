"""The child process that reads a file: started, watched, ended when it takes too much, its folder removed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from library.ingest import forking, progress
from library.ingest.extraction import Limits, Progress, Refusal, Status
from library.ingest.keeping import KEPT, MESSAGES, RECOGNISING, REQUEST, RESULT

_PACKAGE_PARENT = Path(__file__).resolve().parents[2]
_LOOKS = 0.02, 0.2  # seconds between looks at the child, at least and at most
_FASTEST = 4000.0  # MB a second: no program fills memory more quickly
_TELL_EVERY = 0.3  # seconds between words about how far it is

Told = Callable[[Progress], None]
"""Called with how far the reading of a file is; what it raises ends the reading."""


READER, CLEANER, DRAWER = "library.ingest.child", "library.ingest.cleaning.child", "library.ingest.drawing"


def run(
    path: Path,
    name: str,
    limits: Limits,
    scratch: Path,
    *,
    keep: Path | None = None,
    told: Told | None = None,
    child: str = READER,
    asked: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The result of the module `child` for the file at `path`; what it kept is moved to `keep`, where given.

    `asked`: what else the child has to know.
    Raises Refusal when the child took too long, too much memory, or ended without a result, and what `told` raises.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="extract-", dir=scratch)).resolve()
    try:
        request = {"path": str(path.resolve()), "name": name, "limits": _as_dict(limits), **(asked or {})}
        (folder / REQUEST).write_text(json.dumps(request), encoding="utf-8")
        stopped = _watch(child, folder, limits, told)
        result = folder / RESULT
        if stopped is not None:
            raise _refusal(stopped, name, limits)
        if not result.is_file():
            raise Refusal(
                Status.corrupt,
                f"“{name}” could not be read: the program that reads it broke off. The file is probably damaged;"
                " open it in the program that made it and save it again.",
            )
        found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8", errors="surrogatepass"))
        if keep is not None:
            move_kept(folder, keep, found)
        return found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def move_kept(folder: Path, keep: Path, found: dict[str, Any]) -> None:
    """Hand over what the child kept in `folder`. It reads hostile files, so its names are not taken for paths."""
    for name in {one["kept"] for one in (*found["pictures"], *found["parts"])}:
        kept = folder / KEPT / name
        if Path(name).name != name or not kept.is_file() or kept.is_symlink():
            raise OSError(f"The reader named a kept file that is none: {name!r}")
        kept.replace(keep / name)


def _as_dict(limits: Limits) -> dict[str, float]:
    return {name: getattr(limits, name) for name in Limits.__slots__}


def _refusal(stopped: Status, name: str, limits: Limits) -> Refusal:
    if stopped is Status.timeout:
        reason = f"Reading “{name}” took longer than {limits.seconds:.0f} seconds and was stopped. Split it into parts."
    else:
        reason = (
            f"Reading “{name}” took more than {limits.memory_mb} MB of memory and was stopped."
            " Split it into parts or save it in a simpler format."
        )
    return Refusal(stopped, reason)


def _watch(module: str, folder: Path, limits: Limits, told: Told | None) -> Status | None:
    """Run the child in `folder`; the status for which it was stopped, None when it ended by itself."""
    forked = forking.start(folder, _environment(folder)) if module == READER else None
    child = forked or _Own(module, folder)
    deadline, tell_at = time.monotonic() + limits.seconds, time.monotonic() + _TELL_EVERY
    resident = 0.0
    try:
        while not child.ended(_until_next_look(limits.memory_mb - resident)):
            now = time.monotonic()
            if now > deadline and (now > deadline + limits.ocr_seconds or not (folder / RECOGNISING).exists()):
                return Status.timeout
            resident = _resident_mb(child.pid)
            if resident > limits.memory_mb:
                return Status.too_large
            if told is not None and now > tell_at:
                told(progress.read(folder))
                tell_at = time.monotonic() + _TELL_EVERY
        return None
    finally:
        child.end()


def _until_next_look(left_mb: float) -> float:
    """Seconds in which a child can hardly take the memory that is left to it: looking through all processes costs."""
    return min(max(left_mb / _FASTEST, _LOOKS[0]), _LOOKS[1])


class _Own:
    """A child that was started as a program of its own; the same to its watcher as one that was forked."""

    def __init__(self, module: str, folder: Path) -> None:
        with (folder / REQUEST).open("rb") as request, (folder / MESSAGES).open("wb") as messages:
            self._process = subprocess.Popen(
                _command(module),
                cwd=folder,
                env=_environment(folder),
                stdin=request,
                stdout=subprocess.DEVNULL,
                stderr=messages,
                start_new_session=os.name == "posix",
            )
        self.pid = self._process.pid

    def ended(self, seconds: float) -> bool:
        """Whether the child has ended, waited for at most so long."""
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self) -> None:
        """Nothing of the child's group goes on: not the child, not what it started."""
        if os.name == "posix":
            # All of it may have ended already; macOS says EPERM for a zombie.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        elif self._process.poll() is None:
            self._process.kill()
        self._process.wait()


def _command(module: str) -> list[str]:
    return [sys.executable, "-P", "-m", module]


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours but where programs are and how text is encoded."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return kept | {
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(_PACKAGE_PARENT),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "TEMP": str(folder),
        "OPENBLAS_NUM_THREADS": "1",  # numpy would set memory aside for every core
        "OMP_NUM_THREADS": "1",
    }


def _resident_mb(session: int) -> float:
    """Resident memory of the session's processes in MB; 0 where there is no /proc (the child's own limits stand)."""
    total = 0
    try:
        numbers = [entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    except OSError:
        return 0.0
    for number in numbers:
        try:
            with open(f"/proc/{number}/stat", "rb") as stat:
                # Fields after the program's name, which may hold anything: state, parent, group, session, …
                fields = stat.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            total += int(fields[21])
    return total * os.sysconf("SC_PAGE_SIZE") / 2**20
