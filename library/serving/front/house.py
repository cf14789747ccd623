"""All that the front has going: who is connected, how many may be, the clock, and the way to the web workers."""

from __future__ import annotations

import asyncio
import resource
from math import ceil

from library.serving.front.reader import IDLE_SECONDS, Reader
from library.serving.front.relay import Relay
from library.serving.front.shelf import Shelf
from library.serving.front.turns import AT_ONCE, Turns
from library.serving.front.workers import Worker, in_order

MOST_READERS = 4_000
SPARE_FILES = 64  # open files that are not connections
TICK_SECONDS = 1.0
CONNECT_SECONDS = 5.0


class House:
    """The connections of one front."""

    def __init__(self, shelf: Shelf, workers: list[str], most: int) -> None:
        """`workers`: paths of the sockets at which the web workers listen. `most`: readers at the same time."""
        self.shelf = shelf
        self.readers: set[Reader] = set()
        self._workers = [Worker(path) for path in workers]
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._turns = Turns(ceil(AT_ONCE * len(workers)), self._loop)
        self._tasks: set[asyncio.Task[None]] = set()
        self.now = self._loop.time()  # to the second; deadlines need no more
        self.idle_until = self.now + IDLE_SECONDS

    def admit(self, reader: Reader) -> bool:
        """Take a reader in. Where the house is full, the one that has been idle longest goes instead."""
        self.readers.add(reader)
        if len(self.readers) <= self._most:
            return True
        idle = [other for other in self.readers if other.idle and other is not reader]
        if not idle:
            return False
        min(idle, key=lambda other: other.deadline).transport.abort()
        return True

    def left(self, reader: Reader) -> None:
        """A reader's connection is gone."""
        self.readers.discard(reader)

    def connect(self, relay: Relay, onward: bytes) -> None:
        """Get `relay` a connection to the web workers and have it send `onward`; if it wants a page, in its turn."""

        def go() -> None:
            self._open(relay, onward)

        relay.again = None if relay.changes else go
        if relay.wants_page:
            relay.turn = self._turns.take(go)
        else:
            go()

    def _open(self, relay: Relay, onward: bytes) -> None:
        task = self._loop.create_task(self._connected(relay, onward))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connected(self, relay: Relay, onward: bytes) -> None:
        for worker in in_order(self._workers):
            relay.go_to(worker)
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    await self._loop.create_unix_connection(lambda: relay, worker.path)
            except OSError:  # TimeoutError is one
                worker.ended()
                continue
            relay.begin(onward)
            return
        relay.unreachable()

    async def tick(self) -> None:
        """Keep the clock, for ever; readers whose time is up go."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.now = self._loop.time()
            self.idle_until = self.now + IDLE_SECONDS
            self.shelf.tick()
            for reader in [reader for reader in self.readers if reader.deadline < self.now]:
                reader.late()

    async def emptied(self, seconds: float) -> None:
        """Wait until nothing is under way any more, but no longer than that."""
        until = self._loop.time() + seconds
        while self._loop.time() < until and not all(reader.idle for reader in self.readers):
            await asyncio.sleep(0.05)


def room_for_readers() -> int:
    """How many readers the open files of this process allow, each with a relay; as many files are asked for first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MOST_READERS + SPARE_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return min(MOST_READERS, (most - SPARE_FILES) // 2)
