"""Filters, the years as columns, the countries as bars: what they show and where they lead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from indexer.searching import Answer, FacetValue
from library.catalogue.models import Document
from library.finding import narrowing
from library.finding.asking import Search
from library.finding.labels import labeller
from library.finding.leading import Queries

Piece = Callable[..., Document]
Indexed = Callable[[], None]


def answer(**facets: dict[str, int]) -> Answer:
    """An answer with these counts."""
    counted = {key: tuple(FacetValue(v, n) for v, n in values.items()) for key, values in facets.items()}
    return Answer(9, (), counted, None, False, False, 0.0, ())


def group(key: str, values: dict[str, int], search: Search | None = None) -> narrowing.Group:
    made = narrowing.groups(answer(**{key: values}), Queries(search or Search("march")), labeller())
    assert [one.key for one in made] == [key]
    return made[0]


def tree(page: bytes) -> html.HtmlElement:
    return html.document_fromstring(page.decode())


def test_years_are_columns_in_order_and_an_empty_one_keeps_its_place(app: Flask) -> None:
    years = group("year", {"2021": 4, "2018": 1, "2020": 2})
    assert [(c.label, c.count, c.share) for c in years.columns] == [
        ("2018", 1, 25), ("2019", 0, 0), ("2020", 2, 50), ("2021", 4, 100),
    ]  # fmt: skip
    assert years.columns[0].query == "q=march&year=2018"
    assert [choice.value for choice in years.rest] == ["2021", "2020", "2018"] and not years.first


@pytest.mark.parametrize("span", [(1998, 2026), (1789, 2026), (3, 2026), (2017, 2026), (2015, 2026)])
def test_however_long_the_time_the_columns_are_few_and_count_every_piece(app: Flask, span: tuple[int, int]) -> None:
    first, last = span
    columns = group("year", {str(first): 1, str(first + 2): 5, str(last): 3}).columns
    assert 3 <= len(columns) <= narrowing.COLUMNS and sum(column.count for column in columns) == 9
    assert columns[0].label.startswith(str(first)) and columns[-1].label.endswith(str(last))


def test_a_column_is_lit_by_a_span_and_on_by_its_own_name(app: Flask) -> None:
    search = Search("march", {"year": ("2019..2020",)})
    years = group("year", {"2018": 1, "2019": 1, "2020": 2}, search)
    assert [(c.within, c.on) for c in years.columns] == [(False, False), (True, False), (True, False)]
    assert years.span == ("2019", "2020")
    one = group("year", {"2018": 1, "2019": 1, "2020": 2}, Search("march", {"year": ("2018",)}))
    assert one.columns[0].on and one.columns[0].query == "q=march" and one.span == ("2018", "2018")
    assert group("year", {"2018": 1, "2019": 1, "2020": 2}, Search("", {"year": ("2019..",)})).span == ("2019", "")


def test_a_picture_is_drawn_only_where_it_says_more_than_a_list(app: Flask) -> None:
    assert not group("year", {"2020": 1, "2021": 2}).columns
    assert not group("country", {"GH": 1, "KE": 2}).pictured
    assert not group("country", {"GH": 1, "KE": 1, "NG": 1}).pictured, "all are the same"
    countries = group("country", {"GH": 8, "KE": 2, "NG": 1})
    assert countries.pictured and [choice.share for choice in countries.first] == [100, 25, 12]


def test_years_lead_on_by_links_and_a_form_that_keeps_the_question(
    client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    for year in (2015, 2019, 2021, 2021):
        piece("A march.", published_on=date(year, 1, 1), kind="report")
    indexed()
    body = tree(client.get("/search?q=march&kind=report&sort=newest&year=2021").data)
    links = body.xpath("//ol[@class='columns']//a")
    assert [link.xpath("string(span)") for link in links] == ["2015: 1 piece", "2019: 1 piece", "2021: 2 pieces"]
    assert links[0].get("href") == "/search?q=march&kind=report&year=2021&year=2015&sort=newest"
    assert links[2].get("aria-current") == "true" and links[2].get("href") == "/search?q=march&kind=report&sort=newest"
    form = body.xpath("//form[@class='span']")[0]
    assert dict(form.form_values()) == {"q": "march", "kind": "report", "sort": "newest", "from": "2021", "to": "2021"}
    spanned = tree(client.get("/search?q=march&kind=report&from=2019&to=2015").data)
    assert "2 pieces found" in spanned.text_content()
    assert spanned.xpath("//div[@class='chips']//a/bdi/text()") == ["Report", "2015–2019"]


def test_without_a_trace_the_years_lead_on_without_the_words(
    client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    for year in (2015, 2019, 2021, 2021):
        piece("The whistleblower.", published_on=date(year, 1, 1))
    indexed()
    body = tree(client.post("/search", data={"q": "whistleblower"}).data)
    assert body.xpath("//ol[@class='columns']//button/@value") == ["year=2015", "year=2019", "year=2021"]
    form = body.xpath("//form[@class='span']")[0]
    assert form.method == "POST"
    narrowed = tree(client.post("/search", data={**dict(form.form_values()), "from": "2019"}).data)
    assert "3 pieces found" in narrowed.text_content()
    assert not [link for link in narrowed.xpath("//@href | //@action") if "whistleblower" in link]


def test_many_countries_fold_under_how_many_there_are(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    piece("A march.", countries=("GH", "KE", "NG", "UG", "RW", "TZ", "ZM", "MW", "SN", "ML"))
    piece("A march.", countries=("GH",))
    indexed()
    body = tree(client.get("/search?q=march").data)
    countries = body.xpath("//section[@aria-labelledby='ui-by-country']")[0]
    assert countries.xpath("string(details/summary)").strip() == "Show all 10 countries"
    assert len(countries.xpath("ul/li")) == 8 and len(countries.xpath("details//li")) == 2
    assert countries.xpath("string(ul/li[1]//span[@class='count'])") == "2"
    assert countries.xpath("ul/li[1]//svg/@aria-hidden") == ["true"]


def test_the_fold_of_filters_says_how_many_are_on(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    piece("A march.", kind="report")
    piece("A march.", kind="article")
    indexed()
    summary = "string(//details[@class='filters']/summary)"
    assert "on" not in tree(client.get("/search?q=march").data).xpath(summary).split()
    assert "2 are on" in tree(client.get("/search?q=march&kind=report&lang=en").data).xpath(summary)
