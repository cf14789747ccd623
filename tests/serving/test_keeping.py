"""Pages kept for readers without an account: never old, never a person's, never more than there is room for."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, request
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse, create_environ

from library import create_app
from library.access import accounts
from library.access.models import Role, User
from library.catalogue import documents, topics
from library.catalogue.models import Document
from library.catalogue.session import writing
from library.extensions import db
from library.serving.following import UNSEEN
from library.serving.generation import KEY, Generation
from library.serving.keeping import KEPT, Keeping
from library.serving.pages import Pages

PASSWORD = "lamps and lanterns"
GUIDE = "About light.\n\n## One\n\nWords.\n\n### Deeper\n\nMore.\n\n## Two\n\nOther words.\n"


@pytest.fixture
def app(instance: Path) -> Iterator[Flask]:
    """An application that keeps pages."""
    application = create_app(instance, TESTING=True, WTF_CSRF_ENABLED=False, SITE_URL="http://localhost")
    with application.app_context():
        db.create_all()
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def rendered(app: Flask) -> list[str]:
    """The paths that the application was asked for, in order."""
    paths: list[str] = []

    @app.before_request
    def noted() -> None:
        paths.append(request.path)

    return paths


def kept(app: Flask) -> Keeping:
    layer = app.wsgi_app
    assert isinstance(layer, Keeping)
    return layer


Maker = Callable[..., Document]


def test_a_page_is_rendered_once(client: FlaskClient, piece: Maker, rendered: list[str]) -> None:
    piece(GUIDE, title="Lanterns", kind="guidebook")
    for path in ("/", "/documents/", "/documents/lanterns/", "/documents/lanterns/one/", "/feed.atom", "/styles.css"):
        first, again = client.get(path), client.get(path)
        assert first.status_code == 200 and rendered.count(path) == 1
        assert (again.data, list(again.headers)) == (first.data, list(first.headers))
        assert client.head(path).headers["Content-Length"] == str(len(first.data)) and rendered.count(path) == 1
        tag = first.headers["ETag"]
        assert not tag.startswith("W/")
        known = client.get(path, headers={"If-None-Match": f'"other", {tag}'})
        assert known.status_code == 304 and not known.data and rendered.count(path) == 1


def test_codings_and_languages_have_pages_of_their_own(client: FlaskClient, piece: Maker, rendered: list[str]) -> None:
    piece()
    tags = set()
    for accepts, coding in (("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("", None)):
        page = client.get("/", headers={"Accept-Encoding": accepts})
        assert page.headers.get("Content-Encoding") == coding
        tags.add(page.headers["ETag"])
    assert len(tags) == 3 and rendered == ["/"] * 3
    client.get("/", headers={"Accept-Language": "zz, en"})
    assert rendered == ["/"] * 3, "the language that the page is in anyway makes no other page"


def test_nothing_that_changes_leaves_an_old_page(app: Flask, client: FlaskClient, piece: Maker) -> None:
    lantern = piece("Light.", title="Lanterns")

    def told() -> str:
        return client.get("/documents/").text

    assert "Lanterns" in told() and "Candles" not in told()
    draft = piece("Wax.", title="Candles", publish=False)
    assert "Candles" not in told()
    documents.publish(draft, by=None)
    assert "Candles" in told() and client.get("/documents/candles/").status_code == 200
    documents.withdraw(draft, "It was wrong.", by=None)
    assert "Candles" not in told() and client.get("/documents/candles/").status_code == 410
    documents.curate(lantern, access="members")
    assert "Lanterns" not in told() and client.get("/documents/lanterns/").status_code == 404


def test_another_process_is_heard_of(app: Flask, client: FlaskClient, piece: Maker, instance: Path) -> None:
    topics.create("light", {"en": "Light"})
    piece(topics=["light"])
    assert "Light" in client.get("/topics/").text
    other = create_app(instance, TESTING=True, SITE_URL="http://localhost")
    with other.app_context():
        same = topics.by_slug("light")
        assert same is not None
        topics.change(same, names={"en": "Illumination"}, synonyms={}, descriptions={}, parent=None)
        db.session.remove()
        db.engine.dispose()
    db.session.rollback()
    assert "Illumination" in client.get("/topics/").text


def test_two_workers_never_show_what_was_before(app: Flask, piece: Maker, instance: Path) -> None:
    other = create_app(instance, TESTING=True, SITE_URL="http://localhost")
    workers = [app.test_client(), other.test_client()]
    for number in range(5):
        piece(title=f"Number {number}")
        db.session.rollback()
        for worker in workers * 2:
            assert f"Number {number}" in worker.get("/documents/").text
    with other.app_context():
        db.engine.dispose()


def test_a_page_rendered_while_something_changed_is_not_kept(
    app: Flask, client: FlaskClient, rendered: list[str]
) -> None:
    generation: Generation = app.extensions[KEY]
    begun: list[int] = []

    @app.after_request
    def change_while_rendering(response: Any) -> Any:
        if request.path == "/topics/" and not begun:
            begun.append(1)
            generation.bump()
        return response

    with generation.changing():
        client.get("/about/")
        client.get("/about/")
    assert rendered == ["/about/"] * 2
    client.get("/about/"), client.get("/about/")
    assert len(rendered) == 3
    client.get("/topics/")
    client.get("/topics/")
    assert rendered.count("/topics/") == 2


def test_a_person_gets_no_kept_page_and_leaves_none(app: Flask, client: FlaskClient, piece: Maker) -> None:
    accounts.create("cora@example.org", Role.MEMBER, "Cora", PASSWORD)
    documents.curate(piece(title="For members"), access="members")
    assert "For members" not in client.get("/documents/").text
    person = app.test_client()
    person.post("/account/login", data={"email": "cora@example.org", "password": PASSWORD})
    mine = person.get("/documents/")
    assert "For members" in mine.text and "Cora" in mine.text and "no-store" in mine.headers["Cache-Control"]
    g.pop("_login_user")  # the context that the tests share remembers who asked last
    for_all = client.get("/documents/")
    assert "For members" not in for_all.text and "Cora" not in for_all.text and "Set-Cookie" not in for_all.headers
    assert client.get("/documents/for-members/").status_code == 404


def test_words_of_readers_are_not_kept(app: Flask, client: FlaskClient, piece: Maker) -> None:
    piece(title="Lanterns")
    for path in (
        "/search?q=sentinel", "/suggest?q=sentinel", "/search.atom?q=sentinel", "/documents/lanterns/?hl=sentinel",
        "/documents/?author=sentinel", "/?sentinel", "/documents/?page=1&x=sentinel", "/styles.css?v=sentinel",
        "/api/v1/search?q=sentinel", "/no/sentinel", "/account/login?next=/sentinel",
    ):  # fmt: skip
        client.get(path), client.head(path)
    client.post("/search", data={"q": "sentinel"})
    client.get("/", headers={"User-Agent": "sentinel", "X-Sentinel": "sentinel"})
    held = kept(app).pages._held
    assert held and not [key for key in held if "sentinel" in str(key)]
    assert not [key for key, page in held.items() if b"sentinel" in page.body]


def test_errors_and_parts_are_not_kept(app: Flask, client: FlaskClient, piece: Maker) -> None:
    client.get("/documents/nothing/"), client.get("/topics/nothing/"), client.get("/documents/?page=99")
    client.get("/styles.css", headers={"Range": "bytes=0-3"})
    assert len(kept(app).pages) == 0


def test_what_is_kept_is_bounded(instance: Path, app: Flask, piece: Maker) -> None:
    piece("x " * 200_000, title="Long")
    for number in range(30):
        piece(f"Some words about {number}. " * 30, title=f"Piece {number}", kind="article")
    small = create_app(instance, TESTING=True, SITE_URL="http://localhost", PAGE_CACHE_MB=1)
    client = small.test_client()
    pages = kept(small).pages
    for number in range(30):
        for ext in ("", f"piece-{number}.md", f"piece-{number}.json", f"piece-{number}.txt"):
            assert client.get(f"/documents/piece-{number}/{ext}").status_code == 200
            assert pages.used <= pages.room
    before = len(pages)
    assert client.get("/documents/long/").status_code == 200
    assert len(pages) == before, "one page does not take the others' room"
    assert pages.used == sum(page.size for page in pages._held.values())
    with small.app_context():
        db.engine.dispose()


def test_a_kept_page_is_the_page(app: Flask, piece: Maker, instance: Path) -> None:
    """From the cache and without it: the same status, headers and bytes."""
    piece(GUIDE, title="Lanterns", kind="guidebook", authors=["Ann"], countries=["FR"])
    topics.create("light", {"en": "Light"})
    piece(title="Article", topics=["light"])
    plain = create_app(instance, TESTING=True, SITE_URL="http://localhost", PAGE_CACHE_MB=0)
    paths = [
        "/", "/documents/", "/documents/?page=1", "/documents/lanterns/", "/documents/lanterns/one/", "/topics/",
        "/documents/lanterns/lanterns.md", "/documents/lanterns/lanterns.json", "/documents/lanterns/revisions/1/",
        "/topics/light/", "/topics/light/feed.rss", "/feed.json", "/countries/FR/", "/about/", "/opensearch.xml",
        "/styles.css", "/static/icon.svg", "/documents/none/", "/documents/lanterns", "/countries/fr/",
    ]  # fmt: skip
    asked: list[dict[str, str]] = [
        {}, {"Accept-Encoding": "gzip, deflate, br"}, {"Accept-Encoding": "gzip"}, {"Accept-Language": "fr-FR, en;q=0.5"},
    ]  # fmt: skip

    def seen(answer: TestResponse) -> tuple[int, dict[str, str], bytes]:
        # The one header that tells of the moment of the answer.
        headers = {name: value for name, value in answer.headers if name not in ("Date",)}
        return answer.status_code, headers, answer.data

    with plain.app_context():
        for path in paths:
            for headers in asked:
                wanted = seen(plain.test_client().get(path, headers=headers))
                for _ in range(2):
                    assert seen(app.test_client().get(path, headers=headers)) == wanted, (path, headers)
        db.engine.dispose()


def test_no_kept_page_shows_what_is_not_followed(app: Flask, client: FlaskClient, piece: Maker) -> None:
    """Tables whose changes leave the pages as they are must not be read for them."""
    piece(GUIDE, title="Lanterns", kind="guidebook")
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_: said.append(statement))
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    assert set(KEPT) <= set(rules), "an endpoint of KEPT does not exist"
    for path in ("/", "/documents/", "/documents/lanterns/", "/documents/lanterns/one/", "/topics/", "/about/",
                 "/feed.atom", "/documents/lanterns/lanterns.json", "/documents/lanterns/revisions/1/"):  # fmt: skip
        assert client.get(path).status_code == 200
    read = {table for statement in said for table in re.findall(r"(?:FROM|JOIN) (\w+)", statement)}
    assert "documents" in read and not read & UNSEEN


def test_work_that_nobody_sees_leaves_the_pages(app: Flask, client: FlaskClient, rendered: list[str]) -> None:
    from library.access.models import LoginAttempt

    client.get("/")
    client.post("/account/login", data={"email": "nobody@example.org", "password": "wrong and long"})
    with writing():
        db.session.query(LoginAttempt).delete()
    client.get("/")
    assert rendered.count("/") == 1
    db.session.add(User(email="a@example.org", name="A", role=Role.MEMBER))
    db.session.commit()
    client.get("/")
    assert rendered.count("/") == 2


def test_pages_are_made_one_after_another_and_files_between_them(instance: Path) -> None:
    at_once, most, between = [0], [0], threading.Event()

    def slow(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"].endswith("/"):
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
            assert between.wait(5)
            at_once[0] -= 1
        else:
            between.set()
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    layer = Keeping(slow, Generation(instance), Pages(1_000_000), "en")

    def ask(path: str) -> None:
        list(layer(create_environ(path), lambda *_: lambda _data: None))

    pages = [threading.Thread(target=ask, args=(f"/{name}/",)) for name in "ab"]
    for page in pages:
        page.start()
    ask("/file.pdf")
    for page in pages:
        page.join(5)
    assert (most[0], at_once[0]) == (1, 0)
