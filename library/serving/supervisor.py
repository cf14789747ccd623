"""One supervisor over its processes: web workers, front, indexer, job worker. Restarts a dead one, stops all together."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from library.failures import Refused
from library.serving.generation import Generation
from library.serving.lifeline import SUPERVISOR

STOP_SECONDS = 2.5  # asked to end; killed afterwards
FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0
STEADY_SECONDS = 30.0  # a child that lived this long starts again without a wait
POLL_SECONDS = 0.1
BACKLOG = 1_024
LONGEST_SOCKET = 100  # bytes of a socket's path; the kernels have 104 and 108 for it


@dataclass
class Child:
    """A process that has to run, and when it may be started again."""

    name: str
    command: list[str]
    environment: dict[str, str]
    inherits: tuple[int, ...] = ()  # open files
    leaves: Path | None = None  # what it leaves behind when it is killed, and cannot start beside
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT
    next_start: float = field(default=0.0)

    def start(self) -> None:
        """Run it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        if self.leaves is not None:
            self.leaves.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            self.command, env=self.environment, start_new_session=True, pass_fds=self.inherits
        )
        self.started = time.monotonic()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

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


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be served, where, and with how much. `languages`: of the interface; `spoken`: the site's own."""

    host: str
    port: int
    instance: Path
    workers: int
    threads: int
    page_cache_mb: int
    languages: tuple[str, ...]
    spoken: str

    @property
    def address(self) -> str:
        return f"http://{'[' + self.host + ']' if ':' in self.host else self.host}:{self.port}"


def serve(plan: Plan, when_ready: Callable[[], None] = lambda: None) -> int:
    """Run the library until SIGINT or SIGTERM; 0. Raises Refused when it cannot (port taken, already served).

    The web workers start first and have the cores to themselves; the others, and `when_ready`, follow once they answer.
    Who connects before that, or while the front is started again, waits: the supervisor holds the port.
    """
    with _only_one(plan.instance), _listening(plan.host, plan.port) as public, _sockets(plan) as sockets:
        Generation(plan.instance).bump()  # settings may be others than when it ran last
        web, others = _children(plan, public, sockets)
        stopping = _Stopping()
        try:
            for child in web:
                child.start()
            for path, child in zip(sockets, web, strict=True):
                _await(path, child, stopping)
            for child in others:
                child.start()
            if not stopping.asked and all(child.alive for child in web):
                _say(f"The library is at {plan.address} (Ctrl-C stops it).")
            if not stopping.asked:
                # Aside, so that Ctrl-C is obeyed and a dead child started again meanwhile.
                threading.Thread(target=when_ready, name="when-ready", daemon=True).start()
            while not stopping.asked:
                for child in (*web, *others):
                    child.look()
                time.sleep(POLL_SECONDS)
        finally:
            _stop([*web, *others])
        _say("Stopped.")
    return 0


def _children(plan: Plan, public: socket.socket, sockets: list[Path]) -> tuple[list[Child], list[Child]]:
    """The web workers, each with its socket, and the others."""
    environment = {
        **os.environ,
        "LIBRARY_INSTANCE": str(plan.instance),
        "LIBRARY_BIND": plan.address,
        "LIBRARY_FRONT": "1",
        SUPERVISOR: str(os.getpid()),
        "PYTHONUNBUFFERED": "1",
    }
    # Of warnings Granian has one, about more threads than cores: most of them wait for whoever uploads.
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--uds-permissions", "600", "--workers", "1",
        "--blocking-threads", str(plan.threads), "--no-ws", "--http", "1", "--respawn-failed-workers",
        "--respawn-interval", "0.5", "--workers-kill-timeout", "2", "--log-level", "error", "--no-access-log",
    ]  # fmt: skip
    front = [
        sys.executable, "-m", "library.serving.front", "--listening", str(public.fileno()),
        *(part for path in sockets for part in ("--worker", str(path))), "--instance", str(plan.instance),
        "--megabytes", str(plan.page_cache_mb), "--languages", ",".join(plan.languages), "--spoken", plan.spoken,
    ]  # fmt: skip
    return [
        Child(
            "web worker", _lifelined([*web, "--uds", str(path), "library.serving.wsgi:app"]), environment, leaves=path
        )
        for path in sockets
    ], [
        Child("front", _lifelined(front), environment, inherits=(public.fileno(),)),
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


def _await(path: Path, web: Child, stopping: _Stopping) -> None:
    """Wait until the web worker answers, ends, or takes too long."""
    until = time.monotonic() + 30
    while not stopping.asked and web.alive and time.monotonic() < until:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
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


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """The socket of the public port. Raises Refused when somebody listens there, or it cannot be listened at."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as public:
        public.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            public.bind((host, port))
            public.listen(BACKLOG)
        except OSError as error:
            why = error.strerror or str(error)
            raise Refused(f"Cannot listen at {host}:{port} ({why}); choose another with --port.") from None
        yield public


@contextmanager
def _sockets(plan: Plan) -> Iterator[list[Path]]:
    """Where the web workers listen for the front: in the instance folder, or where that has too long a name, elsewhere."""
    names = [f"web-{number}.sock" for number in range(1, plan.workers + 1)]
    if len(os.fsencode(plan.instance / names[-1])) <= LONGEST_SOCKET:
        yield [plan.instance / name for name in names]
        return
    with tempfile.TemporaryDirectory(prefix="library-") as folder:
        yield [Path(folder) / name for name in names]


def _say(line: str) -> None:
    print(line, flush=True)
