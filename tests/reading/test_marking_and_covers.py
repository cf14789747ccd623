"""Marking words, drawing covers, names and directions: functions that need no request."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from library.reading import covers
from library.reading.context import country_name, direction, kind_name, language_name, own_name
from library.reading.marking import mark, wanted
from library.reading.words import minutes


@pytest.mark.parametrize(
    ("html", "words", "language", "marked"),
    [
        ("<p>Freedoms and freedom</p>", "freedom", "en", ["Freedoms", "freedom"]),
        ("<p>La liberté d’expression</p>", "liberte expression", "fr", ["liberté", "expression"]),
        ("<p>ÉTATS et l’État</p>", "etat", "fr", ["ÉTATS", "État"]),
        ("<p>votes, voters, vote</p>", "vote", "und", ["vote"]),
        ("<p>公民的自由和权利</p>", "自由", "zh", ["自由"]),
        ("<p>حرية التعبير</p>", "حريه", "ar", ["حرية"]),
        ("<p>one <em>two</em> three</p> two", "two three", "en", ["two", "three", "two"]),
        ("<p>a &lt;b&gt; &amp; c</p>", "b", "en", ["b"]),
    ],
)
def test_words_are_marked_whatever_their_case_accents_and_endings(
    html: str, words: str, language: str, marked: list[str]
) -> None:
    found = mark(html, wanted([words], language))
    whole = lxml_html.fragment_fromstring(found, create_parent="div")
    assert [element.text for element in whole.iter("mark")] == marked
    assert whole.text_content() == lxml_html.fragment_fromstring(html, create_parent="div").text_content()


def test_nothing_wanted_changes_nothing() -> None:
    assert wanted([], "en") is None
    assert wanted(["", "  ", "!"], "en") is None
    assert mark("<p>x &nbsp; y<br></p>", None) == "<p>x &nbsp; y<br></p>"
    assert mark("<p>x &nbsp; y<br></p>", wanted(["z"], "en")) == "<p>x &nbsp; y<br></p>"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=30))
def test_marking_never_changes_the_text(text: str, words: str) -> None:
    element = lxml_html.Element("p")
    try:
        element.text = text
    except ValueError:  # control characters: no HTML has them
        return
    html = lxml_html.tostring(element, encoding="unicode")
    before = lxml_html.fragment_fromstring(html, create_parent="div").text_content()
    after = mark(html, wanted([words, text], "en"))
    assert lxml_html.fragment_fromstring(after, create_parent="div").text_content() == before


SENTENCES = st.lists(
    st.sampled_from("Vote votes voter’s l’État etats co-operation 自由的权利 حرية الحرية U.S.A. <i> & x_y".split())
)


@settings(max_examples=80, deadline=None)
@given(st.lists(SENTENCES, min_size=1, max_size=6), SENTENCES, st.sampled_from(["en", "fr", "zh", "ar", "und"]))
def test_who_asks_again_has_the_same_marked(texts: list[list[str]], words: list[str], language: str) -> None:
    html = "".join(f"<p>{escape(' '.join(text))} <em>vote</em><!-- vote --> état<br></p>" for text in texts)
    first = mark(html, wanted(words, language))
    assert [mark(html, wanted(words, language)) for _ in range(2)] == [first, first]
    other = mark(html, wanted(["vote"], language))
    assert other.count("<mark>") >= len(texts) and "<!-- vote -->" in other


def test_a_sign_that_is_no_character_of_any_text_changes_nothing() -> None:
    every = "".join(map(chr, range(0xFDD0, 0xFDF0)))
    for html in (f"<p>{every} vote</p>", "<p>&#64976; vote</p>", "<p>\ufdd0 vote</p>"):
        whole = lxml_html.fragment_fromstring(html, create_parent="div").text_content()
        for _ in range(2):
            found = mark(html, wanted(["vote"], "en"))
            assert lxml_html.fragment_fromstring(found, create_parent="div").text_content() == whole


@pytest.mark.parametrize("topic", [*covers._OF_TOPIC, "", "report", "some-new-topic", "x", "y1", "z22"])
def test_cover_is_small_well_formed_and_the_same_each_time(topic: str) -> None:
    for title in ("A title", "Another one", "عنوان", "", *map(str, range(200))):
        covers.draw.cache_clear()
        drawn = covers.draw(topic, title)
        etree.fromstring(drawn)
        assert len(drawn) < 2048
        assert "style=" not in drawn
        covers.draw.cache_clear()
        assert covers.draw(topic, title) == drawn


def test_covers_of_a_topic_have_its_figure_in_one_family_of_colours_and_differ_by_title() -> None:
    drawn = [covers.draw("privacy", f"Title {n}") for n in range(40)]
    assert len(set(drawn)) == 40
    assert {covers.hue("privacy", f"Title {n}") // 2 for n in range(40)} == {covers._OF_TOPIC["privacy"][1]}
    assert len({covers.hue("", f"Title {n}") // 2 for n in range(40)}) == covers.FAMILIES


def test_every_hue_has_colours_in_light_and_dark() -> None:
    tokens = (Path(covers.__file__).parents[2] / "static/css/tokens.css").read_text(encoding="utf-8")
    light, dark = tokens.split("/* Light grounds would glare")
    for number in range(covers.FAMILIES * 2):
        assert f".hue-{number} " in light
        assert (f".hue-{number} " in dark) == bool(number % 2)


def test_names_are_those_of_the_interface(app: Flask) -> None:
    with app.test_request_context():
        assert country_name("GH") == "Ghana"
        assert country_name("??") == "??"
        assert language_name("fr") == "French"
        assert language_name("zz-top") == "zz-top"
        assert language_name("und") == "Language not stated"
        assert own_name("fr") == "Français"
        assert own_name("qq") == "qq"
        assert kind_name("case-study") == "Case study"
        assert kind_name("poem") == "poem"


@pytest.mark.parametrize(
    ("tag", "way"), [("ar", "rtl"), ("en", "ltr"), ("az-Arab", "rtl"), ("ur-Latn", "ltr"), ("he-IL", "rtl")]
)
def test_direction_follows_language_and_script(tag: str, way: str) -> None:
    assert direction(tag) == way


def test_reading_takes_longer_in_dense_scripts_and_never_no_time() -> None:
    assert minutes(9_800, "en") == 10
    assert minutes(2_550, "zh-Hans") == 10
    assert minutes(3, "en") == 1
