"""Who goes first on a machine whose cores are all wanted: readers, and of what is done for them the short before the long."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

NICE = 10  # of what readers do not wait for: a tenth of a core that they want too
_GROUP = Path("/proc/self/autogroup")


def give_way() -> None:
    """This process and what it starts come after others, also at the disk: the kernel derives that from the same number.

    Where Linux groups processes by session, as it does by default, niceness counts within a group alone, and each process
    of the library has a session of its own; then the group is told as well (sched(7), "The autogroup feature").
    """
    os.nice(NICE)
    with suppress(OSError):  # no such groups here
        _GROUP.write_text(str(NICE), encoding="ascii")


def compute() -> None:
    """This process works for milliseconds at a time: who is woken to pass something on goes first (Linux, sched(7)).

    Pages that are being made do not interrupt each other then, which makes a twentieth more of them on busy cores.
    """
    if sys.platform == "linux":
        with suppress(OSError):  # a container may forbid it
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
