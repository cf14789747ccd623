"""Who goes first: seen from processes of their own, since no process may raise itself again."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what other systems know of it is too different")


def told(code: str) -> str:
    """What Python prints in a session of its own, as the library's processes have."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, start_new_session=True
    )
    return done.stdout.strip()


def test_who_gives_way_does_so_to_other_sessions_too() -> None:
    code = (
        "import os; from library.serving.priority import give_way; give_way(); print(os.nice(0), end=' ');"
        " print(open('/proc/self/autogroup').read() if os.path.exists('/proc/self/autogroup') else 'nice 10')"
    )
    own, group = told(code).split(maxsplit=1)
    assert int(own) == min(os.nice(0) + 10, 19)
    assert group.endswith("nice 10")


def test_who_computes_interrupts_nobody() -> None:
    code = "import os; from library.serving.priority import compute; compute(); print(os.sched_getscheduler(0))"
    assert int(told(code)) == os.SCHED_BATCH
