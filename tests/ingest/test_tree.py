"""Pandoc's tree becomes Markdown that shows the same words, in the same structure."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.catalogue import rendering
from library.ingest.formats.tree import Reading


def node(name: str, content: Any = None) -> dict[str, Any]:
    return {"t": name} if content is None else {"t": name, "c": content}


def words(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for word in text.split(" "):
        found += [node("Space"), node("Str", word)]
    return found[1:]


def para(text: str) -> dict[str, Any]:
    return node("Para", words(text))


def cell(*blocks: dict[str, Any], high: int = 1, wide: int = 1) -> list[Any]:
    return [["", [], []], node("AlignDefault"), high, wide, list(blocks)]


def table(*rows: list[Any], head: tuple[list[Any], ...] = (), caption: str = "") -> dict[str, Any]:
    attributes = ["", [], []]
    made = [[attributes, row] for row in rows]
    named = [node("Plain", words(caption))] if caption else []
    return node(
        "Table",
        [
            attributes,
            [None, named],
            [],
            [attributes, [[attributes, r] for r in head]],
            [[attributes, 0, [], made]],
            [attributes, []],
        ],
    )


def plain(text: str) -> dict[str, Any]:
    return node("Plain", words(text))


def shown(markdown: str) -> list[str]:
    return [text for section in rendering.render(markdown, "article") for _, text in section.blocks]


SIGNS = st.text("ab1 .)-+*_#>=|:[](){}!<&;`~\\'\"/^é文", min_size=1, max_size=24)


@settings(max_examples=300, deadline=None)
@given(SIGNS, SIGNS)
def test_any_signs_are_shown_as_they_were_written(first: str, second: str) -> None:
    texts = [" ".join(text.split()) for text in (first, second)]
    texts = [text for text in texts if text]
    reading = Reading([para(text) for text in texts])
    assert "".join(shown(reading.markdown)).split() == "".join(texts).split()
    assert reading.text.split("\n") == texts or not texts


def test_lists_within_lists_keep_their_levels() -> None:
    inner = node("OrderedList", [[3, node("Decimal"), node("Period")], [[plain("three")], [plain("four")]]])
    reading = Reading([node("BulletList", [[plain("one"), inner], [plain("two")]])])
    assert reading.markdown == "-   one\n    3.  three\n    4.  four\n-   two\n"
    assert reading.text == "one\nthree\nfour\ntwo"


def test_footnotes_stand_at_the_end_and_in_the_text_after_their_paragraph() -> None:
    note = node("Note", [para("Said below."), para("And more.")])
    reading = Reading([node("Para", [*words("A claim"), note]), para("Next.")])
    assert reading.markdown == "A claim[^1]\n\nNext.\n\n[^1]: Said below.\n\n    And more.\n"
    assert reading.text == "A claim\nSaid below.\nAnd more.\nNext."


def test_emphasis_touches_its_words_and_joins_its_neighbours() -> None:
    strong = [node("Strong", [node("Str", "a"), node("Space")]), node("Strong", [node("Str", "b")])]
    assert Reading([node("Para", [*strong, node("Emph", [node("Space")]), node("Str", "c")])]).markdown == "**a b** c\n"


def test_cells_that_span_others_keep_the_columns() -> None:
    rows = [cell(plain("a"), high=2), cell(plain("b"))], [cell(plain("c"))]
    head = ([cell(plain("x")), cell(plain("y | z"))],)
    reading = Reading([table(*rows, head=head, caption="Seats")])
    assert reading.markdown == "*Seats*\n\n| x | y &#124; z |\n|-----|-----|\n| a | b |\n|  | c |\n"


def test_table_that_only_lays_out_a_page_becomes_its_paragraphs() -> None:
    side = cell(node("Header", [2, ["", [], []], words("Part")]), para("Text."))
    assert Reading([table([side, cell(plain("Beside"))], [cell(plain("x")), cell()])]).markdown.startswith(
        "## Part\n\nText."
    )


@pytest.mark.parametrize("target", ["javascript:alert(1)", "#part", "file:///etc/passwd", "other.html"])
def test_links_lead_to_the_web_or_nowhere(target: str) -> None:
    link = node("Link", [["", [], []], words("there"), [target, ""]])
    assert Reading([node("Para", [link])]).markdown == "there\n"


def test_address_of_a_link_cannot_end_it() -> None:
    link = node("Link", [["", [], []], words("there"), ["https://example.org/a_(b)", ""]])
    assert Reading([node("Para", [link])]).markdown == "[there](https://example.org/a_%28b%29)\n"


def test_lines_of_a_contents_table_are_left_out() -> None:
    line = node("Link", [["", [], []], words("1 Beginning"), ["#_Toc123", ""]])
    assert Reading([node("Para", [line]), para("Text.")]).markdown == "Text.\n"


def test_exclamation_before_a_link_makes_no_picture_of_it() -> None:
    link = node("Link", [["", [], []], words("there"), ["https://example.org/", ""]])
    assert (
        "<img"
        not in rendering.render(Reading([node("Para", [node("Str", "Look!"), link])]).markdown, "article")[0].html
    )
