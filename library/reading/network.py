"""The network's own pages: documents of kind `page`, at `/about/`."""

from __future__ import annotations

from flask import abort, redirect, render_template, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from library.access.policy import may_see
from library.catalogue import listing
from library.catalogue.models import Document, Kind
from library.reading import glossaries
from library.reading.access import open_piece
from library.reading.blueprint import bp
from library.reading.chapters import contents, sections
from library.reading.typesetting import typeset
from library.serving.urls import absolute

FIRST = "about"  # the page that stands at /about/ itself


@bp.get("/about/")
def about() -> str:
    """The page about the network; a bare list of its pages where nobody wrote one."""
    pages = _pages()
    first = next((page for page in pages if page.slug == FIRST), None)
    if first is None:
        return render_template("reading/network.html", document=None, pages=pages, canonical=absolute("/about/"))
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
    """Path of one of the network's pages."""
    return url_for("reading.about") if document.slug == FIRST else url_for("reading.page", slug=document.slug)


def _pages() -> list[Document]:
    return [document for document in listing.pages_of_network() if may_see(current_user, document)]


def _page(document: Document, pages: list[Document]) -> str:
    revision = document.shown
    html = "\n".join(section.html for section in sections(revision))
    text = typeset(html, glossaries.of(document, revision, current_user), revision.language, None)
    return render_template(
        "reading/network.html",
        document=document,
        revision=revision,
        contents=contents(revision),
        text=Markup(text),  # noqa: S704  what the catalogue keeps is safe HTML
        pages=pages,
        address=address,
        canonical=absolute(address(document)),
    )
