"""No orphans: a child process that ends when its parent or the supervisor does, however that ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

POLL_SECONDS = 0.5
SUPERVISOR = "LIBRARY_SUPERVISOR"  # the supervisor's process id, in the environment of all that it starts
_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>


def die_with_parent() -> None:
    """Have this process end when its parent dies: at once by the kernel on Linux, within a moment by looking elsewhere.

    A process whose parent died before it came here is found by looking for the supervisor.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    supervisor = int(os.environ.get(SUPERVISOR, "0"))
    threading.Thread(target=_watch, args=(os.getppid(), supervisor), name="lifeline", daemon=True).start()


def _watch(parent: int, supervisor: int) -> None:
    while os.getppid() == parent and (not supervisor or _alive(supervisor)):
        time.sleep(POLL_SECONDS)
    os._exit(1)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
