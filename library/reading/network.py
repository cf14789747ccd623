"""The network's own pages: documents of kind `page`, at `/about/`."""

from __future__ import annotations

from flask import abort, redirect, render_template, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from library.access.policy import may_see
from library.catalogue import listing
from library.catalogue.models import Document, Kind
from library.interface import spoken
from library.reading import glossaries
from library.reading.access import open_piece
from library.reading.blueprint import bp
from library.reading.chapters import contents, text
from library.reading.typesetting import typeset
from library.serving.urls import absolute

FIRST = "about"  # the page that stands at /about/ itself


@bp.get("/about/")
def about() -> str:
    """The page about the network; a bare list of its pages where nobody wrote one."""
    pages = _pages()
    first = next((page for page in pages if is_first(page)), None)
    if first is None:
        about = absolute(url_for("reading.about"))
        return render_template("reading/network.html", document=None, pages=pages, is_first=is_first, canonical=about)
    return _page(first, pages)


@bp.get("/about/<slug>/")
def page(slug: str) -> str | Response:
    """Another of the network's pages."""
    if slug == FIRST:
        return redirect(url_for("reading.about"), 301)
    document = open_piece(slug, current_user)
    if document.shown.kind != Kind.PAGE:
        abort(404)
    return _page(document, _pages())


def address(document: Document) -> str:
    """Lasting path of one of the network's pages, which shows it whatever the interface speaks."""
    return url_for("reading.about") if document.slug == FIRST else url_for("reading.page", slug=document.slug)


def is_first(document: Document) -> bool:
    """Whether it is the page that stands at /about/, or that page in another language."""
    return FIRST in (document.slug, document.translation_of.slug if document.translation_of else "")


def first_page() -> Document | None:
    """What the network says of itself, in the language of the interface where it has been translated."""
    return next((page for page in _pages() if is_first(page)), None)


def _pages() -> list[Document]:
    return [page for page in listing.pages_of_network(spoken()) if may_see(current_user, page)]


def _page(document: Document, pages: list[Document]) -> str:
    revision = document.shown
    html = typeset(text(revision), glossaries.of(document, revision, current_user), revision.language, None)
    return render_template(
        "reading/network.html",
        document=document,
        revision=revision,
        contents=contents(revision),
        text=Markup(html),  # noqa: S704  what the catalogue keeps is safe HTML
        pages=pages,
        is_first=is_first,
        canonical=absolute(address(document)),
    )
