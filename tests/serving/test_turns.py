"""Pages are made in the order in which they were asked for, so many at once."""

from __future__ import annotations

import asyncio

from library.serving.front.turns import PATIENCE, Turn, Turns


class Row:
    """Turns that note which has begun."""

    def __init__(self, most: int) -> None:
        self.begun: list[str] = []
        self.turns = Turns(most, asyncio.get_running_loop())

    def take(self, name: str) -> Turn:
        return self.turns.take(lambda: self.begun.append(name))


def test_who_came_first_is_first() -> None:
    async def pages() -> list[str]:
        row = Row(2)
        taken = [row.take(name) for name in "abcdef"]
        assert row.begun == ["a", "b"]
        taken[1].end()
        assert row.begun == ["a", "b", "c"]
        taken[3].end()  # nobody wants it any more
        taken[0].end()
        taken[0].end()  # once is enough
        assert row.begun == ["a", "b", "c", "e"]
        for turn in (*taken, row.take("g")):
            turn.end()
        return row.begun

    assert asyncio.run(pages()) == [*"abcefg"]


def test_nobody_waits_for_ever() -> None:
    async def pages() -> list[str]:
        row = Row(1)
        row.take("stuck")
        late = row.take("late")
        await asyncio.sleep(3 * PATIENCE)
        assert row.begun == ["stuck", "late"]
        row.take("next")
        late.end()
        return row.begun  # "stuck" has its place still

    assert asyncio.run(pages()) == ["stuck", "late"]
