"""Measures, spelling and snippets by hand-made cases."""

import pytest

from indexer import querying
from indexer.evaluation import guess_languages, ndcg, recall, reciprocal_rank
from indexer.snippets import LONGEST, Marker, best_block
from indexer.spelling import distance, near


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


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "abcd", 1),
        ("abc", "xbc", 1),
        ("abcd", "badc", 2),
        ("abc", "xyz", 3),
    ],
)
def test_distance(one: str, other: str, wanted: int) -> None:
    assert distance(one, other, 2) == wanted


def test_near_words_come_nearest_and_most_frequent_first() -> None:
    vocabulary = {"election": 5, "elections": 9, "selection": 2, "erection": 1, "zebra": 3, "eelction": 1}
    assert [word for word, _, _ in near("election", [vocabulary], 2)] == [
        "elections",
        "selection",
        "eelction",
        "erection",
    ]


def snippet(text: str, question: str, language: str = "en") -> str:
    return best_block([("p", text)], language, Marker(querying.parse(question).clause, (language,))).snippet


def test_a_long_paragraph_gives_the_sentence_that_answers() -> None:
    text = "Nothing here at all. " * 30 + "The zebra law passed. It holds. " + "Nothing more to say. " * 30
    found = snippet(text, "zebra law")
    assert "<mark>zebra</mark> <mark>law</mark> passed." in found
    assert found.startswith("…")
    assert found.endswith("…")
    assert len(found) < LONGEST + 40


def test_a_very_long_sentence_is_cut_at_spaces() -> None:
    found = snippet("word " * 200 + "zebra " + "word " * 200, "zebra")
    assert "<mark>zebra</mark>" in found
    assert " ord " not in found
    assert len(found) < LONGEST + 40


def test_pairs_of_an_unspaced_run_become_one_mark() -> None:
    assert snippet("保护公民空间。", "公民空间", "zh") == "保护<mark>公民空间</mark>。"


def test_prefixes_near_words_and_phrases_are_marked() -> None:
    assert snippet("Parliaments vote", "parl*") == "<mark>Parliaments</mark> vote"
    assert snippet("Parliament votes", "parlament~") == "<mark>Parliament</mark> votes"
    assert snippet("open data", '"open data"') == "<mark>open</mark> <mark>data</mark>"
    assert snippet("open data", "-open data") == "open <mark>data</mark>"


def test_a_section_without_text_has_no_snippet() -> None:
    assert best_block([], "en", Marker(querying.parse("a").clause, ())).snippet == ""
