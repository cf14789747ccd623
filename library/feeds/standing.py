"""Files that programs look for at fixed places: sitemap, robots.txt, security.txt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Response, abort, current_app, request, url_for

from library.feeds import sitemap
from library.feeds.entries import beginning, last_touched
from library.feeds.views import bp, conditional
from library.feeds.xml import rfc3339
from library.serving.urls import absolute

XML = "application/xml"
STAYS_OUT = (
    "/search", "/suggest", "/api/", "/account/", "/curate/", "/documents/collection.", "/documents/*/find",
    "/documents/*/pages/", "/documents/*/changes/",
)  # fmt: skip
SECURITY_DAYS = 180  # RFC 9116 wants less than a year


@bp.get("/sitemap.xml")
def sitemap_whole() -> Response:
    """Every page; a list of files where one file cannot hold them."""
    found = sitemap.pages()
    count = sitemap.parts(found)
    return conditional(sitemap.write(found) if count == 1 else sitemap.write_index(count), XML, _touched())


@bp.get("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> Response:
    """One file of a sitemap that has several."""
    found = sitemap.pages()
    if not 1 <= number <= sitemap.parts(found):
        abort(404)
    return conditional(sitemap.write(found[(number - 1) * sitemap.MOST :]), XML, _touched())


@bp.get("/robots.txt")
def robots() -> Response:
    """What crawlers are asked to leave alone: pages made anew for every question, and the desk."""
    lines = [
        "User-agent: *",
        "Allow: /search$",  # the page before any question
        *(f"Disallow: {path}" for path in STAYS_OUT),
        "",
        f"Sitemap: {absolute(url_for('feeds.sitemap_whole'))}",
    ]
    return _plain(lines)


@bp.get("/.well-known/security.txt")
def security() -> Response:
    """Whom to tell about a weakness (RFC 9116); there only where the library has a contact."""
    contact = current_app.config["SITE_CONTACT"]
    if not contact:
        abort(404)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return _plain(
        [
            f"Contact: {contact}",
            f"Expires: {rfc3339(today + timedelta(days=SECURITY_DAYS))}",
            f"Preferred-Languages: {current_app.config['SITE_LANGUAGE']}",
            f"Canonical: {absolute(url_for('feeds.security'))}",
        ]
    )


def _plain(lines: list[str]) -> Response:
    response = Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def _touched() -> datetime:
    return last_touched() or beginning()
