"""Whose page the web workers make next: first come, first served, so many at once.

Where more pages are asked for than two cores can make, each that is begun at the same time makes all take longer, and
which is ready first is chance. Here they wait in a row, and each takes about as long as the one before it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

PATIENCE = 0.3  # seconds that a page waits at most: one that takes long must not hold up all others
AT_ONCE = 1.5  # pages of a web worker: one that is made, and for every two of them one on its way


class Turn:
    """A page's turn: it has begun, or waits."""

    __slots__ = ("_row", "_timer", "begin", "begun", "over")

    def __init__(self, row: Turns, begin: Callable[[], None]) -> None:
        self._row = row
        self._timer: asyncio.TimerHandle | None = None
        self.begin = begin
        self.begun = self.over = False

    def end(self) -> None:
        """The page is made, or nobody wants it any more."""
        if self.over:
            return
        self.over = True
        self.calm()
        self._row.ended(self)

    def hurry(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin in a while whatever happens."""
        self._timer = loop.call_later(PATIENCE, self._row.start, self)

    def calm(self) -> None:
        """It need not be hurried any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Turns:
    """The row."""

    def __init__(self, most: int, loop: asyncio.AbstractEventLoop) -> None:
        """`most`: pages that are made at once."""
        self._most = most
        self._loop = loop
        self._going = 0
        self._waiting: deque[Turn] = deque()

    def take(self, begin: Callable[[], None]) -> Turn:
        """Have `begin` called, now or when it is its turn. The turn has to be ended."""
        turn = Turn(self, begin)
        if self._going < self._most:
            self.start(turn)
        else:
            self._waiting.append(turn)
            turn.hurry(self._loop)
        return turn

    def start(self, turn: Turn) -> None:
        """Begin a turn that waits; one that has begun or is over stays as it is."""
        if turn.begun or turn.over:
            return
        turn.begun = True
        turn.calm()
        self._going += 1
        turn.begin()

    def ended(self, turn: Turn) -> None:
        """One is over: the next may begin."""
        self._going -= turn.begun
        while self._waiting and self._going < self._most:
            self.start(self._waiting.popleft())
