"""The judged queries: where they find their documents, and what a rebuild makes of it."""

import pytest

from indexer import generations, judging
from indexer.judging import DEPTH, Judged, Move, judge, worse
from indexer.rebuilding import RebuildFailed, rebuild
from indexer.records import Judgement
from indexer.searching import Index, Question
from indexer.snapshot import open_snapshot
from tests.indexer.conftest import section, snapshot_of

TEXT = "Digital identity is assured by those who issue it."


def move(before: int | None, after: int | None) -> Move:
    return Move(before, Judged("words", "1", "Piece", after))


def test_places_are_those_that_readers_see(source, root):
    for n in range(1, 5):
        source.publish(section(str(n), " ".join(["lantern"] * (10 - n) + ["other"] * n * 3)))
    rebuild(source, root)
    index = Index(root)
    seen = [hit.document for hit in index.ask(Question("lantern")).hits]
    index.close()
    judged = judge(open_snapshot(root), [Judgement("lantern", document) for document in "1234"])
    assert {one.document: one.place for one in judged} == {d: n for n, d in enumerate(seen, 1)}


def test_what_is_not_found_has_no_place_and_what_is_not_indexed_is_left_out(tmp_path):
    snapshot = snapshot_of(tmp_path, [section("1", "alpha"), section("2", "beta")])
    judged = judge(snapshot, [Judgement("gamma", "1"), Judgement("beta", "2"), Judgement("beta", "3")])
    assert [(one.document, one.place, one.on_first_page) for one in judged] == [("1", None, False), ("2", 1, True)]


def test_a_place_beyond_the_first_hundred_is_not_found(tmp_path):
    last = DEPTH + 1
    pieces = [section(str(n), "lantern", published=f"{2000 + n}-01-01") for n in range(1, last + 1)]
    snapshot = snapshot_of(tmp_path, pieces)
    judged = judge(snapshot, [Judgement("lantern", str(last)), Judgement("lantern", "2"), Judgement("lantern", "1")])
    assert [one.place for one in judged] == [1, DEPTH, None]


def test_a_piece_for_members_is_judged_as_members_see_it(tmp_path):
    snapshot = snapshot_of(tmp_path, [section("1", "alpha", access="members"), section("2", "alpha alpha")])
    assert [one.place for one in judge(snapshot, [Judgement("alpha", "1"), Judgement("alpha", "2")])] == [2, 1]


def test_a_query_that_cannot_be_answered_finds_nothing(tmp_path, monkeypatch):
    def broken(*_):
        raise ValueError("torn")

    snapshot = snapshot_of(tmp_path, [section("1", "alpha")])
    monkeypatch.setattr(judging, "rank", broken)
    assert [one.place for one in judge(snapshot, [Judgement("alpha", "1")])] == [None]


@pytest.mark.parametrize("query", ["", "(", '"', "*", "title:", "\0", "-alpha", "alpha AND", "x" * 300])
def test_any_query_can_be_judged(tmp_path, query):
    snapshot = snapshot_of(tmp_path, [section("1", "alpha")])
    assert len(judge(snapshot, [Judgement(query, "1")])) == 1


@pytest.mark.parametrize(
    ("before", "after"), [(1, 3), (2, 7), (4, 9), (9, 11), (10, 12), (10, None), (1, None), (6, 40)]
)
def test_a_document_that_falls_far_is_held_against_the_newer_index(before, after):
    assert worse([move(1, 1), move(before, after)]) == [move(before, after)]


@pytest.mark.parametrize(
    ("before", "after"), [(1, 1), (1, 2), (2, 4), (5, 10), (10, 11), (7, 2), (11, None), (None, None), (None, 1)]
)
def test_neighbours_that_change_places_and_what_was_not_on_the_first_page_are_not(before, after):
    assert worse([move(1, 1), move(before, after)]) == []


def test_many_small_falls_are_held_against_it_and_few_are_not():
    stays, falls, rises = move(1, 1), move(1, 2), move(2, 1)
    assert worse([falls] * 4 + [stays] * 8) == []
    assert worse([falls] * 5 + [stays] * 8) == [falls] * 5
    assert worse([falls] * 5 + [rises] * 2) == []  # up and down, as chance has it
    assert worse([falls] * 5 + [stays] * 200) == []  # a mean that fell by a hundredth
    assert worse([]) == []


def test_a_fall_is_told_with_both_places():
    assert str(move(2, 7)) == "“words” finds “Piece” at place 7 instead of 2"
    assert str(move(2, None)) == "“words” does not find “Piece” among the first 100 instead of finding it at place 2"


@pytest.fixture
def judged_library(source, root):
    """A live index in which a judged query finds its piece."""
    source.publish(section("1", TEXT, title="Digital identity assurance"))
    source.publish(section("2", "Something else."))
    source.judge("digital identity", "1")
    rebuild(source, root)
    return source


def test_a_rebuild_that_finds_less_is_refused_and_the_live_index_stays(judged_library, root):
    before = generations.read_pointer(root)
    judged_library.publish(section("1", "Wrong text.", title="Another title"))
    with pytest.raises(RebuildFailed) as refused:
        rebuild(judged_library, root)
    told = "“digital identity” does not find “Another title” among the first 100 instead of finding it at place 1"
    assert told in str(refused.value)
    assert "1 of 1 judged queries" in str(refused.value) and "rebuild --force" in str(refused.value)
    assert generations.read_pointer(root) == before
    assert [folder.name for folder in (root / "generations").iterdir()] == [before.current]
    index = Index(root)
    assert index.ask(Question("digital identity")).total == 1
    index.close()


def test_a_rebuild_is_told_both_places(judged_library, root):
    for n in range(10, 16):
        judged_library.publish(section(str(n), f"{TEXT} digital identity", title="Digital identity"))
    with pytest.raises(RebuildFailed, match="finds “Digital identity assurance” at place 7 instead of 1"):
        rebuild(judged_library, root)


def test_force_switches_all_the_same(judged_library, root):
    before = generations.read_pointer(root)
    judged_library.publish(section("1", "Wrong text.", title="Another title"))
    after = rebuild(judged_library, root, force=True)
    assert (after.previous, generations.read_pointer(root)) == (before.current, after)
    assert rebuild(judged_library, root).previous == after.current  # what is missed already is no fall


def test_a_withdrawn_piece_does_not_hold_a_rebuild_up(judged_library, root):
    before = generations.read_pointer(root)
    judged_library.withdraw("1")
    assert rebuild(judged_library, root).previous == before.current


def test_a_piece_withdrawn_while_it_is_judged_does_not_either(judged_library, root):
    judgements = judged_library.judgements()
    judged_library.withdraw("1")
    judged_library.judgements = lambda: judgements
    rebuild(judged_library, root)


def test_a_piece_that_the_live_index_lacks_is_not_compared(judged_library, root):
    judged_library.publish(section("3", "Nothing of the kind."))
    judged_library.judge("lanterns", "3")
    rebuild(judged_library, root)


@pytest.mark.parametrize("damage", ["no pointer", "corrupt"])
def test_an_index_that_cannot_be_opened_holds_no_rebuild_up(judged_library, root, damage):
    judged_library.publish(section("1", "Wrong text.", title="Another title"))
    if damage == "no pointer":
        (root / "current").unlink()
    else:
        segment = next((root / "generations").glob("*/*.seg"))
        content = bytearray(segment.read_bytes())
        content[len(content) // 2] ^= 0xFF
        segment.write_bytes(content)
    assert rebuild(judged_library, root).current
