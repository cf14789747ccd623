"""The search page: what it shows, where it leads, and that no input breaks it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from lxml import html

from library.access.models import Role
from library.catalogue import documents, topics
from library.catalogue.models import Document
from library.finding import index

Piece = Callable[..., Document]
Indexed = Callable[[], None]

GUIDE = """
## Before the march

Notify the police in good time, and keep a copy of the notification.

### On the day

Stewards wear a badge. Kettling is a crowd-control tactic that surrounds people.
"""


def tree(page: bytes) -> html.HtmlElement:
    return html.document_fromstring(page.decode())


def test_a_result_leads_to_its_paragraph_with_the_words_to_mark(
    client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    piece(GUIDE, title="Marching <safely>", kind="guidebook", summary="How to march.")
    indexed()
    page = client.get("/search?q=kettling")
    assert page.status_code == 200
    body = tree(page.data)
    assert body.xpath("string(//li[@class='hit']/h3)").strip() == "Marching <safely>"
    assert "1 piece found" in body.text_content()
    place = body.xpath("//a[@class='place']")[0]
    assert place.text == "On the day"
    assert body.xpath("string(//span[@class='chapter-of'])") == "Before the march"
    path, _, anchor = place.get("href").partition("#")
    assert path == "/documents/marching-safely/before-the-march/?hl=kettling" and anchor.startswith("p-")
    assert body.xpath("//p[@class='snippet']/mark/text()") == ["Kettling"]
    arrived = client.get(path)
    assert arrived.status_code == 200 and f'id="{anchor}"'.encode() in arrived.data


def test_the_page_of_a_search_is_no_page_for_search_engines_and_names_its_feeds(
    client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    piece("Water and sanitation.")
    indexed()
    head = tree(client.get("/search?q=water&kind=article&page=1").data)
    assert head.xpath("//meta[@name='robots']/@content") == ["noindex, follow"]
    assert head.xpath("//link[@rel='alternate']/@href") == [
        f"/search.{fmt}?q=water&kind=article" for fmt in ("atom", "rss", "json")
    ]
    assert head.xpath("//link[@rel='search']/@href") == ["/opensearch.xml"]


def test_filters_are_links_with_counts_and_chips_take_them_off(
    client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    topics.create("privacy", {"en": "Privacy & data"})
    piece("A march.", kind="report", topics=("privacy",), countries=("GH",), language="en")
    piece("Another march.", kind="article", language="fr")
    indexed()
    body = tree(client.get("/search?q=march").data)
    link = body.xpath("//section[@class='facet']//a[contains(., 'Report')]")[0]
    assert link.get("href") == "/search?q=march&kind=report" and "1" in link.text_content()
    assert body.xpath("//section[@class='facet']//a[contains(., 'French')]/@href") == ["/search?q=march&lang=fr"]
    narrowed = tree(client.get("/search?q=march&kind=report&topic=privacy").data)
    assert "1 piece found" in narrowed.text_content()
    chips = {chip.xpath("string(bdi)"): chip.get("href") for chip in narrowed.xpath("//div[@class='chips']//a")}
    assert chips["Privacy & data"] == "/search?q=march&kind=report"
    assert chips["Report"] == "/search?q=march&topic=privacy"


def test_results_come_in_pages_and_a_page_too_far_is_the_last(
    app: Flask, client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    app.config["RESULTS_PER_PAGE"] = 2
    for number in range(5):
        piece(f"Budget hearing {number}.", title=f"Hearing {number}")
    indexed()
    second = tree(client.get("/search?q=budget&sort=title&page=2").data)
    assert second.xpath("//li[@class='hit']/h3//bdi/text()") == ["Hearing 2", "Hearing 3"]
    assert second.xpath("//li[@class='next']/a/@href") == ["/search?q=budget&sort=title&page=3"]
    assert second.xpath("//ol[@class='hits']/@start") == ["3"]
    last = tree(client.get("/search?q=budget&sort=title&page=900").data)
    assert last.xpath("//li[@class='hit']/h3//bdi/text()") == ["Hearing 4"]


def test_posted_words_stay_out_of_every_address_on_the_page(
    app: Flask, client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    app.config["RESULTS_PER_PAGE"] = 1
    piece("The whistleblower spoke.", kind="report", title="One")
    piece("A whistleblower wrote.", kind="article", title="Two")
    indexed()
    page = client.post("/search", data={"q": "whistleblower", "sort": "title"})
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    body = tree(page.data)
    addresses = body.xpath("//@href | //@action | //@formaction")
    assert not [address for address in addresses if "whistleblower" in address]
    assert "whistleblower" not in body.xpath("string(//title)")
    onward = body.xpath("//li[@class='next']/button")[0]
    held = body.xpath("//form[@id='ui-again']//input/@value")
    assert held == ["whistleblower"] and onward.get("form") == "ui-again"
    second = tree(client.post("/search", data={"q": held[0], "then": onward.get("value")}).data)
    assert second.xpath("//li[@class='hit']/h3//bdi/text()") == ["Two"]
    narrowing = body.xpath("//section[@class='facet']//button[contains(., 'Report')]/@value")[0]
    narrowed = tree(client.post("/search", data={"q": held[0], "then": narrowing}).data)
    assert narrowed.xpath("//li[@class='hit']/h3//bdi/text()") == ["One"]


def test_a_posted_search_needs_no_token(app: Flask, piece: Piece, indexed: Indexed) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    piece("Anything.")
    indexed()
    assert app.test_client().post("/search", data={"q": "anything"}).status_code == 200


def test_a_reader_gets_no_cookie(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    piece("Anything.")
    indexed()
    assert "Set-Cookie" not in client.get("/search?q=anything").headers


def test_nothing_found_helps_on(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    topics.create("privacy", {"en": "Privacy"})
    piece("A paragraph.", topics=("privacy",))
    indexed()
    body = tree(client.get("/search?q=xylophone&kind=report").data)
    assert "Nothing was found" in body.xpath("string(//h2[contains(., 'Nothing')])")
    assert "/search?q=xylophone" in body.xpath("//ul[@class='tips']//@href")
    assert "/topics/privacy/" in body.xpath("//ul[@class='topic-links']//@href")


def test_a_misspelt_word_gets_a_better_one_with_the_filters_kept(
    client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    piece("Disinformation spreads. Disinformation is countered.", kind="report")
    indexed()
    body = tree(client.get("/search?q=disinfromation&kind=report").data)
    assert body.xpath("//p[@class='did-you-mean']//a/@href") == ["/search?q=disinformation&kind=report"]


def test_what_cannot_be_parsed_is_searched_and_the_page_says_so(
    client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    piece("Freedom of assembly.")
    indexed()
    body = tree(client.get("/search", query_string={"q": 'assembly AND ("'}).data)
    assert "plain words" in body.text_content() and body.xpath("//li[@class='hit']")


def test_a_question_too_long_is_cut_and_the_page_says_so(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    piece("Freedom.")
    indexed()
    page = client.post("/search", data={"q": "freedom " * 20_000})
    assert page.status_code == 200 and b"2000" in page.data


QUERIES = (
    "q=%00%01%02", "q=%ff%fe", "q=%ED%A0%80", "q=" + "%28" * 900, "q=%22", "q=*", "q=-", "q=NOT", "q=title:", "q=a~",
    "q=year:2..1", "q=" + quote("\u0627\u200f\u0628" * 50), "q=<script>alert(1)</script>", "q=%F0%9F%92%A9", "q=a*b*c*", "page=99999999",
    "topic=%00", "kind=none&kind=none", "lang=" + "x" * 5000, "year=9999..1", "author=%22", "sort=%00", "q=a&limit=0",
    "q=" + "a+" * 900, "q=" + "OR+" * 300, "q[]=1", "&&&==", "q=" + "(" * 300 + "a" + ")" * 300,
)  # fmt: skip


def test_no_input_gives_an_error(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    piece("A paragraph about assembly.")
    indexed()
    for query in QUERIES:
        page = client.get(f"/search?{query}")
        assert page.status_code == 200 and b"<script>alert" not in page.data, query
        for path in ("/api/v1/search", "/suggest", "/search.atom"):
            assert client.get(f"{path}?{query}").status_code == 200, (path, query)
        assert client.post("/search", data={"q": "a", "then": query}).status_code == 200, query


def test_a_piece_for_members_is_found_by_members_alone(
    app: Flask, client: FlaskClient, piece: Piece, person: Callable[..., object], indexed: Indexed
) -> None:
    member = person(Role.MEMBER)
    secret = piece("The secret ballot.", title="For members")
    documents.curate(secret, access="members")
    indexed()
    assert b"For members" not in client.get("/search?q=ballot").data
    assert b"For members" in signed_in(app, member).get("/search?q=ballot").data


def test_a_piece_withdrawn_a_moment_ago_is_left_out_before_the_index_knows(
    client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    gone = piece("Gerrymandering explained.", title="Gone")
    indexed()
    documents.withdraw(gone, "It was wrong.")
    page = client.get("/search?q=gerrymandering")
    assert page.status_code == 200 and b"Gone" not in page.data


def test_before_the_index_is_ready_the_page_says_so(client: FlaskClient) -> None:
    page = client.get("/search?q=anything")
    assert page.status_code == 503 and int(page.headers["Retry-After"]) > 0
    assert b"Search is being prepared" in page.data
    index().close()


def test_questions_are_not_logged(
    client: FlaskClient, piece: Piece, indexed: Indexed, caplog: pytest.LogCaptureFixture
) -> None:
    piece("Anything.")
    indexed()
    with caplog.at_level(logging.DEBUG):
        client.get("/search?q=unmistakable")
        client.post("/search", data={"q": "unmistakable"})
        client.get("/api/v1/search?q=unmistakable")
    assert "unmistakable" not in caplog.text


def test_every_string_of_the_page_can_be_pressed_without_script(
    client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    piece("Anything.", kind="report")
    indexed()
    page = client.get("/search?q=anything").data.decode()
    assert not re.search(r"<script(?! type=\"module\" src=\"/static/)|\son\w+=|style=", page)


def signed_in(app: Flask, user: object) -> FlaskClient:
    """A browser in which `user` is signed in (the tests' one application context remembers who asked last)."""
    g.pop("_login_user", None)
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = user.get_id()  # type: ignore[attr-defined]
        session["_fresh"] = True
    return browser


def test_a_piece_found_by_its_topic_alone_says_so(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    topics.create("digital-identity", {"en": "Digital identity", "fr": "Identité numérique"})
    piece("Wallets and cards.", title="Proof of who one is", topics=("digital-identity",))
    piece("L’identité numérique au Bénin.", title="Bénin", topics=("digital-identity",))
    indexed()
    text = client.get("/search?q=identité+numérique").text
    assert text.count('class="filed"') == 1
    filed = text.split('class="filed"')[1].split("</p>")[0]
    assert "/topics/digital-identity/" in filed and "Digital identity" in filed and "Identité numérique" in filed
