"""Where time goes."""

from __future__ import annotations

import cProfile
import io
import pstats
from collections.abc import Callable

LINES = 20


def profiled(work: Callable[[], object]) -> str:
    """The functions in which `work` spends most of its time, by the time spent in themselves."""
    profile = cProfile.Profile()
    with profile:
        work()
    told = io.StringIO()
    pstats.Stats(profile, stream=told).sort_stats("tottime").print_stats(LINES)
    return "\n" + told.getvalue()
