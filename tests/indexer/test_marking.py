"""Snippets of paragraphs that say too little alone."""

from indexer.querying import parse
from indexer.snippets import Marker, best_block


def test_a_term_is_shown_with_the_definition_that_follows_it():
    marker = Marker(parse("disinformation").clause, ("en",))
    blocks = [("p-1", "Disinformation"), ("p-2", "False content made in order to deceive.")]
    best = best_block(blocks, "en", marker)
    assert best.anchor == "p-1"
    assert best.snippet == "<mark>Disinformation</mark> – False content made in order to deceive."
