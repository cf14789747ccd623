"""Pages that list pieces: home, shelf, topics, countries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel import Locale
from flask import abort, current_app, redirect, render_template, send_from_directory, url_for
from flask import request as asked
from flask_login import current_user
from werkzeug.wrappers import Response

from library.access.policy import visible_to
from library.catalogue import listing, topics
from library.catalogue.listing import Shelf
from library.reading import filters, network
from library.reading.blueprint import bp, page_number
from library.serving.urls import canonical

ON_HOME = 12  # fills rows of two, three and four
_NO_COUNTRY = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})  # what Unicode's list of territories has besides


@bp.get("/")
def home() -> str:
    """Who we are, a search box, the topics, what is featured and new; from the second page on, more of that alone."""
    number = page_number()
    page = listing.shelf(Shelf(access=visible_to(current_user), sort="featured"), number, ON_HOME)
    if number > page.pages:
        abort(404)
    return render_template(
        "reading/home.html",
        page=page,
        shown=(number - 1) * ON_HOME + len(page.documents),
        topics=topics.roots() if number == 1 else [],
        counts=topics.counts() if number == 1 else {},
        about=network.first_page() if number == 1 else None,
        builder=lambda n: _paged("reading.home", n),
        canonical=canonical(_paged("reading.home", number)),
    )


@bp.get("/documents/")
def shelf() -> str:
    """Every piece, narrowed by filters that the address carries."""
    wanted = filters.from_address(asked.args, visible_to(current_user))
    number = page_number()
    page = listing.shelf(wanted, number, current_app.config["PAGE_SIZE"], facets=True)
    if number > page.pages:
        abort(404)
    return render_template(
        "reading/shelf.html",
        page=page,
        groups=filters.groups(wanted, page.facets),
        chips=filters.chips(wanted),
        sorts=filters.sorts(wanted),
        builder=lambda n: filters.address(wanted, n),
        canonical=canonical(filters.address(wanted, number)),
    )


@bp.get("/topics/", endpoint="topics")
def all_topics() -> str:
    """The tree of topics."""
    return render_template(
        "reading/topics.html",
        roots=topics.roots(),
        counts=topics.counts(),
        canonical=canonical(url_for("reading.topics")),
    )


@bp.get("/topics/<slug>/")
def topic(slug: str) -> str:
    """One topic: what it is, what is below it, its pieces and feeds."""
    found = topics.by_slug(slug)
    if found is None:
        abort(404)
    number = page_number()
    size = current_app.config["PAGE_SIZE"]
    page = listing.shelf(Shelf(topic=(slug,), access=visible_to(current_user)), number, size)
    if number > page.pages:
        abort(404)
    return render_template(
        "reading/topic.html",
        topic=found,
        above=topics.ancestors(found)[::-1],
        counts=topics.counts(),
        page=page,
        builder=lambda n: _paged("reading.topic", n, slug=slug),
        canonical=canonical(_paged("reading.topic", number, slug=slug)),
    )


@bp.get("/countries/<code>/")
def country(code: str) -> str | Response:
    """Pieces about a country."""
    if code != code.upper():
        return redirect(url_for("reading.country", code=code.upper()), 301)
    number = page_number()
    page = listing.shelf(
        Shelf(country=(code,), access=visible_to(current_user)), number, current_app.config["PAGE_SIZE"]
    )
    known = code.isalpha() and len(code) == 2 and code not in _NO_COUNTRY and code in Locale("en").territories
    if number > page.pages or not (known or page.total):
        abort(404)
    return render_template(
        "reading/country.html",
        code=code,
        page=page,
        builder=lambda n: _paged("reading.country", n, code=code),
        canonical=canonical(_paged("reading.country", number, code=code)),
    )


@bp.get("/logo")
def logo() -> Response:
    """The picture beside the library's name, where the instance has its own."""
    name = Path(current_app.config["SITE_LOGO"])
    if name.suffix.lower() not in (".svg", ".png"):
        abort(404)
    response = send_from_directory(current_app.instance_path, str(name), max_age=3600)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _paged(endpoint: str, number: int, **values: Any) -> str:
    return url_for(endpoint, **values) if number == 1 else url_for(endpoint, page=number, **values)
