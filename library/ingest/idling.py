"""What the job worker does while no file waits to be read: a little of each kind, one after another.

Nobody waits for it, so it also rests while others want the cores: low niceness alone leaves readers a sixth slower, as
whoever runs fills each gap between two of their pages and takes the caches with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from library.ingest import claims

LOOK_SECONDS = 0.1  # for which it is seen what the cores do while this does nothing
IDLE_SHARE = 0.5  # of them; where less is idle, others want them
_TIMES = Path("/proc/stat")


def while_idle(steps: Sequence[Callable[[], bool]], seconds: float, stopped: Callable[[], bool]) -> bool:
    """Take each of `steps` in turn for some `seconds`, only once while files are to be read, cores wanted, or it is `stopped`.

    A step does one thing and tells whether there was one to do. Whether time ran out with more to do, so that it may go on
    after a look at the queue.
    """
    until = time.monotonic() + seconds
    while any([step() for step in steps]):  # noqa: C419  each takes its turn
        if stopped() or claims.busy() or cores_wanted():
            return False
        if time.monotonic() >= until:
            return True
    return False


def cores_wanted() -> bool:
    """Whether others keep the cores busy at this moment; False where the system does not tell (proc(5), /proc/stat)."""
    before = _times()
    time.sleep(LOOK_SECONDS)
    idle, every = (after - earlier for earlier, after in zip(before, _times(), strict=True))
    return every > 0 and idle < IDLE_SHARE * every


def _times() -> tuple[int, int]:
    """What all cores together spent idle, waiting for disks too, and in all, in ticks since the start."""
    try:
        ticks = [int(part) for part in _TIMES.read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    except (OSError, ValueError):
        return 0, 0
    return sum(ticks[3:5]), sum(ticks)
