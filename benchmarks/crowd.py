"""Those who work at the same time under load: readers, a curator, somebody who looks for what is new, rebuilds."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.measuring import Failed
from benchmarks.visiting import Visitor
from tests.running import start

LOOKING_SECONDS = 0.1
"""Between two looks for a piece: finding it is measured no finer than that."""


class Busy(threading.Thread, ABC):
    """Does something again and again until told to stop; what goes wrong is kept in `problems`."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.halt = threading.Event()
        self.problems: list[str] = []

    def run(self) -> None:
        """Until `halt`."""
        while not self.halt.is_set():
            try:
                self.once()
            except Exception as error:
                self.problems.append(repr(error)[:300])
                self.halt.wait(0.1)

    @abstractmethod
    def once(self) -> None:
        """The thing."""


class Reader(Busy):
    """Asks the search API, at most `rate` times a second. `own_ms`: what the index says that it took."""

    def __init__(self, port: int, asked: Sequence[str], rate: float) -> None:
        super().__init__()
        self.visitor, self.asked, self.every = Visitor(port), asked, 1 / rate
        self.times: list[float] = []
        self.own_ms: list[float] = []
        self.partial = 0
        self.due = time.monotonic()

    def once(self) -> None:
        """A question, after a pause when the one before was answered early."""
        self.halt.wait(max(0.0, self.due - time.monotonic()))
        self.due = max(self.due, time.monotonic() - self.every) + self.every
        answer, ms = found(self.visitor, self.asked[len(self.times) % len(self.asked)])
        self.times.append(ms)
        self.own_ms.append(answer["took_ms"])
        self.partial += answer["partial"]


class Curator(Busy):
    """Reads what the publishing process acknowledges. `slugs`: with the moment of each."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        super().__init__()
        self.process = process
        self.slugs: list[tuple[str, float]] = []

    def once(self) -> None:
        """The next line, or the end."""
        assert self.process.stdout
        line = self.process.stdout.readline().strip()
        if line:
            self.slugs.append((line, time.monotonic()))
        else:
            self.halt.set()


class Finder(Busy):
    """Looks for the newest piece until it is found, then for the one that is newest then. `seconds`: how long each took."""

    def __init__(self, port: int, curator: Curator) -> None:
        super().__init__()
        self.visitor, self.curator = Visitor(port), curator
        self.wanted: tuple[str, float] | None = None
        self.seconds: list[float] = []

    def once(self) -> None:
        """A look."""
        self.halt.wait(LOOKING_SECONDS)
        self.wanted = self.wanted or (self.curator.slugs[-1] if self.curator.slugs else None)
        if self.wanted and self.sees(self.wanted[0]):
            self.seconds.append(time.monotonic() - self.wanted[1])
            self.wanted = None

    def sees(self, slug: str) -> bool:
        """Whether a piece is found."""
        answer, _ = found(self.visitor, f'title:"{slug}"')
        return slug in [hit["document"]["slug"] for hit in answer["hits"]]


class Rebuilder(Busy):
    """Rebuilds the index, one time after another. `seconds`: how long each took."""

    def __init__(self, instance: Path) -> None:
        super().__init__()
        self.instance = instance
        self.process: subprocess.Popen[str] | None = None
        self.seconds: list[float] = []

    def once(self) -> None:
        """A rebuild to its end."""
        began = time.monotonic()
        self.process = start(self.instance, "indexer", "rebuild", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        _, said = self.process.communicate()
        if self.process.returncode:
            raise Failed(f"indexer rebuild: {said.strip() or self.process.returncode}")
        self.seconds.append(time.monotonic() - began)


def found(visitor: Visitor, text: str) -> tuple[dict[str, Any], float]:
    """The API's answer and its milliseconds. Raises Failed."""
    reply = visitor.get("/api/v1/search", [("q", text)])
    assert reply is not None
    if reply.problem or reply.status != 200:
        raise Failed(f"{text!r}: {reply.problem or f'status {reply.status}'}")
    answer: dict[str, Any] = json.loads(reply.body)
    return answer, reply.ms
