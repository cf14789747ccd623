"""From Markdown to sections: no database needed."""

from __future__ import annotations

import re
import time

import pytest
from lxml import html as lxml_html

from library.catalogue import rendering
from library.catalogue.rendering import RenderedSection, render


def whole(sections: list[RenderedSection]) -> str:
    return "\n".join(section.html for section in sections)


def anchors(sections: list[RenderedSection]) -> list[str]:
    return [section.anchor for section in sections if section.level]


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<a href="vbscript:x" onclick="alert(1)">x</a>',
        "<svg><script>alert(1)</script></svg>",
        "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
        "<iframe src=//evil.example></iframe>",
        "<style>*{background:url(//evil.example)}</style>",
        '<p style="position:fixed">x</p>',
        "<form action=//evil.example><input name=q></form>",
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        "`<script>`{: onclick=alert(1) }",
        "para\n{: onmouseover=alert(1) style=color:red id=ui-main }",
        "![x](https://evil.example/pixel.png)",
        '<a href="//evil.example/">x</a>',
    ],
)
def test_nothing_that_an_author_writes_becomes_script_or_a_request(evil: str) -> None:
    html = whole(render(f"Before.\n\n{evil}\n\nAfter.", "article"))
    assert "Before." in html and "After." in html
    for element in lxml_html.fragment_fromstring(html, create_parent="div").iter():
        assert element.tag not in {"script", "style", "iframe", "form", "input", "svg", "math", "img", "object"}
        assert not [name for name in element.attrib if name.startswith("on") or name in ("style", "src")]
        assert re.match(r"#|https?:|mailto:|\.|$", element.get("href", ""))
    assert 'id="ui-' not in html


def test_a_guidebook_is_cut_into_chapters_and_an_article_is_not() -> None:
    text = "Lead.\n\n## One\n\nText.\n\n### Part\n\nMore.\n\n## Two\n\nEnd."
    book = render(text, "guidebook")
    assert [(s.chapter, s.heading) for s in book] == [("", ""), ("one", "One"), ("one", "Part"), ("two", "Two")]
    assert '<h2 id="part">' in book[2].html and "<h2" not in book[1].html
    article = render(text, "article")
    assert {s.chapter for s in article} == {""} and '<h2 id="one">' in article[1].html


def test_heading_levels_start_at_two_and_leave_no_gap() -> None:
    sections = render("# A\n\nx\n\n#### B\n\nx\n\n## C\n\nx", "article")
    assert [s.level for s in sections if s.level] == [2, 3, 3]


def test_anchors_stay_when_neighbours_come_go_and_move() -> None:
    first = render("## A\n\nabc abc\n\n### Summary\n\nabout a\n\n## B\n\nbcd\n\n### Summary\n\nabout b", "article")
    assert anchors(first) == ["a", "summary", "b", "b-summary"]
    text = "## New\n\n### Summary\n\nnew\n\n## B\n\nbcd\n\n### Summary\n\nabout b\n\n## A\n\nabc abc\n\n### Summary\n\nabout a"
    second = render(text, "article", rendering.places(first))
    assert anchors(second) == ["new", "new-summary", "b", "b-summary", "a", "summary"]
    third = render("## B\n\nbcd\n\n### Summary\n\nabout b", "article", rendering.places(second))
    assert anchors(third) == ["b", "b-summary"]


def test_a_reworded_heading_keeps_its_anchor() -> None:
    body = "A long paragraph about how people gather, where they gather and what a police officer may ask of them."
    first = render(f"## Marching\n\n{body}\n\n## Other\n\nQuite different.", "article")
    second = render(
        f"## Marching, and what for\n\n{body} Really.\n\n## Other\n\nQuite different.",
        "article",
        rendering.places(first),
    )
    assert anchors(second) == ["marching", "other"]


def test_a_retired_anchor_is_not_given_to_another_section() -> None:
    first = render("## One\n\nalpha beta gamma", "article")
    second = render("## Two\n\n1234567890\n\n### One\n\nxyz", "article", rendering.places(first))
    assert anchors(second)[0] == "two"


def test_paragraphs_have_anchors_that_hang_on_their_words() -> None:
    first = {text: anchor for s in render("Same words.\n\nOther words.", "article") for anchor, text in s.blocks}
    second = {
        text: anchor for s in render("New.\n\nOther words.\n\nSame words.", "article") for anchor, text in s.blocks
    }
    assert first["Same words."] == second["Same words."] and first["Other words."] == second["Other words."]


def test_every_anchor_of_a_piece_is_unique_and_in_its_html() -> None:
    text = "## A\n\nsame\n\nsame\n\n- same\n- b\n    - c\n\n| h | i |\n|---|---|\n| 1 | 2 |\n\nt\n:   d\n\n> q\n\n```\ncode\n```\n"
    sections = render(f"{text}\n{text}", "article")
    ids = re.findall(r'id="([^"]+)"', whole(sections))
    assert len(ids) == len(set(ids))
    for section in sections:
        for anchor, said in section.blocks:
            assert f'id="{anchor}"' in section.html, said


def test_nested_list_items_and_rows_are_blocks_of_their_own() -> None:
    (section,) = render("- a\n    - b\n- c\n\n| x | y |\n|---|---|\n| 1 | 2 |", "article")
    assert [text for _, text in section.blocks] == ["a", "b", "c", "x · y", "1 · 2"]


def test_pages_of_the_original_are_sections_that_know_their_page() -> None:
    sections = render("<!-- page 1 -->\n\n## A\n\none\n\n<!-- page 2 -->\n\ntwo\n\n### B\n\nthree", "article")
    assert [(s.page, s.heading, s.level, s.text if hasattr(s, "text") else "") for s in sections] == [
        (1, "", 0, ""), (1, "A", 2, ""), (2, "A", 0, ""), (2, "B", 3, "")
    ]  # fmt: skip
    assert 'id="page-2"' in sections[2].html


def test_a_heading_named_like_a_page_does_not_take_the_pages_anchor() -> None:
    sections = render("## Page 2\n\nx\n\n<!-- page 2 -->\n\ny", "article")
    assert len({s.anchor for s in sections}) == len(sections)


def test_a_footnote_stands_in_the_chapter_that_mentions_it() -> None:
    sections = render("## A\n\nx[^1]\n\n## B\n\ny[^2] and again[^1]\n\n[^1]: first\n[^2]: second\n", "guidebook")
    assert "first" in sections[0].html and "second" not in sections[0].html
    assert "second" in sections[1].html and 'href="../a/#fn:1"' in sections[1].html
    assert ["first" in t for _, t in sections[0].blocks][-1]


def test_links_between_chapters_lead_there_and_dead_ones_nowhere() -> None:
    sections = render("Lead [a](#a).\n\n## A\n\n[b](#b) [cover](#start) [gone](#gone)\n\n## B\n\n[b](#b)", "guidebook")
    assert 'href="a/#a"' in sections[0].html
    assert 'href="../b/#b"' in sections[1].html and "<a>gone</a>" in sections[1].html
    assert 'href="#b"' in sections[2].html


def test_a_long_piece_is_read_by_chapter_whatever_its_kind() -> None:
    paragraph = "word " * 900
    text = "\n\n".join(f"## H{n}\n\n{paragraph}" for n in range(30))
    assert len({s.chapter for s in render(text, "report")}) == 30
    pages = "\n\n".join(f"<!-- page {n} -->\n\n{paragraph}" for n in range(1, 46))
    assert list(dict.fromkeys(s.chapter for s in render(pages, "report"))) == [
        "pages-1-20",
        "pages-21-40",
        "pages-41-60",
    ]


def test_markup_nested_too_deep_is_shown_as_written() -> None:
    sections = render("> " * 3000 + "deep words", "article")
    assert any("deep words" in text for s in sections for _, text in s.blocks)


def test_tables_can_be_scrolled_by_keyboard_and_empty_headers_are_no_headers() -> None:
    html = whole(render("## T\n\n|  | b |\n|---|---|\n| 1 | 2 |", "article"))
    assert '<div class="scroll" tabindex="0" role="group" aria-label="T">' in html
    assert html.count("<th") - html.count("<thead") == 1


def test_nothing_gives_one_empty_section() -> None:
    (section,) = render("", "article")
    assert section.blocks == [] and section.html == ""


def test_text_in_other_scripts_keeps_its_anchors_readable() -> None:
    assert anchors(render("## حرية التجمع\n\nنص\n\n## 結社の自由\n\n文", "article")) == ["حرية-التجمع", "結社の自由"]


@pytest.mark.parametrize(
    "hostile",
    ["[" * 20_000, "[a](" * 8_000, "![[a](b)" * 3_000, "<a " * 25_000, "[a]:\n" * 25_000,
     " ".join("`" * n for n in range(1, 900))],
)  # fmt: skip
def test_beginnings_without_an_end_are_rendered_in_a_moment(hostile: str) -> None:
    began = time.process_time()
    sections = rendering.render(f"Honest words.\n\n{hostile}\n\nLast words.", "article")
    assert time.process_time() - began < 5
    said = " ".join(text for section in sections for _anchor, text in section.blocks)
    assert "Honest words." in said and "Last words." in said


def test_links_with_brackets_in_their_words_still_lead_somewhere() -> None:
    html = rendering.render(
        "See [the [first] act](https://example.org/a) and [b][c].\n\n[c]: https://example.org/c", "article"
    )
    assert html[0].html.count('href="https://example.org/') == 2


def test_elements_within_elements_without_end_break_nothing() -> None:
    sections = render("Before.\n\n" + "<div>" * 3000 + "Deep." + "</div>" * 3000 + "\n\nAfter.", "article")
    assert "Before." in str(sections)


def test_addresses_hold_what_an_address_may_hold() -> None:
    [section] = rendering.render(
        '[a](<https://x.invalid/"b c"?q=[1]&r=100%&s=%20#{d}>) [b](https://x.invalid/été)', "article"
    )
    assert "https://x.invalid/%22b%20c%22?q=%5B1%5D&amp;r=100%25&amp;s=%20#%7Bd%7D" in section.html
    assert "https://x.invalid/été" in section.html or "https://x.invalid/%C3%A9t%C3%A9" in section.html


def test_folded_text_without_a_summary_stands_open() -> None:
    [section] = rendering.render("<details><p>Shown.</p></details>", "article")
    assert "details" not in section.html and "Shown." in section.html
