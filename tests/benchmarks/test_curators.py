"""Curators who upload at once, on a small scale: no file is lost, readers are answered meanwhile."""

from __future__ import annotations

import json

import pytest

from benchmarks import curators
from benchmarks.bars import Bar, Spread, kept
from benchmarks.sending import Batch


def outcome(times: list[float], lost: int, errors: list[str]) -> curators.Outcome:
    return curators.Outcome("form", Spread.of([1.0]), Spread.of(times), 10, lost, 1.0, 1.0, 100.0, errors)


def test_lost_files_errors_and_slow_pages_miss_the_bars() -> None:
    assert kept(curators.judged(outcome([3.0, 4.0], 0, [])))
    assert not kept(curators.judged(outcome([3.0, 4.0], 1, [])))
    assert not kept(curators.judged(outcome([3.0, 4.0], 0, ["status 500"])))
    assert not kept(curators.judged(outcome([300.0], 0, [])))
    assert not kept(curators.judged(outcome([], 0, []))), "without readers nothing was measured"


def test_files_are_as_large_as_wanted_and_differ() -> None:
    batch = Batch(1, 3, b"x" * 10_000)
    assert len(set(batch.digests.values())) == 3
    assert all(10_000 < sum(map(len, batch.parts(name))) < 11_500 for name in batch.names)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["form", "pieces"])
def test_curators_who_upload_at_once_lose_nothing_and_block_nobody(
    way: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curators, "BARS", (Bar("p50_ms", 2_000), Bar("lost", 0), Bar("errors", 0)))
    monkeypatch.setattr(curators, "ALONE_SECONDS", 0.5)
    assert curators.main(["--curators", "10", "--files", "4", "--mb", "1", "--way", way, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["sent"] == 40 and said["lost"] == 0 and said["web_mb"] < 400
