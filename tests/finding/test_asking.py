"""A search is read from any parameters, and its address leads to the same search again."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from library import create_app
from library.finding.asking import FILTERS, LONGEST_TEXT, MOST_VALUES, Search, clean, read
from library.finding.leading import Queries


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(tmp_path_factory.mktemp("asking"), TESTING=True)
    with app.test_request_context("/"):
        yield app


def parsed(query: str) -> Search:
    return read(MultiDict(parse_qsl(query, keep_blank_values=True)))


def test_every_parameter_is_read(application: Flask) -> None:
    search = parsed("q=free+press&topic=a&topic=b&kind=report&lang=pt-BR&country=gh&year=2019..2021&author=Ama&page=3")
    assert search.text == "free press"
    assert search.filters == {
        "kind": ("report",),
        "topic": ("a", "b"),
        "lang": ("pt",),
        "country": ("GH",),
        "year": ("2019..2021",),
        "author": ("Ama",),
    }
    assert search.page == 3 and search.sort is None and not search.notices


def test_an_unknown_order_is_by_relevance(application: Flask) -> None:
    assert parsed("q=x&sort=random").question(("public",), 10).sort == "relevance"
    assert parsed("q=x&sort=oldest").question(("public",), 10).sort == "oldest"


@pytest.mark.parametrize("page", ["0", "-1", "", "abc", "٣", "9" * 5000, "1e3", "1.5"])
def test_an_impossible_page_is_the_first(application: Flask, page: str) -> None:
    assert parsed(f"q=x&page={page}").page == 1


def test_pages_count_from_one_in_documents(application: Flask) -> None:
    question = parsed("q=x&page=3").question(("public",), 20)
    assert (question.offset, question.limit) == (40, 20)


@pytest.mark.parametrize("year", ["2019", "2019..2023", "2019..", "..2023"])
def test_years_and_ranges_of_years_are_filters(application: Flask, year: str) -> None:
    assert parsed(f"year={year}").filters == {"year": (year,)}


@pytest.mark.parametrize("year", ["last", "..", "2019-2023", "2019..2020..2021"])
def test_what_is_no_year_is_left_out_and_said(application: Flask, year: str) -> None:
    search = parsed(f"year={year}")
    assert search.filters == {} and year in search.notices[0]


def test_a_year_is_read_in_the_digits_of_every_script(application: Flask) -> None:
    assert parsed("year=٢٠٢٠").filters == {"year": ("2020",)}
    assert parsed("from=२०१९&to=२०२३").filters == {"year": ("2019..2023",)}


@pytest.mark.parametrize(
    ("form", "year"),
    [
        ("from=2019&to=2023", "2019..2023"), ("from=2023&to=2019", "2019..2023"), ("from=2021&to=2021", "2021"),
        ("from=2021&to=", "2021.."), ("from=&to=2021", "..2021"), ("from=2019&to=2023&year=1999", "2019..2023"),
    ],
)  # fmt: skip
def test_two_years_of_a_form_are_one_span(application: Flask, form: str, year: str) -> None:
    assert parsed(form).filters == {"year": (year,)}


def test_a_form_without_a_year_filters_nothing_and_an_odd_one_is_said(application: Flask) -> None:
    assert parsed("from=&to=").filters == {} and parsed("from=&to=").notices == ()
    assert parsed("from=soon&to=2021").filters == {} and "soon" in parsed("from=soon&to=2021").notices[0]


def test_a_very_long_question_is_cut_and_said(application: Flask) -> None:
    search = read(MultiDict({"q": "word " * 100_000}))
    assert len(search.text) <= LONGEST_TEXT and "2000" in search.notices[0]


def test_too_many_values_are_cut_and_said(application: Flask) -> None:
    search = read(MultiDict([("topic", f"t{n}") for n in range(50)]))
    assert len(search.filters["topic"]) == MOST_VALUES and "topic" in search.notices[0]


def test_control_characters_are_white_space() -> None:
    assert clean("a\x00b\x1f\n c\ud800d\x85") == "a b c d"


def test_a_value_is_put_on_and_taken_off_again(application: Flask) -> None:
    search = parsed("q=x&topic=a&page=4")
    both = search.toggled("topic", "b")
    assert both.filters["topic"] == ("a", "b") and both.page == 1
    assert both.toggled("topic", "a").toggled("topic", "b").filters == {}


def test_the_address_without_words_tells_all_but_the_words(application: Flask) -> None:
    search = parsed("q=secret&topic=a&sort=newest&page=2")
    assert search.query(words=False) == "topic=a&sort=newest&page=2"
    assert search.query() == "q=secret&topic=a&sort=newest&page=2"


parameters = st.lists(
    st.tuples(st.sampled_from(["q", *FILTERS, "sort", "page", "limit", "other"]), st.text(max_size=60)), max_size=30
)


@settings(max_examples=150, deadline=None)
@given(parameters)
def test_any_parameters_make_a_search_whose_address_makes_it_again(pairs: list[tuple[str, str]]) -> None:
    with create_once().test_request_context("/"):
        search = read(MultiDict(pairs))
        again = read(MultiDict(search.pairs()))
    assert again.pairs() == search.pairs()
    assert (again.text, again.filters, again.page) == (search.text, search.filters, search.page)
    assert search.page >= 1 and len(search.text) <= LONGEST_TEXT


_made: list[Flask] = []


def create_once() -> Flask:
    """An application for the property test, which has no fixtures of its own."""
    if not _made:
        from flask_babel import Babel

        app = Flask("asking")
        Babel(app)
        _made.append(app)
    return _made[0]


@pytest.mark.parametrize("words", [True, False])
@pytest.mark.parametrize(
    "address", ["", "q=a+b%26&kind=report&lang=fr&year=2021&sort=title&page=3", "topic=x&topic=y&author=%C3%89&limit=5"]
)
def test_the_ways_to_each_value_are_those_of_one_after_the_other(application: Flask, address: str, words: bool) -> None:
    search = parsed(address)
    for key in ("topic", "kind", "lang", "country", "year"):
        values = ["report", "fr", "x", "2021", "2019..2020", "a&b c"]
        singly = [search.toggled(key, value).query(words=words) for value in values]
        assert Queries(search, words=words).toggled(key, values) == [query or "q=" for query in singly]
