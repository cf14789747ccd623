"""Pages that list pieces: home, shelf, topics, countries, the network's pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from library.access.models import Role, User
from library.catalogue import documents, topics
from library.catalogue.models import Document
from tests.reading.test_pieces import page

Piece = Callable[..., Document]


def titles(client: FlaskClient, path: str) -> list[str]:
    return [str(text) for text in page(client, path).xpath("//main//bdi/text()[ancestor::h2 or ancestor::h3]")]


def test_home_shows_what_is_featured_first_and_leads_to_the_rest(client: FlaskClient, piece: Piece) -> None:
    pieces = [piece(title=f"Piece number {n}") for n in range(27)]
    documents.curate(pieces[0], featured=True)
    home = page(client, "/")
    shown = titles(client, "/")
    assert shown[:2] == ["Piece number 0", "Piece number 26"]
    assert len(shown) == 12
    assert home.xpath("//a[contains(., 'Show more')]/@href") == ["/?page=2#ui-new"]
    assert home.xpath("//form[@role='search']//input[@name='q']")
    assert home.xpath("//link[@rel='alternate'][@type]/@href")[0].endswith("/feed.atom")


def test_show_more_is_a_page_of_its_own_and_all_pages_hold_every_piece_once(client: FlaskClient, piece: Piece) -> None:
    for n in range(27):
        piece(title=f"Piece number {n}")
    documents.curate(piece(title="A late feature"), featured=True)
    shown: list[str] = []
    address = "/"
    for number in (1, 2, 3):
        tree = page(client, address)
        shown += titles(client, address)
        assert tree.xpath("//link[@rel='canonical']/@href") == [f"http://localhost{address.partition('#')[0]}"]
        assert bool(tree.xpath("//*[@class='hero']")) == (number == 1)
        address = next(iter(tree.xpath("//a[contains(., 'Show more')]/@href")), "")
    assert len(shown) == len(set(shown)) == 28
    assert "These are all 28 pieces." in tree.xpath("//*[@id='ui-more']")[0].text_content()
    assert tree.xpath("//@data-came") == ["4 more pieces; 28 of 28 are shown."]
    assert not tree.xpath("//script[contains(@src, 'more.js')]")
    assert client.get("/?page=4").status_code == client.get("/?page=x").status_code == 404


def test_single_piece_is_shown_without_a_word_about_more(client: FlaskClient, piece: Piece) -> None:
    piece(title="Alone")
    tree = page(client, "/")
    assert titles(client, "/") == ["Alone"]
    assert not tree.xpath("//*[@id='ui-more']")[0].text_content().strip()


@pytest.mark.parametrize(
    "path", ["/", "/documents/?topic=t1&topic=t2&kind=article", "/topics/", "/topics/t1/", "/countries/GH/"]
)
def test_lists_ask_as_many_questions_however_long_they_are(
    client: FlaskClient, piece: Piece, questions: Callable[[str], int], path: str
) -> None:
    topics.create("t2", {"en": "Two"}, parent=topics.create("t1", {"en": "One"}))
    for n in range(2):
        piece(title=f"Few {n}", topics=("t1", "t2"), countries=("GH",))
    few = questions(path)
    for n in range(3, 9):
        topics.create(f"t{n}", {"en": f"Topic {n}"}, parent=topics.by_slug("t1"))
    for n in range(20):
        piece(title=f"Many {n}", topics=("t1", "t2", f"t{n % 6 + 3}"), countries=("GH", "KE"))
    assert questions(path) == few
    assert few < 30


def test_empty_library_says_so(client: FlaskClient) -> None:
    assert "Nothing has been published yet" in page(client, "/").text_content()
    assert "Nothing has been published yet" in page(client, "/documents/").text_content()
    assert "There are no topics yet" in page(client, "/topics/").text_content()


def test_anonymous_reader_gets_no_cookie(client: FlaskClient, guide: Document) -> None:
    for path in ("/", "/documents/", "/documents/meetings/", "/topics/", "/about/", "/nowhere"):
        assert "Set-Cookie" not in client.get(path).headers, path


def test_shelf_filters_are_links_that_toggle(client: FlaskClient, piece: Piece) -> None:
    piece(title="Un texte", language="fr", kind="report", countries=("FR",))
    piece(title="A text", language="en", kind="report", countries=("GH",))
    piece(title="Another", language="en", kind="toolkit")
    assert titles(client, "/documents/?lang=fr") == ["Un texte"]
    assert sorted(titles(client, "/documents/?lang=fr&kind=toolkit&lang=en")) == ["Another"]
    shelf = page(client, "/documents/?kind=report&lang=en")
    on = shelf.xpath("//section[@class='facet']//a[@aria-current='true']")
    assert {a.xpath("string(bdi)") for a in on} == {"Report", "English"}
    off = {a.xpath("string(bdi)"): parse_qs(urlsplit(a.get("href")).query) for a in on}
    assert off["Report"] == {"lang": ["en"]}
    french = shelf.xpath("//section[@class='facet']//a[bdi='French']")[0]
    assert parse_qs(urlsplit(french.get("href")).query) == {"kind": ["report"], "lang": ["en", "fr"]}
    assert french.xpath("string(span)") == "1"
    assert len(shelf.xpath("//div[@class='chips']//li")) == 3


def test_shelf_says_no_control_characters_of_the_address(client: FlaskClient, piece: Piece) -> None:
    piece()
    text = client.get("/documents/?kind=ra%C2%92re%01&lang=%0B").text
    assert "ra’re" in text and not set(text) & {"\x92", "\x01", "\x0b"}


def test_shelf_without_a_match_offers_the_whole_library(client: FlaskClient, piece: Piece) -> None:
    piece(title="A text")
    empty = page(client, "/documents/?year=1999&country=xx&kind=nonsense&topic=none&sort=silly&year=abc")
    assert "No piece fits" in empty.text_content()
    assert page(client, "/documents/?year=abc").xpath("//li[@class='row']")


def test_shelf_has_pages(app: Flask, client: FlaskClient, piece: Piece) -> None:
    app.config["PAGE_SIZE"] = 2
    for n in range(5):
        piece(title=f"Text {n}")
    second = page(client, "/documents/?page=2&sort=title")
    assert titles(client, "/documents/?page=2&sort=title") == ["Text 2", "Text 3"]
    links = {link.get("rel"): link.get("href") for link in second.xpath("//link[@rel='prev' or @rel='next']")}
    assert links == {"prev": "/documents/?sort=title", "next": "/documents/?sort=title&page=3"}
    assert second.xpath("//nav[@class='pager']//a[@aria-current='page']/text()") == ["2"]
    for wrong in ("9", "0", "x", "-1", ""):
        assert client.get(f"/documents/?page={wrong}").status_code == 404


def test_topic_has_the_pieces_of_topics_below_it(client: FlaskClient, piece: Piece) -> None:
    above = topics.create("freedoms", {"en": "Freedoms"}, descriptions={"en": "Of many kinds."})
    topics.create("assembly", {"en": "Assembly"}, parent=above)
    piece(title="On squares", topics=("assembly",))
    freedoms = page(client, "/topics/freedoms/")
    assert titles(client, "/topics/freedoms/") == ["On squares"]
    assert "Of many kinds." in freedoms.text_content()
    assert freedoms.xpath("//link[@type='application/rss+xml']/@href") == ["/topics/freedoms/feed.rss"]
    below = page(client, "/topics/assembly/")
    assert below.xpath("//nav[@class='crumbs']//a/@href") == ["/topics/", "/topics/freedoms/"]
    tree = page(client, "/topics/")
    assert tree.xpath("//ul[@class='topic-tree']//a/@href") == ["/topics/freedoms/", "/topics/assembly/"]
    assert "Of many kinds." in tree.text_content()
    assert page(client, "/").xpath("//ul[@class='topic-tiles']")
    assert client.get("/topics/none/").status_code == 404
    assert client.get("/topics/assembly/?page=2").status_code == 404


def test_country_page_has_its_pieces_and_one_address(client: FlaskClient, guide: Document) -> None:
    assert titles(client, "/countries/GH/") == ["Meetings"]
    assert "Ghana" in page(client, "/countries/GH/").xpath("//h1")[0].text
    assert client.get("/countries/gh/").location == "/countries/GH/"
    assert "Nothing about this country" in client.get("/countries/FJ/").text
    assert [client.get(f"/countries/{code}/").status_code for code in ("ZZ", "EU", "001", "XYZ")] == [404] * 4


def test_members_see_their_pieces_in_lists(
    client: FlaskClient, piece: Piece, person: Callable[..., User], reader: Callable[[User], FlaskClient]
) -> None:
    documents.curate(piece(title="Inner piece"), access="members")
    assert titles(client, "/documents/") == []
    assert titles(reader(person(Role.MEMBER)), "/documents/") == ["Inner piece"]


def test_pages_of_the_network_stand_below_about(client: FlaskClient, piece: Piece) -> None:
    assert client.get("/about/").status_code == 200
    piece("Who we are.", title="About", kind="page", summary="A network.")
    piece("What for.", title="Objectives", kind="page")
    piece("Text.", title="An article")
    about = page(client, "/about/")
    assert "Who we are." in about.text_content()
    assert about.xpath("//ul[@class='beside']//a/@href") == ["/about/", "/about/objectives/"]
    assert "What for." in page(client, "/about/objectives/").text_content()
    assert client.get("/about/about/").location == "/about/"
    assert client.get("/documents/objectives/").location == "/about/objectives/"
    assert client.get("/about/an-article/").status_code == 404
    assert client.get("/about/none/").status_code == 404
    assert "A network." in page(client, "/").text_content()


def test_instance_may_have_its_own_logo(app: Flask, client: FlaskClient, instance: Path) -> None:
    (instance / "own.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    app.config["SITE_LOGO"] = "own.svg"
    assert page(client, "/").xpath("//a[@class='ui-brand']/img/@src") == ["/logo"]
    response = client.get("/logo")
    assert response.mimetype == "image/svg+xml"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    app.config["SITE_LOGO"] = "config.py"
    assert client.get("/logo").status_code == 404
