"""Snippets of paragraphs that say too little alone."""

from indexer.querying import parse
from indexer.ranking import Ranking
from indexer.snippets import Marker
from tests.indexer.conftest import section, shown, snapshot_of


def test_a_term_is_shown_with_the_definition_that_follows_it(tmp_path):
    text = "Intro\n\nDisinformation\n\nFalse disinformation made in order to deceive.\n\nMore of it."
    best = shown(tmp_path, "disinformation false", section("1", text.replace("disinformation made", "content made")))[0]
    assert best.anchor == "p-0-1"
    assert best.snippet == "<mark>Disinformation</mark> – <mark>False</mark> content made in order to deceive."


def test_the_paragraph_with_most_different_words_is_shown(tmp_path):
    text = "alpha alpha alpha alpha\n\nhere is alpha beside beta\n\nbeta beta"
    best = shown(tmp_path, "alpha beta", section("1", text))[0]
    assert (best.anchor, best.words) == ("p-0-1", 2)


def test_marks_stand_where_the_words_do_after_hyphens_and_elisions(tmp_path):
    text = "L'accès au co-financement : U.S.A. et C++ <b> citizens' droit"
    best = shown(tmp_path, "accès financement usa c++ citizens", section("1", text, language="fr"))[0]
    assert best.snippet == (
        "L&#x27;<mark>accès</mark> au co-<mark>financement</mark> : <mark>U.S.A.</mark> et <mark>C++</mark> &lt;b&gt; "
        "<mark>citizens</mark>&#x27; droit"
    )


def test_sections_of_several_segments_are_shown(tmp_path):
    snapshot = snapshot_of(tmp_path, [section("1", "one alpha")], [section("2", "two alpha")], [section("3", "none")])
    clause = parse("alpha").clause
    found = Marker(Ranking(snapshot), clause).best([2, 0, 1])
    assert {at: best.snippet for at, best in found.items()} == {
        0: "one <mark>alpha</mark>", 1: "two <mark>alpha</mark>", 2: "none",
    }  # fmt: skip


def test_operators_between_nothing_are_nothing():
    for text in ("- AND *", "(-) OR (.)", "a AND -", "NOT . AND ,", "x (. AND ,)", "-( AND ) b"):
        clause = parse(text).clause
        assert all(getattr(part, "clauses", True) for part in clause.clauses), text


def test_a_filter_has_no_beginnings_and_no_misspellings():
    for text in ("kind:rep*", "year:2019..x*", "topic:privcy~"):
        assert [type(part).__name__ for part in parse(text).clause.clauses] == ["FilterClause"], text
