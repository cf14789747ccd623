"""Before a question and after one that found nothing: what helps on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from library.catalogue import topics
from library.catalogue.models import Document
from library.finding.helping import near, plain_words

Piece = Callable[..., Document]
Indexed = Callable[[], None]


def tree(page: bytes) -> html.HtmlElement:
    return html.document_fromstring(page.decode())


@pytest.fixture
def library(piece: Piece, indexed: Indexed) -> None:
    topics.create("freedom-of-assembly", {"en": "Freedom of assembly"}, synonyms={"en": ["protest"]})
    topics.create("privacy", {"en": "Privacy", "fr": "Vie privée"})
    piece("Stewards.", topics=("freedom-of-assembly",), kind="report", countries=("GH",), published_on=date(2019, 1, 1))
    piece("Freedom of assembly, again.", topics=("freedom-of-assembly",), published_on=date(2021, 1, 1))
    piece("Records.", topics=("privacy",), language="fr", countries=("KE",), published_on=date(2022, 1, 1))
    indexed()


@pytest.mark.usefixtures("library")
def test_before_anything_is_asked_every_example_finds_something(client: FlaskClient) -> None:
    body = tree(client.get("/search").data)
    assert body.xpath("//h1/label/@for") == ["ui-q"] and not body.xpath("//li[@class='hit']")
    examples = body.xpath("//section[@class='beginning']//a[starts-with(@href, '/search?')]")
    typed = [example.xpath("string(code)") for example in examples]
    assert {"topic:freedom-of-assembly", "country:GH", "year:2021..2022"} <= set(typed)
    assert any("AND" in one for one in typed) and any(one.endswith("*") for one in typed)
    for example in examples:
        found = tree(client.get(example.get("href")).data)
        assert found.xpath("//li[@class='hit']"), example.get("href")
        assert "plain words" not in found.xpath("string(//div[@class='notice info'])")
    assert body.xpath("//ul[@class='topic-links']//@href[starts-with(., '/topics/')]")


@pytest.mark.usefixtures("library")
def test_only_the_page_before_a_question_is_one_for_search_engines(client: FlaskClient) -> None:
    for address, robots in (
        ("/search", []),
        ("/search?q=a", ["noindex, follow"]),
        ("/search?kind=report", ["noindex, follow"]),
    ):
        head = tree(client.get(address).data)
        assert head.xpath("//meta[@name='robots']/@content") == robots
        assert bool(head.xpath("//meta[@name='description']")) == bool(head.xpath("//link[@hreflang]")) == (not robots)


@pytest.mark.usefixtures("library")
def test_all_pieces_can_be_listed_from_the_beginning(client: FlaskClient) -> None:
    body = tree(client.get("/search").data)
    link = body.xpath("//p[@class='all']/a")[0]
    assert "all 3 pieces" in link.text
    listed = tree(client.get(link.get("href")).data)
    assert len(listed.xpath("//li[@class='hit']")) == 3 and "3 pieces in the library" in listed.text_content()


def test_an_empty_library_begins_without_examples(client: FlaskClient, indexed: Indexed) -> None:
    indexed()
    page = client.get("/search")
    assert page.status_code == 200 and not tree(page.data).xpath("//section[@class='beginning']//table")


@pytest.mark.usefixtures("library")
def test_topics_that_are_near_are_named_even_when_misspelt(client: FlaskClient) -> None:
    body = tree(client.get("/search?q=asembly+AND+xylophone").data)
    assert "Topics that are near" in body.text_content()
    assert body.xpath("//ul[@class='topic-links']//@href") == ["/topics/freedom-of-assembly/"]


def test_topics_are_near_by_their_names_in_every_language(app: Flask) -> None:
    topics.create("privacy", {"en": "Privacy", "fr": "Vie privée"})
    topics.create("assembly", {"en": "Assembly"}, synonyms={"en": ["Protest"]})
    among = topics.all_topics()
    assert [topic.slug for topic in near("privee", among)] == ["privacy"]
    assert [topic.slug for topic in near("protests", among)] == ["assembly"]
    assert near("xylophone", among) == [] and near("", among) == []


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('"side by side"', "side by side"), ("a AND (b OR c) NOT d", "a b c d"), ("lang:fr march -police", "march police"),
        ("march*", "march"), ("co-operation", ""), ("ANDES march", ""), ("year:2019..2020 vote~2", "vote 2"),
    ],
)  # fmt: skip
def test_the_plain_words_of_a_question_are_without_its_signs(text: str, plain: str) -> None:
    assert plain_words(text) == plain


@pytest.mark.usefixtures("library")
def test_nothing_found_offers_the_plain_words_with_the_filters_kept(client: FlaskClient) -> None:
    body = tree(client.get("/search", query_string={"q": '"stewards xylophone"', "kind": "report"}).data)
    assert "with these filters" in body.xpath("string(//section[@class='nothing']/h2)")
    tips = body.xpath("//ul[@class='tips']//@href")
    assert "/search?q=stewards+xylophone&kind=report" in tips


@pytest.mark.usefixtures("library")
def test_what_was_typed_is_completed_without_an_address_too(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    asked = client.get("/suggest?q=freed").json
    posted = client.post("/suggest", data={"q": "freed"})
    assert posted.json == asked and asked[1] and posted.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("library")
def test_a_search_can_be_followed_and_asked_of_the_api(client: FlaskClient) -> None:
    body = tree(client.get("/search?q=freedom&kind=article&page=1").data)
    links = body.xpath("//section[@class='keeping']//@href")
    assert links == [
        f"/{path}?q=freedom&kind=article" for path in ("search.atom", "search.rss", "search.json", "api/v1/search")
    ]
    for link in links:
        assert client.get(link).status_code == 200
    private = tree(client.post("/search", data={"q": "freedom"}).data)
    assert not private.xpath("//section[@class='keeping']//@href")


def test_other_places_in_a_piece_are_counted_where_its_title_does_not_have_the_words(
    client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    said = "\n\n".join(f"## Part {n}\n\nA lantern is carried." for n in range(6))
    piece(f"## Beginning\n\nNothing.\n\n{said}", title="Marches", kind="guidebook")
    piece(f"## Beginning\n\nNothing.\n\n{said}", title="The lantern", kind="guidebook")
    indexed()
    body = tree(client.get("/search?q=lantern").data)
    more = {
        hit.xpath("string(h3)").strip(): hit.xpath("string(p[@class='more-places'])")
        for hit in body.xpath("//li[@class='hit']")
    }
    assert more == {"Marches": "3 more places in this piece", "The lantern": ""}
