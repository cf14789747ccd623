"""What every answer carries, and what the health pages tell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from indexer.rebuilding import rebuild
from library.catalogue.models import Document
from library.catalogue.source import CatalogueSource
from library.extensions import db
from library.finding.opened import index
from library.serving import urls

Maker = Callable[..., Document]


@pytest.mark.parametrize("path", ["/", "/documents/", "/no-such-page", "/static/icon.svg", "/feed.atom", "/healthz"])
def test_every_answer_has_a_strict_policy(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
    assert "Strict-Transport-Security" not in headers and "Set-Cookie" not in headers


def test_policies_of_pages_are_not_sent_with_their_styles_and_scripts(client: FlaskClient) -> None:
    assert "camera=()" in client.get("/").headers["Permissions-Policy"]
    for path in ("/styles.css", "/static/js/keys.js"):
        headers = client.get(path).headers
        assert not {"Content-Security-Policy", "Permissions-Policy"} & set(headers.keys())
        assert (
            headers["Cross-Origin-Resource-Policy"] == "same-origin" and headers["X-Content-Type-Options"] == "nosniff"
        )


def test_a_library_on_https_says_so(app: Flask, client: FlaskClient) -> None:
    app.config["SITE_URL"] = "https://library.example.org/"
    assert "Strict-Transport-Security" in client.get("/").headers
    assert urls.absolute("/feed.atom") == "https://library.example.org/feed.atom"


def test_a_made_up_host_comes_back_nowhere(client: FlaskClient, piece: Maker) -> None:
    piece()
    for path in ("/", "/feed.atom", "/sitemap.xml", "/opensearch.xml"):
        assert "evil.example" not in client.get(path, headers={"Host": "evil.example"}).text


def test_a_page_is_asked_for_again_by_its_etag(client: FlaskClient, piece: Maker) -> None:
    piece(title="One")
    first = client.get("/documents/one/")
    again = client.get("/documents/one/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"") and first.headers["Cache-Control"] == "no-cache"
    piece(title="Two")
    front = client.get("/").headers["ETag"]
    piece(title="Three")
    assert client.get("/", headers={"If-None-Match": front}).status_code == 200


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_text_is_compressed_for_those_who_ask_and_has_an_etag_of_its_own(client: FlaskClient, coding: str) -> None:
    plain, packed = client.get("/styles.css"), client.get("/styles.css", headers={"Accept-Encoding": coding})
    assert packed.headers["Content-Encoding"] == coding and len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]
    again = client.get("/styles.css", headers={"Accept-Encoding": coding, "If-None-Match": packed.headers["ETag"]})
    assert again.status_code == 304


def test_ready_means_database_and_index(app: Flask, client: FlaskClient, piece: Maker) -> None:
    before = client.get("/readyz")
    assert before.status_code == 503 and not before.json["index"]["ready"]
    assert "indexer rebuild" in before.json["index"]["reason"]
    piece(title="Lanterns")
    rebuild(CatalogueSource(), Path(app.instance_path) / "index")
    index().refresh()
    after = client.get("/readyz")
    assert (after.status_code, after.json["ready"]) == (200, True)
    db.session.execute(text("ALTER TABLE documents RENAME TO gone"))
    db.session.commit()
    broken = client.get("/readyz")
    assert broken.status_code == 503 and "library init" in broken.json["database"]["reason"]
    assert client.get("/healthz").status_code == 200


def test_figures_are_for_this_machine_only(app: Flask, client: FlaskClient, piece: Maker) -> None:
    piece(), piece(publish=False)
    said = client.get("/metrics").text
    assert 'library_documents{status="published"} 1' in said and 'library_documents{status="draft"} 1' in said
    assert "library_index_lag 1" in said
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 403
    app.config["METRICS_PUBLIC"] = True
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 200
