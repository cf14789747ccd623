"""Snippets of paragraphs that say too little alone."""

from indexer.querying import parse
from indexer.snippets import Marker, best_block


def test_a_term_is_shown_with_the_definition_that_follows_it():
    marker = Marker(parse("disinformation").clause, ("en",))
    blocks = [("p-1", "Disinformation"), ("p-2", "False content made in order to deceive.")]
    best = best_block(blocks, "en", marker)
    assert best.anchor == "p-1"
    assert best.snippet == "<mark>Disinformation</mark> – False content made in order to deceive."


def test_operators_between_nothing_are_nothing():
    for text in ("- AND *", "(-) OR (.)", "a AND -", "NOT . AND ,", "x (. AND ,)", "-( AND ) b"):
        clause = parse(text).clause
        assert all(getattr(part, "clauses", True) for part in clause.clauses), text


def test_a_filter_has_no_beginnings_and_no_misspellings():
    for text in ("kind:rep*", "year:2019..x*", "topic:privcy~"):
        assert [type(part).__name__ for part in parse(text).clause.clauses] == ["FilterClause"], text
