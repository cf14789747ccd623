"""The library as it really runs: `library serve` in a process of its own, asked over HTTP on loopback."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(instance: Path, **more: str) -> dict[str, str]:
    """The environment of a command that works on `instance`."""
    return {**os.environ, "LIBRARY_INSTANCE": str(instance), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **more}


def run(instance: Path, *command: str, check: bool = True, **more: Any) -> subprocess.CompletedProcess[str]:
    """`python -m library.cli …` or `python -m indexer …` to its end: `run(instance, "indexer", "verify")`."""
    module = {"library": "library.cli", "indexer": "indexer"}[command[0]]
    done = subprocess.run(
        [sys.executable, "-m", module, *command[1:]],
        env=environment(instance), capture_output=True, text=True, timeout=300, cwd=ROOT, **more,
    )  # fmt: skip
    if check and done.returncode:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done


def start(instance: Path, *command: str, **more: Any) -> subprocess.Popen[str]:
    """The same, running, in a process group of its own."""
    module = {"library": "library.cli", "indexer": "indexer"}.get(command[0], command[0])
    more.setdefault("stdout", subprocess.DEVNULL)
    more.setdefault("stderr", subprocess.DEVNULL)
    return subprocess.Popen(
        [sys.executable, "-m", module, *command[1:]],
        env=environment(instance), text=True, cwd=ROOT, start_new_session=True, **more,
    )  # fmt: skip


@dataclass
class Server:
    """A running `library serve`. `log`: where its output goes."""

    instance: Path
    port: int
    log: Path
    process: subprocess.Popen[str] = field(init=False)

    def start(self) -> None:
        with open(self.log, "a") as out:
            self.process = start(
                self.instance, "library", "serve", "--port", str(self.port), stdout=out, stderr=subprocess.STDOUT
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, timeout: float = 20) -> tuple[int, str]:
        """(status, body) of a GET; OSError when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", quote(path, safe="/?=&%#+"))
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def search(self, words: str, **more: Any) -> Mapping[str, Any]:
        """The API's answer."""
        query = "&".join(f"{key}={value}" for key, value in more.items())
        status, body = self.get(f"/api/v1/search?q={words}&{query}")
        assert status == 200, body
        answer: Mapping[str, Any] = json.loads(body)
        return answer

    def ready(self, seconds: float = 60) -> None:
        """Wait until /readyz says so."""
        deadline = time.monotonic() + seconds
        said = "nothing yet"
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                status, said = self.get("/readyz")
                if status == 200:
                    return
            except OSError as error:
                said = str(error)
            time.sleep(0.1)
        raise AssertionError(f"not ready after {seconds} s: {said}\n{self.log.read_text()}")

    def stop(self) -> float:
        """Ctrl-C; the seconds it took to end."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=15)
        return time.monotonic() - began

    def kill_all(self) -> None:
        """SIGKILL to the supervisor and everything below it, at once."""
        for number in [self.process.pid, *descendants(self.process.pid)]:
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()


@contextmanager
def serving(instance: Path, folder: Path) -> Iterator[Server]:
    """A server over `instance`, ready; stopped at the end."""
    server = Server(instance, free_port(), folder / "serve.log")
    server.start()
    try:
        server.ready()
        yield server
    finally:
        if server.process.poll() is None:
            server.kill_all()


def descendants(pid: int) -> list[int]:
    """Processes below `pid`, whichever of its threads started them (Linux)."""
    found: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = listed.read_text().split()
        except OSError:
            continue
        for child in children:
            found += [int(child), *descendants(int(child))]
    return found


def commands(pid: int) -> dict[int, str]:
    """Command lines of the processes below `pid`."""
    lines: dict[int, str] = {}
    for child in descendants(pid):
        try:
            line = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if line:  # a dead process that nobody asked after yet has none
            lines[child] = line
    return lines
