"""The web workers, as the front sees them.

Each listens at a socket of its own. At one that they share, the kernel gives a request to whichever wakes first: one
worker had three pages to make while the other had none, and a sixth of both cores was idle.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

AWAY_SECONDS = 3.0  # about what a web worker takes to be started again; its socket takes requests meanwhile


@dataclass(slots=True)
class Worker:
    """Where a web worker listens, how many answers it has under way, and until when it is thought to be away."""

    path: str
    under_way: int = 0
    away: float = 0.0

    def ended(self) -> None:
        """It broke off a connection without an answer."""
        self.away = time.monotonic() + AWAY_SECONDS


def in_order(workers: list[Worker]) -> list[Worker]:
    """Who is to be asked first: who is there, and of these who has least to do."""
    now = time.monotonic()
    return sorted(workers, key=lambda worker: (worker.away > now, worker.under_way))
