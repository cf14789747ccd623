"""Nonsense is made by a seed, of every kind, and asked; what fails is told."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks import fuzz
from benchmarks.fuzzing import KINDS, Odd, Vocabulary, questions
from tests.benchmarks.tiny import SECTIONS, corpus

WORDS = Vocabulary.of(SECTIONS)


def test_the_same_seed_asks_the_same_questions_and_another_one_others() -> None:
    made = list(questions(WORDS, 300, 1))
    assert made == list(questions(WORDS, 300, 1))
    assert made != list(questions(WORDS, 300, 2))


def test_every_kind_comes_as_often() -> None:
    kinds = [*KINDS, "odd parameters"]
    counted = Counter(odd.kind for odd in questions(WORDS, 3 * len(kinds), 1))
    assert counted == dict.fromkeys(kinds, 3)


@pytest.mark.parametrize(
    ("kind", "sign"),
    [
        ("nested brackets", "(" * 10), ("NUL", "\0"), ("marks of direction", "\u202e"), ("lone surrogates", "\ud800"),
        ("quotation marks", '"'), ("60 wildcards", "* "), ("tildes", "~~"), ("chains", " OR "), ("odd fields", "year:"),
        ("common phrases", '"~50'), ("emoji", "\u200d"), ("SQL", "DROP TABLE"), ("HTML", "<script>"),
        ("mixed scripts", "حرية"), ("short prefixes", "t*"),
    ],
)  # fmt: skip
def test_a_kind_is_what_its_name_says(kind: str, sign: str) -> None:
    texts = [odd.text for odd in questions(WORDS, 60 * (len(KINDS) + 1), 1) if odd.kind == kind]
    assert any(sign in text for text in texts)


def test_twenty_thousand_letters_are_that_many_and_brackets_go_deep() -> None:
    made = list(questions(WORDS, 30 * (len(KINDS) + 1), 1))
    assert max(len(odd.text) for odd in made if odd.kind == "20,000 letters") == 20_000
    assert any(odd.text.count("(") >= 200 for odd in made if odd.kind == "nested brackets")
    assert any(odd.parameters for odd in made if odd.kind == "odd parameters")


def test_fifty_questions_over_a_tiny_corpus_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--corpus", str(corpus(tmp_path)), "--queries", "50", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["all"]["count"] == 50 and told["failed"] == [] and len(told["slowest"]) == 10
    assert [bar["what"] for bar in told["bars"]] == ["failures", "p99_ms"]


def test_an_error_that_the_index_swallows_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("not this one")

    monkeypatch.setattr("indexer.searching.answer_from", broken)
    assert fuzz.main(["--corpus", str(corpus(tmp_path)), "--queries", "5"]) == 1


def test_a_status_of_500_and_an_error_in_the_log_are_failures() -> None:
    good = fuzz.Asked(Odd("words", "a"), "/search", 1.0, "", 200)
    assert fuzz._wrong("/search", 500, b"oops") and fuzz._wrong("/api/v1/search", 200, b"<html>")
    assert not fuzz._wrong("/api/v1/search", 400, b"") and not fuzz._wrong("/search", 200, b"<html>")
    assert fuzz.judged([good], in_log=2)[0][1] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--queries", "0"], "at least 1"),
        (["--files", "nowhere"], "nowhere is no folder"),
        (["--instance", ".", "--profile"], "needs --corpus"),
        (["--instance", ".", "--files", "."], "not allowed"),
    ],
)
def test_wrong_arguments_are_told(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        fuzz.main(arguments)
    assert ended.value.code == 2 and said in capsys.readouterr().err


def test_a_corpus_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--corpus", str(tmp_path / "none.jsonl")]) == 2
    assert "python -m benchmarks.corpus" in capsys.readouterr().err


def test_a_folder_that_is_no_library_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--instance", str(tmp_path)]) == 1
    assert "holds no library.db" in capsys.readouterr().err


@pytest.mark.slow
def test_questions_over_http_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "files").mkdir()
    for number in range(3):
        (tmp_path / "files" / f"{number}.md").write_text(
            f"# River {number}\n\nThe ferry of the river crosses at night."
        )
    # So many that the very first pages, for which templates are compiled, are less than a hundredth.
    assert fuzz.main(["--files", str(tmp_path / "files"), "--queries", "500", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["failed"] == [] and told["all"]["count"] == 1000
