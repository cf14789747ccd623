"""What stands first: literal words, telling words, sections that are about the same things as the best ones."""

from pathlib import Path

import numpy as np
import pytest

from indexer import generations
from indexer.answering import Question, answer_from
from indexer.arrays import ArrayFile
from indexer.function_words import function_words
from indexer.hints import Hints
from indexer.snapshot import open_generation
from indexer.writing import GenerationWriter
from tests.indexer.conftest import section, snapshot_of


def found(tmp_path: Path, question: str, *entries) -> list[str]:
    """Documents in the order in which they are found."""
    snapshot = snapshot_of(tmp_path, entries)
    return [hit.document for hit in answer_from(snapshot, Question(question, limit=50)).hits]


def test_the_word_as_it_was_typed_stands_before_its_other_forms(tmp_path: Path) -> None:
    forms = section("forms", "policies policies policies", title="Policies")
    literal = section("literal", f"policy {'and much else ' * 40}", title="Something")
    assert found(tmp_path, "policy", forms, literal) == ["literal", "forms"]


def test_all_words_as_typed_stand_before_all_words_in_some_form(tmp_path: Path) -> None:
    forms = section("forms", "open policies open policies", title="Open policies")
    literal = section("literal", f"open {'words between ' * 40} policy", title="Something")
    one = section("one", "open open open open", title="Open open")
    assert found(tmp_path, "open policy", one, forms, literal) == ["literal", "forms", "one"]


def test_the_words_that_hold_a_sentence_together_count_little(tmp_path: Path) -> None:
    chatty = [section(f"chatty{i}", "what is the use of it all, what is the point of it") for i in range(9)]
    others = [section(f"other{i}", "lanterns and bridges") for i in range(20)]
    asked = section("asked", f"mandate {'words of another kind ' * 30} ombudsman")
    assert found(tmp_path, "what is the mandate of the ombudsman", *chatty, asked, *others)[0] == "asked"


@pytest.mark.parametrize(
    ("question", "dull"),
    [
        ("what is the right to information", {"what", "is", "the", "to"}),
        ("la liberté de la presse au ghana", {"la", "de", "au"}),
        ("information right", set()),
        ("the who and the what", set()),
    ],
)
def test_function_words_are_those_of_one_language_and_leave_something(question: str, dull: set[str]) -> None:
    words = [word.replace("é", "e") for word in question.split()]
    assert function_words(words) == dull


def test_what_is_about_the_same_things_as_the_best_sections_is_lifted(tmp_path: Path) -> None:
    about = "assembly permit police notice organiser route steward"
    best = [section(f"best{i}", f"protest protest protest {about}") for i in range(9)]
    akin = section("akin", f"protest {about} and then some more words follow")
    stray = section("stray", "protest lantern bridge harbour violin and then some more words follow")
    others = [section(f"other{i}", f"harbour lantern violin number{i}") for i in range(40)]
    order = found(tmp_path, "protest", stray, akin, *best, *others)
    assert order.index("akin") < order.index("stray")


def test_a_word_said_often_in_a_long_statement_is_what_it_is_about(tmp_path: Path) -> None:
    asylum = section("asylum", "asylum seekers arrive")
    others = [section(f"other{i}", f"word{i} stands here") for i in range(30)]
    statement = " ".join(f"word{i} asylum" for i in range(20))
    assert found(tmp_path, statement, *others, asylum)[0] == "asylum"


def test_merged_segments_are_what_building_them_at_once_would_be(tmp_path: Path) -> None:
    def entry(n: int):
        topics = {"topics": ("law",), "topic_names": ("Law", "Droit")} if n % 3 else {}
        text = f"alpha number{n % 7} l'accès co-operation\n\nbeta{n} policies {'policy ' * (n % 4)} 国家法律"
        return section(f"d{n}", text, title=f"Piece {n % 5}", language="fr" if n % 4 == 0 else "en", **topics)

    batches = [[entry(n) for n in range(start, start + 10)] for start in (0, 10, 20)]
    for name in ("parts", "whole"):
        (tmp_path / name).mkdir()
    snapshot_of(tmp_path / "parts", *batches)
    writer = GenerationWriter(tmp_path / "parts")
    gone = {"d3", "d14", "d15", "d29"}
    writer.apply([(document, []) for document in gone], 2)
    writer.merge_all()
    kept = [one for batch in batches for one in batch if one.document not in gone]
    snapshot_of(tmp_path / "whole", kept)
    assert len(open_generation(tmp_path / "parts").views) == 1
    merged, whole = (
        ArrayFile(folder / generations.read_toc(folder).segments[0].file)
        for folder in (tmp_path / "parts", tmp_path / "whole")
    )
    assert merged.values == whole.values and merged.names() == whole.names()
    for name in merged.names():
        if not name.startswith("hint"):  # these stand in the order in which they were first met
            assert merged.array(name).dtype == whole.array(name).dtype
            assert np.array_equal(merged.array(name), whole.array(name)), name
    assert sorted(Hints(merged).everything()) == sorted(Hints(whole).everything())
