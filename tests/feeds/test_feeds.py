"""Feeds: valid when empty, stable identities, the right pieces, the same in three formats."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient

from library.catalogue import documents, topics
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document

Piece = Callable[..., Document]
Indexed = Callable[[], None]
FORMATS = ("atom", "rss", "json")
URN = re.compile(r"^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")


def told(client: FlaskClient, address: str) -> Any:
    """What a JSON feed holds."""
    return client.get(address).json


def titles(client: FlaskClient, address: str) -> list[str]:
    """Titles of the entries of a feed, whatever its format."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    if answer.mimetype == "application/feed+json":
        return [item["title"] for item in told(client, address)["items"]]
    parsed = feedparser.parse(answer.data)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return [entry.title for entry in parsed.entries]


def atom(client: FlaskClient, address: str = "/feed.atom") -> Any:
    return feedparser.parse(client.get(address).data)


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_library_without_pieces_has_valid_feeds(client: FlaskClient, indexed: Indexed, fmt: str) -> None:
    topics.create("privacy", {"en": "Privacy"})
    indexed()
    for address in (f"/feed.{fmt}", f"/topics/privacy/feed.{fmt}", f"/search.{fmt}?q=nothing"):
        assert titles(client, address) == []
        assert client.get(address).data == client.get(address).data
    if fmt == "atom":
        parsed = atom(client)
        assert URN.match(parsed.feed.id) and parsed.feed.updated.endswith("Z") and parsed.feed.title


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_newest_stands_first_with_all_it_has(client: FlaskClient, piece: Piece, fmt: str) -> None:
    topics.create("privacy", {"en": "Privacy & data"})
    piece("Old.", title="Old")
    piece(
        "A *whole* text with [a link](#here) & more.",
        title="New <b>& bold</b>", summary="1 < 2 & 3", topics=("privacy",), authors=("Ama Ofori", "Bo Li"), language="fr",
    )  # fmt: skip
    answer = client.get(f"/feed.{fmt}")
    if fmt == "json":
        item = told(client, f"/feed.{fmt}")["items"][0]
        assert item["title"] == "New <b>& bold</b>" and item["summary"] == "1 < 2 & 3" and item["language"] == "fr"
        assert item["tags"] == ["Privacy & data"] and item["authors"] == [{"name": "Ama Ofori"}, {"name": "Bo Li"}]
        assert "<em>whole</em>" in item["content_html"] and URN.match(item["id"])
        assert item["url"] == "http://localhost/documents/new-b-bold-b/"
        return
    parsed = feedparser.parse(answer.data)
    entry = parsed.entries[0]
    assert not parsed.bozo and [e.title for e in parsed.entries][1] == "Old"
    assert entry.link == "http://localhost/documents/new-b-bold-b/" and URN.match(entry.id)
    assert [tag.term for tag in entry.tags] == ["Privacy & data"]
    assert "Ama Ofori" in str(entry.authors) and "<em>whole</em>" in entry.content[0].value
    assert entry.summary in ("1 < 2 & 3", "1 &lt; 2 &amp; 3")
    assert parsed.feed.link == "http://localhost/"
    assert [link.href for link in parsed.feed.links if link.rel == "self"] == [f"http://localhost/feed.{fmt}"]


def test_an_entry_is_the_same_in_every_format_and_feed(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    topics.create("privacy", {"en": "Privacy"})
    document = piece("Text.", topics=("privacy",))
    indexed()
    ids = {
        told(client, "/feed.json")["items"][0]["id"],
        atom(client).entries[0].id,
        atom(client, "/topics/privacy/feed.rss").entries[0].id,
        atom(client, "/search.atom?q=text").entries[0].id,
    }
    assert ids == {f"urn:uuid:{document.uuid}"}


def test_updated_moves_only_when_a_change_matters(client: FlaskClient, piece: Piece) -> None:
    document = piece("First.")
    before = atom(client).entries[0]
    documents.revise(document, Metadata.of(document.latest), "Second.")
    documents.publish(document, significant=False)
    after = atom(client).entries[0]
    assert (after.id, after.updated, after.published) == (before.id, before.updated, before.published)
    assert "Second" in after.content[0].value
    document.changed_at = document.changed_at.replace(year=2020) if document.changed_at else None
    documents.revise(document, Metadata.of(document.latest), "Third.")
    documents.publish(document, significant=True)
    assert atom(client).entries[0].updated >= before.updated


def test_a_topic_s_feed_has_the_pieces_of_the_topics_below(client: FlaskClient, piece: Piece) -> None:
    parent = topics.create("civic-space", {"en": "Civic space"})
    topics.create("assembly", {"en": "Assembly"}, parent=parent)
    topics.create("privacy", {"en": "Privacy"})
    piece("A.", title="Below", topics=("assembly",))
    piece("B.", title="Elsewhere", topics=("privacy",))
    assert titles(client, "/topics/civic-space/feed.json") == ["Below"]
    assert client.get("/topics/none/feed.atom").status_code == 404
    assert client.get("/feed.xml").status_code == 404


def test_a_search_s_feed_has_the_latest_change_first_or_the_order_asked_for(
    client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    piece("On budgets.", title="B first published", kind="report", published_on=date(2024, 5, 1))
    piece("On budgets too.", title="A then", kind="report", published_on=date(2001, 5, 1))
    piece("On budgets as well.", title="An article", kind="article")
    indexed()
    assert titles(client, "/search.rss?q=budgets&kind=report") == ["A then", "B first published"]
    assert titles(client, "/search.rss?q=budgets&kind=report&sort=title") == ["A then", "B first published"]
    assert titles(client, "/search.rss?q=budgets&kind=report&page=7&sort=oldest") == ["A then", "B first published"]
    feed = told(client, "/search.json?q=budgets&kind=report&page=2")
    assert feed["feed_url"] == "http://localhost/search.json?q=budgets&kind=report"
    assert "budgets" in feed["title"] and "Report" in feed["title"]


@pytest.mark.parametrize("fmt", FORMATS)
def test_withdrawn_drafted_and_members_pieces_stay_out(
    client: FlaskClient, piece: Piece, indexed: Indexed, fmt: str
) -> None:
    gone, members = piece("Same words.", title="Gone"), piece("Same words.", title="Members")
    piece("Same words.", title="Draft", publish=False)
    piece("Same words.", title="About us", kind="page")
    piece("Same words.", title="Stays")
    documents.withdraw(gone, "It was wrong.")
    documents.curate(members, access="members")
    indexed()
    assert titles(client, f"/feed.{fmt}") == ["Stays"]
    assert titles(client, f"/search.{fmt}?q=same") == ["Stays"]


@pytest.mark.parametrize("fmt", FORMATS)
def test_what_xml_cannot_hold_is_left_out(app: Flask, client: FlaskClient, piece: Piece, fmt: str) -> None:
    app.config["SITE_NAME"] = "A\x0bLibrary"
    document = piece("Text\x0bwith\x01control.", title="Bell\x07 \ufffe end", summary="s\x00\x1f", authors=("X\x02",))
    assert document.shown.title
    assert titles(client, f"/feed.{fmt}")[0].split() == ["Bell", "end"]


def test_a_guidebook_stands_with_its_summary_an_article_whole_and_clean(client: FlaskClient, piece: Piece) -> None:
    piece("## One\n\nText.\n\n## Two\n\nText.", title="Guide", kind="guidebook", summary="Of two chapters.")
    piece("## Here\n\n[There](#there) and [away](https://example.org/x).\n\n## There\n\nEnd.", title="Article")
    article, guide = told(client, "/feed.json")["items"]
    assert guide["content_text"] == "Of two chapters." and "content_html" not in guide
    text = article["content_html"]
    assert 'href="http://localhost/documents/article/#there"' in text and "https://example.org/x" in text
    assert " id=" not in text and " class=" not in text


def test_a_piece_without_summary_has_its_beginning(client: FlaskClient, piece: Piece) -> None:
    piece("## One\n\n" + "The beginning of it all. " * 40 + "\n\n## Two\n\nText.", kind="guidebook")
    summary = told(client, "/feed.json")["items"][0]["summary"]
    assert summary.startswith("The beginning") and summary.endswith(" …") and len(summary) < 310


def test_a_feed_has_the_newest_entries_only(app: Flask, client: FlaskClient, piece: Piece) -> None:
    app.config["FEED_ENTRIES"] = 2
    for number in range(4):
        piece("Text.", title=str(number))
    assert titles(client, "/feed.atom") == ["3", "2"]
