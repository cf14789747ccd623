"""A lock for threads that is given to whoever has waited longest.

`threading.Lock` goes to whoever asks first once it is free: a thread that has just come takes it from one that is still
being woken, and under load some waited for ten others that came after them.
"""

from __future__ import annotations

import threading
from collections import deque


class Row:
    """Threads in a row, of which the first has the turn."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    def take(self, patience: float) -> bool:
        """Wait for the turn; False when it has not come within so many seconds. One that was taken has to be left."""
        with self._changing:
            if not self._taken:
                self._taken = True
                return True
            gate = threading.Lock()
            gate.acquire()
            self._waiting.append(gate)
        if gate.acquire(timeout=patience):
            return True
        with self._changing:
            if gate in self._waiting:
                self._waiting.remove(gate)
                return False
        return True  # it came in this very moment

    def leave(self) -> None:
        """The next one's turn."""
        with self._changing:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
