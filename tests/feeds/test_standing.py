"""Sitemap, robots.txt and security.txt say what their standards ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from library.catalogue import documents, topics
from library.catalogue.models import Document
from library.feeds import sitemap

Piece = Callable[..., Document]
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def addresses(client: FlaskClient, path: str = "/sitemap.xml") -> dict[str, str | None]:
    """Addresses of a sitemap with their `lastmod`."""
    root = etree.fromstring(client.get(path).data)
    return {
        str(url.findtext("s:loc", namespaces=NAMES)).removeprefix("http://localhost"): url.findtext(
            "s:lastmod", namespaces=NAMES
        )
        for url in root
    }


def test_the_sitemap_has_every_public_page_and_no_other(client: FlaskClient, piece: Piece) -> None:
    topics.create("privacy", {"en": "Privacy"})
    topics.create("unused", {"en": "Unused"})
    piece("## One\n\nText.\n\n## Two\n\nText.", title="Guide", kind="guidebook", topics=("privacy",))
    piece("Text.", title="Objectives", kind="page")
    piece("Text.", title="Draft", publish=False)
    gone, members = piece("Text.", title="Gone"), piece("Text.", title="Members")
    documents.withdraw(gone, "It was wrong.")
    documents.curate(members, access="members")
    found = addresses(client)
    assert {"/", "/documents/", "/topics/", "/about/", "/topics/privacy/", "/about/objectives/"} <= set(found)
    assert {"/documents/guide/", "/documents/guide/one/", "/documents/guide/two/"} <= set(found)
    assert not [address for address in found if any(word in address for word in ("draft", "gone", "members", "unused"))]
    changed = found["/documents/guide/one/"]
    assert changed is not None and datetime.fromisoformat(changed) <= datetime.now(UTC)
    for address in found:
        assert client.get(address).status_code == 200, address


def test_a_library_too_large_for_one_sitemap_has_several(
    client: FlaskClient, piece: Piece, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "MOST", 3)
    for number in range(4):
        piece("Text.", title=f"Piece number {number}")
    parts = list(addresses(client))
    assert parts == ["/sitemap-1.xml", "/sitemap-2.xml", "/sitemap-3.xml"]
    together = [address for part in parts for address in addresses(client, part)]
    assert len(together) == len(set(together)) == 8
    assert client.get("/sitemap-4.xml").status_code == client.get("/sitemap-0.xml").status_code == 404


def test_crawlers_are_kept_from_searches_and_shown_the_sitemap(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert "Disallow: /documents/*/find\n" in answer.text
    assert (
        "Allow: /search$\n" in answer.text
        and "Disallow: /search\n" in answer.text
        and "Sitemap: http://localhost/sitemap.xml\n" in answer.text
    )


def test_there_is_a_security_contact_only_where_the_library_has_one(app: Flask, client: FlaskClient) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    app.config["SITE_CONTACT"] = "mailto:keeper@example.org"
    answer = client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer.mimetype == "text/plain" and fields["Contact"] == "mailto:keeper@example.org"
    ends = datetime.fromisoformat(fields["Expires"])
    assert datetime.now(UTC) + timedelta(days=30) < ends < datetime.now(UTC) + timedelta(days=365)
    assert fields["Canonical"] == "http://localhost/.well-known/security.txt"
