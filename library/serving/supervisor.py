"""One supervisor over three processes: web server, indexer, job worker. Restarts a dead one, stops all together."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from library.failures import Refused
from library.serving.lifeline import SUPERVISOR

STOP_SECONDS = 2.5  # asked to end; killed afterwards
FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0
STEADY_SECONDS = 30.0  # a child that lived this long starts again without a wait
POLL_SECONDS = 0.1


@dataclass
class Child:
    """A process that has to run, and when it may be started again."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT
    next_start: float = field(default=0.0)

    def start(self) -> None:
        """Run it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self.process = subprocess.Popen(self.command, env=self.environment, start_new_session=True)
        self.started = time.monotonic()

    def look(self) -> None:
        """Start it again when it has died, after a wait that doubles while it keeps dying."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                return
            if now - self.started > STEADY_SECONDS:
                self.wait = FIRST_WAIT
            _say(f"The {self.name} ended ({self.process.returncode}); starting it again in {self.wait:g} s.")
            self.process, self.next_start = None, now + self.wait
            self.wait = min(self.wait * 2, LONGEST_WAIT)
        if now >= self.next_start:
            self.start()


def serve(
    host: str, port: int, instance: Path, workers: int, threads: int, when_ready: Callable[[], None] = lambda: None
) -> int:
    """Run the library until SIGINT or SIGTERM; 0. Raises Refused when it cannot (port taken, already served).

    The web server starts first and has both cores to itself; the others, and `when_ready`, follow once it answers.
    """
    with _only_one(instance):
        _free(host, port)
        address = f"http://{'[' + host + ']' if ':' in host else host}:{port}"
        children = _children(host, port, address, instance, workers, threads)
        stopping = _Stopping()
        try:
            children[0].start()
            _announce(address, host, port, children[0], stopping)
            for child in children[1:]:
                child.start()
            if not stopping.asked:
                # Aside, so that Ctrl-C is obeyed and a dead child started again meanwhile.
                threading.Thread(target=when_ready, name="when-ready", daemon=True).start()
            while not stopping.asked:
                for child in children:
                    child.look()
                time.sleep(POLL_SECONDS)
        finally:
            _stop(children)
        _say("Stopped.")
    return 0


def _children(host: str, port: int, address: str, instance: Path, workers: int, threads: int) -> list[Child]:
    environment = {
        **os.environ,
        "LIBRARY_INSTANCE": str(instance),
        "LIBRARY_BIND": address,
        SUPERVISOR: str(os.getpid()),
        "PYTHONUNBUFFERED": "1",
    }
    # Of warnings Granian has one, about more threads than cores: most of them wait for whoever uploads.
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(threads), "--no-ws", "--http", "1",
        "--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "2",
        "--log-level", "error", "--no-access-log", "library.serving.wsgi:app",
    ]  # fmt: skip
    return [
        Child("web server", _lifelined(web), environment),
        Child("indexer", _lifelined([sys.executable, "-m", "indexer", "run"]), environment),
        Child("job worker", _lifelined([sys.executable, "-m", "library.cli", "work"]), environment),
    ]


def _lifelined(command: list[str]) -> list[str]:
    """`command` (python -m module …), run so that it dies with the supervisor."""
    module, arguments = command[2], command[3:]
    code = (
        "import runpy, sys; from library.serving.lifeline import die_with_parent; die_with_parent();"
        f" sys.argv = [{module!r}, *sys.argv[1:]]; runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
    )
    return [command[0], "-c", code, *arguments]


class _Stopping:
    """Set by SIGINT and SIGTERM."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def _announce(address: str, host: str, port: int, web: Child, stopping: _Stopping) -> None:
    """Say where the library is once it answers."""
    until = time.monotonic() + 30
    while not stopping.asked and time.monotonic() < until:
        if web.process is not None and web.process.poll() is not None:
            return
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.settimeout(0.5)
            if probe.connect_ex((_reachable(host), port)) == 0:
                _say(f"The library is at {address} (Ctrl-C stops it).")
                return
        time.sleep(0.05)


def _stop(children: list[Child]) -> None:
    """End all: asked first, killed when they do not."""
    running = [child.process for child in children if child.process is not None and child.process.poll() is None]
    for process in running:
        process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _only_one(instance: Path) -> Iterator[None]:
    """Hold the instance's lock; the kernel frees it when the supervisor dies."""
    instance.mkdir(parents=True, exist_ok=True)
    with open(instance / "serve.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"The library in {instance} is being served already; stop that first.") from None
        yield


def _free(host: str, port: int) -> None:
    """Raise Refused when somebody listens at the address, or it cannot be listened at."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = error.strerror or str(error)
            raise Refused(f"Cannot listen at {host}:{port} ({why}); choose another with --port.") from None


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  asked of, not listened at


def _say(line: str) -> None:
    print(line, flush=True)
