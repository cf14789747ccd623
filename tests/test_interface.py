"""The interface's languages: one address a page and language, and one for all where nothing is spoken."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from library import interface
from library.catalogue.models import Document


def tree(client: FlaskClient, path: str, **headers: str) -> html.HtmlElement:
    response = client.get(path, headers=headers)
    assert response.status_code == 200, response.text
    return html.fromstring(response.text)


def test_every_page_stands_under_each_language_and_its_links_stay_in_it(client: FlaskClient) -> None:
    page = tree(client, "/ar/documents/")
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    inside = [str(link) for link in page.xpath("//main//a/@href | //nav[@class='ui-nav']//a/@href")]
    assert inside and all(link.startswith(("/ar/", "?", "#")) or "feed." in link for link in inside)


def test_each_language_names_the_others_and_itself(client: FlaskClient) -> None:
    for path in ("/topics/", "/fr/topics/"):
        page = tree(client, path)
        named = {link.get("hreflang"): link.get("href") for link in page.xpath("//link[@rel='alternate'][@hreflang]")}
        assert set(named) == {*interface.offered(), "x-default"}
        assert named["fr"].endswith("/fr/topics/") and named["en"] == named["x-default"]
    assert page.xpath("//link[@rel='canonical']/@href")[0].endswith("/fr/topics/")


def test_links_to_the_same_page_in_other_languages_hold_what_an_address_may_hold(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/no%C2%92such%25page%3F/").text)
    assert "/fr/no%C2%92such%25page%3F/" in page.xpath("//a[@hreflang='fr']/@href")


def test_a_piece_has_one_lasting_address_in_whatever_language_the_interface_speaks(
    client: FlaskClient, piece: Callable[..., Document]
) -> None:
    piece(title="Original")
    page = tree(client, "/fr/documents/original/")
    assert page.xpath("//link[@rel='canonical']/@href") == ["http://localhost/documents/original/"]


@pytest.mark.parametrize("path", ["/feed.atom", "/styles.css", "/api/v1/search", "/robots.txt"])
def test_machines_have_one_address(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/fr{path}?v=1")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{path}?v=1")
    page = tree(client, "/fr/")
    assert page.xpath("//link[@rel='stylesheet']/@href")[0].startswith("/styles.css")


def test_a_language_without_a_slash_leads_to_its_home(client: FlaskClient) -> None:
    assert client.get("/fr?x=1").headers["Location"].endswith("/fr/?x=1")


def test_what_a_browser_prefers_is_offered_and_not_forced(client: FlaskClient) -> None:
    page = tree(client, "/", **{"Accept-Language": "fr-CH, en;q=0.5"})
    assert page.get("lang") == "en"
    assert page.xpath("//aside[@class='ui-invitation']/a/@href") == ["/fr/"]
    assert not tree(client, "/fr/", **{"Accept-Language": "fr"}).xpath("//aside[@class='ui-invitation']")
    assert not tree(client, "/", **{"Accept-Language": "tlh"}).xpath("//aside[@class='ui-invitation']")


def test_lang_in_the_question_leads_to_the_page_in_that_language_but_narrows_lists(client: FlaskClient) -> None:
    assert client.get("/topics/?lang=ar").headers["Location"] == "/ar/topics/"
    assert client.get("/documents/?lang=ar").status_code == 200


def test_an_unknown_prefix_is_no_language(client: FlaskClient) -> None:
    assert client.get("/xx/topics/").status_code == 404


def test_an_address_of_a_request_is_none_of_what_has_no_request(app: Flask) -> None:
    with app.test_request_context("/"):
        assert app.url_for("reading.topics") == app.url_for("reading.topics") == "/topics/"
    with app.test_request_context("/topics/", environ_overrides={interface.SPOKEN: "fr", "SCRIPT_NAME": "/fr"}):
        assert app.url_for("reading.topics") == app.url_for("reading.topics") == "/fr/topics/"
    with app.app_context(), pytest.raises(RuntimeError, match="SERVER_NAME"):
        app.url_for("reading.topics")
