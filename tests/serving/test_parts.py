"""Parts of pages and what pages are made of: written and read once for a generation, and never shown when they are old."""

from __future__ import annotations

import gc
import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from markupsafe import Markup, escape
from sqlalchemy import event

from library import templating
from library.access.models import Role, User
from library.catalogue import documents
from library.catalogue.models import Document
from library.extensions import db

GUIDE = "About light.\n\n## One\n\nWords of light.\n\n## Two\n\nOther words.\n"
Maker = Callable[..., Document]


@pytest.fixture
def counted(app: Flask) -> Callable[[str], str]:
    """Shows a page with one kept part that says how often it was written; given is the address's beginning."""
    numbers = itertools.count(1)
    app.add_url_rule("/part/", view_func=lambda: render_template_string(PART, again=lambda: next(numbers)))

    def page(prefix: str = "") -> str:
        with app.app_context():  # of its own, as every request to a served library has: it holds the language
            return app.test_client().get(f"{prefix}/part/").text

    return page


PART = "{% kept 'part', 'of a page' %}<p>{{ again() }} {{ _('Search') }}</p>{% endkept %}"


def test_a_part_is_written_once_until_something_changes(counted: Callable[..., str], piece: Maker) -> None:
    assert counted() == counted() == "<p>1 Search</p>"
    piece()
    assert counted() == "<p>2 Search</p>"


def test_a_part_is_written_for_each_language(counted: Callable[..., str]) -> None:
    assert counted() == "<p>1 Search</p>"
    assert counted("/fr") == counted("/fr") == "<p>2 Rechercher</p>"
    assert counted() == "<p>1 Search</p>"


def test_a_part_with_another_key_is_another_part(app: Flask) -> None:
    page = "{% kept 'part', number %}{{ number }}{% endkept %}"
    app.add_url_rule("/<int:number>/", view_func=lambda number: render_template_string(page, number=number))
    browser = app.test_client()
    assert [browser.get(f"/{number}/").text for number in (1, 2, 1)] == ["1", "2", "1"]


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    """The statements that the database was given."""
    statements: list[str] = []

    def noted(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", noted)
    yield statements
    event.remove(db.engine, "before_cursor_execute", noted)


def test_a_chapter_shown_before_is_asked_for_its_text_alone(
    client: FlaskClient, piece: Maker, asked: list[str]
) -> None:
    piece(GUIDE, title="Lanterns", kind="guidebook")
    client.get("/documents/lanterns/one/")
    asked.clear()
    assert "<mark>light</mark>" in client.get("/documents/lanterns/one/?hl=light").text
    assert len(asked) == 1 and "sections.html" in asked[0]


def test_results_shown_before_need_no_database(
    client: FlaskClient, piece: Maker, indexed: Callable[[], None], asked: list[str]
) -> None:
    piece(GUIDE, title="Lanterns", kind="guidebook")
    indexed()
    assert "Lanterns" in client.get("/search?q=light").text
    asked.clear()
    assert "Lanterns" in client.get("/search?q=of+light").text
    assert not asked


def test_what_was_shown_changes_with_the_piece(client: FlaskClient, piece: Maker, indexed: Callable[[], None]) -> None:
    guide = piece(GUIDE, title="Lanterns", kind="guidebook")
    indexed()
    assert client.get("/documents/lanterns/one/").status_code == 200
    documents.move(guide, "lamps")
    assert client.get("/documents/lanterns/one/").headers["Location"].endswith("/documents/lamps/one/")
    documents.curate(guide, access="members")
    assert client.get("/documents/lamps/one/").status_code == 404
    assert "Lanterns" not in client.get("/search?q=light").text
    documents.curate(guide, access="public")
    documents.withdraw(guide, "Out of date.")
    assert client.get("/documents/lamps/one/").status_code == 410


def test_a_curator_who_reads_a_kept_piece_sees_the_way_to_the_desk(
    app: Flask, client: FlaskClient, piece: Maker, person: Callable[..., User]
) -> None:
    piece(GUIDE, title="Lanterns", kind="guidebook")
    assert "/curate/" not in client.get("/documents/lanterns/one/").text
    curator = person(Role.CURATOR)
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"], session["_fresh"] = curator.get_id(), True
    with app.app_context():
        assert "/curate/" in browser.get("/documents/lanterns/one/").text


class _Html:
    def __html__(self) -> str:
        return "<b>&amp;</b>"


@pytest.mark.parametrize(
    "value", ["", "plain words", "a < b & c > d", "\"quoted\" 'twice'", Markup("<i>i</i>"), 7, 1.5, None, _Html()]
)
def test_values_are_escaped_as_jinja_does_it(value: object) -> None:
    assert str(templating.written(value)) == str(escape(value))


def test_values_within_messages_are_escaped(app: Flask) -> None:
    with app.test_request_context("/"):
        said = templating.gettext("Did you mean “%(words)s”?", words="<b>")
        assert said == "Did you mean “&lt;b&gt;”?" and isinstance(said, Markup)
        assert templating.ngettext("%(num)d place", "%(num)d places", 1) == "1 place"


def test_nothing_that_was_typed_into_a_search_is_remembered(
    client: FlaskClient, piece: Maker, indexed: Callable[[], None]
) -> None:
    piece(GUIDE, title="Lanterns", kind="guidebook", language="fr", countries=["KE"])
    indexed()
    typed = "unmistakablewords"
    for key in ("q", "topic", "kind", "lang", "country", "author", "year", "reading"):
        assert client.get("/search", query_string={key: typed, "sort": "newest"}).status_code == 200
    gc.collect()
    held = [one for one in gc.get_objects() if type(one) in (tuple, dict, list, OrderedDict) and _holds(one, typed)]
    assert not held, held[:3]


def _holds(container: Any, typed: str) -> bool:
    items = (*container.keys(), *container.values()) if isinstance(container, dict) else container
    return any(type(item) is str and typed in item.lower() for item in items)
