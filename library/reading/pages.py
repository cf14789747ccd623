"""A page of a PDF's original beside its text, for who may have the original."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from flask import abort, current_app, render_template, send_file
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import func, select
from werkzeug.exceptions import Forbidden, NotFound, ServiceUnavailable
from werkzeug.wrappers import Response

from library.catalogue.models import Document, Revision, Section, StoredFile
from library.extensions import db
from library.ingest import page_pictures
from library.ingest.page_pictures import PDF, WIDTHS, Busy, NoPicture, PagePicture
from library.reading.access import open_piece
from library.reading.blueprint import bp
from library.reading.forms import path
from library.reading.originals import ask
from library.serving.urls import absolute

_HREF = re.compile(r'href="([^"]*)"')
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


def original_pdf(document: Document, person: Any) -> StoredFile | None:
    """The PDF that `person` gets of the original; None where it is withheld, not cleaned yet, or no PDF."""
    try:
        given = ask(document, person, current_app.config["ORIGINALS"])
    except (Forbidden, NotFound):
        return None
    return given.file if given.file.media_type == PDF else None


@bp.get("/documents/<slug>/pages/<int:number>/")
def original_page(slug: str, number: int) -> str:
    """A page of the original as a picture, its text beside it."""
    piece, file = _opened(slug)
    revision = piece.shown
    pages = _pages(revision)
    if not 1 <= number <= pages:
        abort(404)
    picture, reason = _picture(file, number)
    sections = _sections(revision, number)
    return render_template(
        "reading/page.html",
        document=piece,
        revision=revision,
        number=number,
        pages=pages,
        picture=picture,
        widths=WIDTHS,
        reason=reason,
        sections=[_html(piece, section) for section in sections],
        place=_place(piece, sections, number),
        canonical=absolute(path(piece)),
    )


@bp.get("/documents/<slug>/pages/<int:number>/<int:width>.webp")
def page_picture(slug: str, number: int, width: int) -> Response:
    """The picture of a page of the original in one of three widths."""
    piece, file = _opened(slug)
    if width not in WIDTHS or not 1 <= number <= _pages(piece.shown):
        abort(404)
    picture, _reason = _picture(file, number)
    if picture is None:
        abort(404)
    response = send_file(
        picture.path(width), mimetype="image/webp", etag=f"{file.sha256}-{number}-{width}", conditional=True, max_age=0
    )
    response.headers.update(_HEADERS)
    # An original can be withheld later on: browsers ask again, and get 304 while it is not.
    response.headers["Cache-Control"] = "no-cache" if piece.access == "public" else "private, no-store"
    return response


def _opened(slug: str) -> tuple[Document, StoredFile]:
    """The piece and the PDF that this reader gets; whether there is one that is withheld is not told (404)."""
    piece = open_piece(slug, current_user)
    file = original_pdf(piece, current_user)
    if file is None:
        abort(404)
    return piece, file


def _picture(file: StoredFile, number: int) -> tuple[PagePicture | None, str]:
    try:
        return page_pictures.draw(file, number), ""
    except NoPicture as reason:
        return None, str(reason)
    except Busy as busy:
        raise ServiceUnavailable(str(busy), retry_after=5) from busy


def _pages(revision: Revision) -> int:
    """How many pages the original has, as reading it told; else the last that its text names."""
    counted = (revision.receipt or {}).get("pages")
    if isinstance(counted, int):
        return counted
    return db.session.scalar(select(func.max(Section.page)).where(Section.revision_id == revision.id)) or 0


def _sections(revision: Revision, number: int) -> list[Section]:
    query = select(Section).where(Section.revision_id == revision.id, Section.page == number)
    return list(db.session.scalars(query.order_by(Section.position)))


def _html(piece: Document, section: Section) -> Markup:
    """A section's HTML with links that lead where they do on its own page. What the catalogue keeps is safe HTML."""
    home = path(piece, section.chapter)
    html = _HREF.sub(lambda link: f'href="{urljoin(home, link[1])}"', section.html)
    return Markup(html)  # noqa: S704


def _place(piece: Document, sections: list[Section], number: int) -> str:
    """Where the page's text stands in the piece."""
    first = next((section for section in sections if section.page == number), None)
    return f"{path(piece, first.chapter)}#{first.anchor}" if first else path(piece)
