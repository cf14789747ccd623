"""Threads have their turn in the order in which they came."""

from __future__ import annotations

import threading
import time

from library.serving.row import Row


def until(what: object, said: list[object]) -> None:
    end = time.monotonic() + 60
    while said.count(what) == 0 and time.monotonic() < end:
        time.sleep(0.001)


def test_the_turn_goes_to_who_has_waited_longest() -> None:
    row = Row()
    said: list[object] = []

    def wait(number: int) -> None:
        said.append(("waits", number))
        assert row.take(60)
        said.append(number)
        row.leave()

    assert row.take(0)
    threads = [threading.Thread(target=wait, args=(number,)) for number in range(8)]
    for number, thread in enumerate(threads):
        thread.start()
        until(("waits", number), said)
        time.sleep(0.02)  # from there into the row
    row.leave()
    for thread in threads:
        thread.join(60)
    assert [one for one in said if isinstance(one, int)] == list(range(8))
    assert row.take(0), "it is free again"


def test_who_loses_patience_leaves_the_row() -> None:
    row = Row()
    assert row.take(0) and not row.take(0.01)
    row.leave()
    assert row.take(0)
    row.leave()


def test_many_who_come_and_lose_patience_never_have_it_together() -> None:
    row, inside, most, taken = Row(), 0, 0, 0

    def come_and_go() -> None:
        nonlocal inside, most, taken
        for _ in range(200):
            if row.take(0.0005):
                inside += 1
                most = max(most, inside)
                taken += 1
                time.sleep(0.0002)
                inside -= 1
                row.leave()

    threads = [threading.Thread(target=come_and_go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert most == 1 and taken and row.take(1)
