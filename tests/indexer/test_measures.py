"""Measures, spelling and snippets by hand-made cases."""

from pathlib import Path

import pytest

from indexer.evaluation import guess_languages, ndcg, recall, reciprocal_rank
from indexer.snippets import LONGEST
from indexer.spelling import near
from tests.indexer.conftest import section, shown, snapshot_of


def test_ndcg_by_hand() -> None:
    assert ndcg(["a", "b"], {"a": 1}, 10) == 1.0
    assert ndcg(["b", "a"], {"a": 1}, 10) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg(["b", "a"], {"a": 3, "b": 1}, 10) == pytest.approx((1 + 3 * 0.63093) / (3 + 0.63093), abs=1e-4)
    assert ndcg(["x"], {"a": 1}, 10) == 0.0
    assert ndcg(["x"], {}, 10) == 0.0


def test_recall_and_reciprocal_rank_by_hand() -> None:
    assert recall(["a", "x"], {"a": 1, "b": 2, "c": 0}, 100) == 0.5
    assert recall(["a"], {}, 100) == 0.0
    assert reciprocal_rank(["x", "a"], {"a": 1}) == 0.5
    assert reciprocal_rank(["x"], {"a": 1}) == 0.0


def test_rare_guesses_of_a_language_give_way() -> None:
    rows = [{"text": f"t{n}"} for n in range(40)] + [{"text": "odd"}, {"text": "given", "lang": "en"}]
    found = guess_languages(rows, lambda text: "la" if "odd" in text else "en")
    assert set(found) == {"en"}


def test_near_words_come_nearest_and_most_frequent_first(tmp_path) -> None:
    words = {"election": 5, "elections": 9, "selection": 2, "erection": 1, "zebra": 3, "eelction": 1}
    entries = [section(f"{word}{n}", word, title="") for word, count in words.items() for n in range(count)]
    snapshot = snapshot_of(tmp_path, entries[:10], entries[10:])
    assert [word for word, _, _ in near("election", snapshot.views, 2, {})] == [
        "elections", "selection", "eelction", "erection",
    ]  # fmt: skip
    assert near("election", snapshot.views, 1, {})[0] == ("elections", 1, 9)


def snippet(folder: Path, text: str, question: str, language: str = "en") -> str:
    return shown(folder, question, section("1", text, title="", language=language))[0].snippet


def test_a_long_paragraph_gives_the_sentence_that_answers(tmp_path) -> None:
    text = "Nothing here at all. " * 30 + "The zebra law passed. It holds. " + "Nothing more to say. " * 30
    found = snippet(tmp_path, text, "zebra law")
    assert "<mark>zebra</mark> <mark>law</mark> passed." in found
    assert found.startswith("…")
    assert found.endswith("…")
    assert len(found) < LONGEST + 40


def test_a_very_long_sentence_is_cut_at_spaces(tmp_path) -> None:
    found = snippet(tmp_path, "word " * 200 + "zebra " + "word " * 200, "zebra")
    assert "<mark>zebra</mark>" in found
    assert " ord " not in found
    assert len(found) < LONGEST + 40


def test_pairs_of_an_unspaced_run_become_one_mark(tmp_path) -> None:
    assert snippet(tmp_path, "保护公民空间。", "公民空间", "zh") == "保护<mark>公民空间</mark>。"


@pytest.mark.parametrize(
    ("text", "question", "wanted"),
    [
        ("Parliaments vote", "parl*", "<mark>Parliaments</mark> vote"),
        ("Parliament votes", "parlament~", "<mark>Parliament</mark> votes"),
        ("open data", '"open data"', "<mark>open</mark> <mark>data</mark>"),
        ("open data", "-open data", "open <mark>data</mark>"),
    ],
)
def test_prefixes_near_words_and_phrases_are_marked(tmp_path, text: str, question: str, wanted: str) -> None:
    assert snippet(tmp_path, text, question) == wanted


def test_a_section_without_text_has_no_snippet(tmp_path) -> None:
    assert snippet(tmp_path, "", "a") == ""
