"""Pages for what goes wrong; styles and their addresses."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from library.access.models import Role, User
from library.settings import asset_folder
from tests.reading.test_pieces import page


@pytest.fixture
def failing(app: Flask) -> Flask:
    """The application with a page for every way to fail."""

    def fail(code: int) -> str:
        abort(code)

    def crash() -> str:
        raise RuntimeError("a fault that nobody expected")

    app.add_url_rule("/fail/<int:code>", "fail", fail)
    app.add_url_rule("/api/fail/<int:code>", "api_fail", fail)
    app.add_url_rule("/crash", "crash", crash)
    return app


@pytest.mark.parametrize("code", [400, 403, 404, 405, 410, 413, 415, 429, 500, 502, 503])
def test_every_error_has_a_page_with_a_heading(failing: Flask, client: FlaskClient, code: int) -> None:
    wrong = page(client, f"/fail/{code}", code)
    assert len(wrong.xpath("//h1")) == 1
    assert wrong.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_unknown_page_has_a_search_box(client: FlaskClient) -> None:
    assert page(client, "/nowhere", 404).xpath("//main//form[@role='search']//input[@name='q']")


def test_fault_shows_a_page_that_asks_nothing_of_the_database(failing: Flask) -> None:
    failing.config["PROPAGATE_EXCEPTIONS"] = False
    wrong = page(failing.test_client(), "/crash", 500)
    assert "Something went wrong" in wrong.text_content()
    assert "nobody expected" not in wrong.text_content()


@pytest.mark.parametrize("code", [404, 410, 500])
def test_api_answers_errors_in_json(failing: Flask, client: FlaskClient, code: int) -> None:
    response = client.get(f"/api/fail/{code}")
    assert response.status_code == code
    assert response.mimetype == "application/problem+json"
    assert response.get_json(force=True)["status"] == code


def test_signed_in_person_finds_desk_and_the_way_out(
    person: Callable[..., User], reader: Callable[[User], FlaskClient]
) -> None:
    home = page(reader(person(Role.CURATOR)), "/")
    assert home.xpath("//nav[@aria-label='Your work']//a[.='Desk']")
    assert home.xpath("//form[@method='post']//input[@name='csrf_token']/@value")
    assert not page(reader(person(Role.MEMBER)), "/").xpath("//a[.='Desk']")


def test_styles_are_one_file_kept_for_ever_under_its_version(client: FlaskClient) -> None:
    address = str(page(client, "/").xpath("//link[@rel='stylesheet']/@href")[0])
    assert re.fullmatch(r"/styles\.css\?v=[0-9a-f]{10}", address)
    response = client.get(address)
    assert response.mimetype == "text/css"
    assert "immutable" in response.headers["Cache-Control"]
    assert response.text.startswith("@layer")
    assert len(gzip.compress(response.data)) < 10_000
    assert response.text.count("{") == response.text.count("}")
    assert client.get("/styles.css").headers["Cache-Control"] == "no-cache"
    again = client.get(address, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_styles_and_scripts_are_small_at_the_addresses_of_their_versions(client: FlaskClient) -> None:
    for path in ("/styles.css", "/static/css/reading.css", "/static/js/reading.js"):
        plain = client.get(path, headers={"Accept-Encoding": ""})
        whole = client.get(path, query_string={"v": "0" * 10}, headers={"Accept-Encoding": ""})
        packed = client.get(path, query_string={"v": "0" * 10}, headers={"Accept-Encoding": "br"})
        assert packed.headers["Content-Encoding"] == "br" and "Accept-Encoding" in packed.headers["Vary"]
        assert brotli.decompress(packed.data) == whole.data and whole.headers["ETag"] != packed.headers["ETag"]
        assert "immutable" in packed.headers["Cache-Control"] and packed.mimetype == plain.mimetype
        assert len(packed.data) < len(whole.data) / 2 <= len(plain.data) / 2
        again = client.get(
            path,
            query_string={"v": "0" * 10},
            headers={"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "br"},
        )
        assert (again.status_code, again.data) == (304, b"")
    assert client.get("/static/css/../../pyproject.toml?v=1").status_code == 404
    assert client.get("/static/css/none.css?v=1").status_code == 404
    assert client.get("/static/icon.svg?v=1", headers={"Accept-Encoding": "br"}).mimetype == "image/svg+xml"


def test_static_addresses_carry_a_version(client: FlaskClient) -> None:
    address = str(page(client, "/").xpath("//link[@rel='icon']/@href")[0])
    assert re.fullmatch(r"/static/icon\.svg\?v=[0-9a-f]{10}", address)
    response = client.get(address)
    assert "immutable" in response.headers["Cache-Control"]
    response.close()


def test_no_colour_is_named_outside_the_tokens_but_the_heros() -> None:
    for layer in ("base", "parts", "layout"):
        text = (Path(asset_folder("static")) / "css" / f"{layer}.css").read_text()
        rules = [rule for rule in re.findall(r"[^{}]*\{[^{}]*\}", text) if re.search(r"#[0-9a-f]{3,8}\b", rule)]
        assert all("hero" in rule for rule in rules), rules
