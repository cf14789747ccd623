"""Where a page of results leads: its other pages and orders."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from flask import Flask

from library.finding import leading
from library.finding.asking import Search
from library.finding.leading import Queries


def told(search: Search, count: int, *, words: bool = True) -> list[tuple[str, str]]:
    """(state, label) of each way to a page, of which the query is checked."""
    ways = leading.pages(Queries(search, words=words), count)
    for way in ways:
        assert parse_qs(way.query).get("page", ["1"]) == [way.label]
        assert parse_qs(way.query).get("q", []) == ([search.text] if words and search.text else [])
    return [(way.state, way.label) for way in ways]


def test_few_pages_are_all_listed(app: Flask) -> None:
    with app.test_request_context():
        assert told(Search("a b", page=2), 3) == [
            ("previous", "1"), ("off", "1"), ("on", "2"), ("off", "3"), ("next", "3"),
        ]  # fmt: skip


@pytest.mark.parametrize("words", [True, False])
def test_of_many_pages_the_ends_and_the_nearest_are_listed(app: Flask, words: bool) -> None:
    with app.test_request_context():
        search = Search("a&b", {"kind": ("report",)}, sort="title", page=50)
        assert told(search, 10_000, words=words) == [
            ("previous", "49"), ("off", "1"), ("gap", "48"), ("off", "49"), ("on", "50"), ("off", "51"), ("gap", "52"),
            ("off", "10000"), ("next", "51"),
        ]  # fmt: skip
        assert told(Search("a"), 9)[:4] == [("on", "1"), ("off", "2"), ("gap", "3"), ("off", "9")]


def test_a_way_that_asks_for_nothing_leads_somewhere_all_the_same(app: Flask) -> None:
    with app.test_request_context():
        ways = leading.pages(Queries(Search(page=2)), 2)
        assert [way.query for way in ways] == ["q=", "q=", "page=2"]


def test_orders_begin_at_the_first_page(app: Flask) -> None:
    with app.test_request_context():
        ways = leading.orders(Queries(Search("a b", {"lang": ("fr",)}, page=3, limit=5)))
        assert [(way.state, way.query) for way in ways][:2] == [
            ("on", "q=a+b&lang=fr&sort=relevance&limit=5"), ("off", "q=a+b&lang=fr&sort=newest&limit=5"),
        ]  # fmt: skip
        chosen = leading.orders(Queries(Search("a", sort="title")))
        assert [way.state for way in chosen] == ["off", "off", "off", "on"]
