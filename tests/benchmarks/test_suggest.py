"""Beginnings of what people type, right and with a letter wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rapidfuzz.distance import OSA

from benchmarks import suggest
from benchmarks.suggest import FORGIVING, LONGEST, mistyped, typings
from tests.benchmarks.tiny import corpus

TEXTS = [["The ferry beside the delta", "Freedom of  Expression"], ["harbour", "meadow", "été"]]


def test_beginnings_are_of_one_to_twelve_letters_and_the_same_for_a_seed() -> None:
    made = typings(TEXTS, 60, 1)
    assert made == typings(TEXTS, 60, 1) != typings(TEXTS, 60, 2)
    assert len(set(made)) == len(made) == 60
    assert {len(one.text) for one in made} == set(range(1, LONGEST + 1))
    assert any(one.wrong for one in made)


def test_right_ones_begin_a_text_and_wrong_ones_differ_by_one_letter() -> None:
    texts = [" ".join(text.lower().split()) for source in TEXTS for text in source]
    for one in typings(TEXTS, 60, 3):
        if not one.wrong:
            assert any(text.startswith(one.text) for text in texts)
        else:
            begun = {text[:size].strip() for text in texts for size in range(FORGIVING, LONGEST + 2)}
            assert min(OSA.distance(one.text, text) for text in begun) <= 1


def test_a_typo_is_one_letter() -> None:
    import random

    dice = random.Random(5)
    assert all(OSA.distance("harbour", mistyped("harbour", dice)) == 1 for _ in range(50))


def test_a_tiny_corpus_passes_and_every_length_has_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert suggest.main(["--corpus", str(corpus(tmp_path)), "--prefixes", "50"]) == 0
    told = capsys.readouterr().out
    assert "p99_ms" in told and "kept" in told
    assert all(line in told for line in ("1 letter ", "3 letters", "4 to 12 letters", "one letter wrong", "all "))


def test_a_bar_that_is_missed_is_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(suggest, "BARS", (suggest.Bar("p99_ms", 0),))
    assert suggest.main(["--corpus", str(corpus(tmp_path)), "--prefixes", "5", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["bars"][0]["most"] == 0


def test_wrong_arguments_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        suggest.main(["--prefixes", "0"])
    assert "at least 1" in capsys.readouterr().err
    assert suggest.main(["--corpus", str(tmp_path / "none.jsonl")]) == 2
    assert "python -m benchmarks.corpus" in capsys.readouterr().err
