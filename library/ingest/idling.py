"""What the job worker does while no file waits to be read: a little of each kind, one after another."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from library.ingest import claims


def while_idle(steps: Sequence[Callable[[], bool]], seconds: float, stopped: Callable[[], bool]) -> bool:
    """Take each of `steps` in turn for some `seconds`, only once while files are to be read or it is `stopped`.

    A step does one thing and tells whether there was one to do. Whether time ran out with more to do, so that it may go on
    after a look at the queue.
    """
    until = time.monotonic() + seconds
    while any([step() for step in steps]):  # noqa: C419  each takes its turn
        if stopped() or claims.busy():
            return False
        if time.monotonic() >= until:
            return True
    return False
