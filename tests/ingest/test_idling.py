"""What the job worker does while nobody wants it, or the cores."""

from __future__ import annotations

from pathlib import Path

import pytest

from library.ingest import idling

STAT = "cpu  {user} 0 0 {idle} {waiting} 0 0 0 7 7\ncpu0 1 2 3\n"


@pytest.mark.parametrize(
    ("user", "idle", "waiting", "wanted"),
    [(20, 0, 0, True), (12, 8, 0, True), (10, 10, 0, False), (4, 2, 14, False), (0, 20, 0, False), (0, 0, 0, False)],
)
def test_cores_are_wanted_where_less_than_a_half_of_them_is_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, idle: int, waiting: int, wanted: bool
) -> None:
    times = tmp_path / "stat"
    times.write_text(STAT.format(user=1_000, idle=1_000, waiting=1_000))

    def pass_by(_seconds: float) -> None:
        times.write_text(STAT.format(user=1_000 + user, idle=1_000 + idle, waiting=1_000 + waiting))

    monkeypatch.setattr(idling, "_TIMES", times)
    monkeypatch.setattr(idling.time, "sleep", pass_by)
    assert idling.cores_wanted() is wanted


def test_a_system_that_does_not_tell_is_taken_for_idle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idling, "_TIMES", tmp_path / "nothing")
    assert not idling.cores_wanted()


def test_one_thing_is_done_a_round_while_others_want_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []

    def step() -> bool:
        done.append(1)
        return len(done) < 9

    monkeypatch.setattr(idling.claims, "busy", lambda: False)
    monkeypatch.setattr(idling, "cores_wanted", lambda: True)
    assert idling.while_idle([step], 60, lambda: False) is False
    assert len(done) == 1
    monkeypatch.setattr(idling, "cores_wanted", lambda: False)
    idling.while_idle([step], 60, lambda: False)
    assert len(done) == 9
