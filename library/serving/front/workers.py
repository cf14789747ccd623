"""The web workers, as the front sees them.

Each listens at a socket of its own. At one that they share, the kernel gives a request to whichever wakes first: one
worker had three pages to make while the other had none, and a sixth of both cores was idle.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Worker:
    """Where a web worker listens, and how many answers it has under way."""

    path: str
    under_way: int = 0
