"""Readers, a curator and rebuilds at the same time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import load
from benchmarks.bars import Spread, kept
from tests.benchmarks.tiny import corpus


def outcome(times: list[float], late: float, errors: list[str]) -> load.Outcome:
    return load.Outcome(Spread.of(times), Spread.of(times), 0, errors, 10, late)


def test_errors_slow_answers_and_late_pieces_miss_the_bars() -> None:
    assert kept(load.judged(outcome([3.0, 4.0], 0.0, [])))
    assert not kept(load.judged(outcome([3.0, 80.0], 0.0, [])))
    assert not kept(load.judged(outcome([3.0, 4.0], 0.2, [])))
    assert not kept(load.judged(outcome([3.0, 4.0], 0.0, ["status 503"])))
    assert not kept(load.judged(outcome([], 0.0, [])))


def test_a_percentile_is_a_time_that_was_measured() -> None:
    spread = Spread.of(float(ms) for ms in range(1, 201))
    assert (spread.count, spread.p50_ms, spread.p90_ms, spread.p99_ms, spread.max_ms) == (200, 100, 180, 198, 200)
    assert Spread.of([]) == Spread(0, 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("arguments", [["--seconds", "0"], ["--readers", "-1"], ["--rate", "0"]])
def test_wrong_arguments_are_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        load.main(arguments)
    assert ended.value.code == 2 and "above 0" in capsys.readouterr().err


def test_a_corpus_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load.main(["--corpus", str(tmp_path / "none.jsonl")]) == 2
    assert "python -m benchmarks.corpus" in capsys.readouterr().err


@pytest.mark.slow
def test_what_is_published_is_found_and_nobody_sees_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "BARS", (load.Bar("errors", 0), load.Bar("p99_ms", 5_000), load.Bar("late_share", 1)))
    assert load.main(["--corpus", str(corpus(tmp_path)), "--seconds", "3", "--readers", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["errors"] == [] and told["published"] > 5 and told["requests"]["count"] > 10 and told["rebuilds"]
