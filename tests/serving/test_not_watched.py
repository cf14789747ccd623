"""Readers are not watched: no cookie, nothing asked of another host, nothing of what they ask in any log."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.rebuilding import rebuild
from library import create_app
from library.catalogue.models import Document
from library.catalogue.source import CatalogueSource
from library.extensions import db
from library.finding.opened import index
from library.settings import SettingError
from library.starter import load
from tests.crawling import crawl, own

Maker = Callable[..., Document]
ONION = "http://" + "abcdefghijklmnopqrstuvwxyz234567" + "abcdefghijklmnopqrstuvwx" + ".onion"
FOREIGN = """![A picture elsewhere](https://tracker.example/pixel.gif)

<img src="//tracker.example/2.gif" srcset="https://tracker.example/3.gif 2x"> <video poster="https://tracker.example/4"></video>

A [link](https://elsewhere.example/) is a link. <a href="https://elsewhere.example/" ping="https://tracker.example/5">It</a>.

<style>@import "https://tracker.example/6.css"; p { background: url(https://tracker.example/7) }</style>
<p style="background: url(https://tracker.example/8)">Words about lanterns.</p>
<iframe src="https://tracker.example/9"></iframe><object data="https://tracker.example/10"></object>
<svg><image href="https://tracker.example/11"/><use href="https://tracker.example/12#a"/></svg>
<link rel="preconnect" href="https://tracker.example/13"><meta http-equiv="refresh" content="0; url=https://tracker.example/14">
"""
LOST = ("/no-such-page", "/documents/nothing/", "/search?q=zzzz", "/search?q=(((", "/api/v1/search?q=a", "/suggest?q=a",
        "/documents/?page=99", "/fr/", "/ar/", "/account/", "/curate/", "/healthz", "/feed.rss", "/search.atom?q=a",
        "/robots.txt", "/sitemap.xml", "/opensearch.xml", "/.well-known/security.txt", "/favicon.ico")  # fmt: skip


@pytest.fixture
def whole(app: Flask, piece: Maker) -> FlaskClient:
    """A reader before the starter library and a piece that would like to know of them."""
    app.config["WTF_CSRF_ENABLED"] = True
    load()
    piece(FOREIGN, title="Watching", kind="guidebook", authors=("Ada Example",), licence="CC-BY-4.0")
    rebuild(CatalogueSource(), Path(app.instance_path) / "index")
    db.session.rollback()
    index().refresh()
    return app.test_client()


@pytest.mark.slow
def test_a_walk_over_everything_sets_no_cookie_and_asks_nothing_of_another_host(whole: FlaskClient) -> None:
    pages = crawl(whole, ("/", *LOST))
    assert len(pages) > 150, "the walk reached too little to say anything"
    kinds = {page.response.mimetype for page in pages}
    assert kinds >= {"text/html", "text/css", "application/atom+xml", "application/feed+json", "text/markdown"}
    elsewhere = {(page.address, each) for page in pages for each in page.fetched if not own(each)}
    assert elsewhere == set()
    cookies = {page.address.partition("?")[0] for page in pages if "Set-Cookie" in page.response.headers}
    assert {re.sub(r"^http://localhost(/[a-z]{2})?/", "/", each) for each in cookies} <= {"/account/login"}
    leaks = {page.address for page in pages if page.response.headers.get("Referrer-Policy") != "no-referrer"}
    assert leaks == set()


def test_the_sign_in_page_gives_the_one_cookie_that_ends_with_the_browser(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    said = client.get("/account/login").headers.getlist("Set-Cookie")
    assert len(said) == 1 and "HttpOnly" in said[0] and "SameSite=Lax" in said[0]
    assert "Expires" not in said[0] and "Max-Age" not in said[0]
    for path in ("/", "/documents/", "/search?q=a", "/no-such-page"):
        assert "Set-Cookie" not in client.get(path).headers, path


def test_pages_name_their_address_on_the_onion_service(app: Flask, client: FlaskClient) -> None:
    assert "Onion-Location" not in client.get("/").headers
    app.config["ONION_URL"] = ONION
    for asked, path in [
        ("/", "/"),
        ("/search?q=two+words&topic=a%20b", "/search?q=two+words&topic=a%20b"),
        ("/no-such-page", "/no-such-page"),
        ("/documents/حرية/", "/documents/%D8%AD%D8%B1%D9%8A%D8%A9/"),
    ]:
        assert client.get(asked).headers["Onion-Location"] == ONION + path
    for other in ("/styles.css", "/feed.atom", "/api/v1/search?q=a", "/healthz"):
        assert "Onion-Location" not in client.get(other).headers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONION_URL", "http://short.onion"),
        ("ONION_URL", ONION + "/library"),
        ("ONION_URL", "https://library.example.org"),
        ("ONION_URL", ONION + "\r\nX-Evil: 1"),
        ("LEAVE_URL", "javascript:alert(1)"),
        ("LEAVE_URL", "weather.example.org"),
        ("LEAVE_URL", 'https://weather.example.org/"onclick="'),
    ],
)
def test_a_wrong_address_is_refused_at_the_start(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        create_app(tmp_path, **{name: value})


def test_leaving_is_off_until_an_address_is_set_and_then_on_every_page(app: Flask, client: FlaskClient) -> None:
    assert "ui-leave" not in client.get("/").text
    app.config["LEAVE_URL"] = "https://weather.example.org/today?at=home"
    for path in ("/", "/documents/", "/search?q=a", "/no-such-page", "/account/login"):
        page = client.get(path)
        link = re.search(r'<a class="ui-leave" href="([^"]+)" rel="noreferrer nofollow">Leave quickly</a>', page.text)
        assert link and link[1] == "https://weather.example.org/today?at=home", path
        assert "/static/js/leave.js" in page.text and "Esc pressed twice" in page.text or page.status_code == 503


def test_a_fault_is_noted_without_what_was_asked(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    @app.get("/crash/<word>")
    def crash(word: str) -> str:
        try:
            return str(int(word))
        except ValueError as error:
            raise LookupError(f"no such thing: {word}") from error

    app.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.DEBUG):
        assert app.test_client().get("/crash/sentinelword?q=sentinelword").status_code == 500
    assert "sentinelword" not in caplog.text
    assert "GET /crash/<word>" in caplog.text and "builtins.LookupError" in caplog.text
    assert "return str(int(word))" in caplog.text, "the lines of code are what one mends"
    caplog.clear()
    monkeypatch.setenv("LIBRARY_TRACEBACK", "1")
    app.test_client().get("/crash/sentinelword")
    assert "no such thing: sentinelword" in caplog.text


def test_an_error_of_the_database_does_not_repeat_the_question(app: Flask) -> None:
    with pytest.raises(Exception) as told:
        db.session.execute(db.text("SELECT nothing FROM nowhere WHERE a = :a"), {"a": "sentinelword"})
    assert "sentinelword" not in str(told.value)
