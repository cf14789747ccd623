"""Guides kept on a phone: what a guide is made of, its index, the worker that reads it offline, the page that lists them.

Nothing of this runs before a reader presses the button. The list and the index have an address in each language of the
interface, because the pages that are kept are in it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Response, abort, current_app, make_response, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response as AnyResponse

from library.access.policy import rank
from library.catalogue.models import Document, Kind, Section, Status, StoredPicture, document_pictures
from library.catalogue.scripts import direction
from library.extensions import db
from library.packing import leaves, selecting
from library.packing.blueprint import bp
from library.packing.leaves import Piece
from library.packing.terms import Index
from library.reading import saying
from library.reading.access import open_piece
from library.reading.chapters import contents
from library.serving.urls import canonical

SCRIPTS = ("offline-search", "offline-store", "keep", "offline-page")
LONGEST = 3_000_000  # characters of a guide that a phone is asked to keep
_AROUND = 9_000  # bytes of a page around its text: header, contents, footer
_SHARED = 75_000  # bytes of styles, scripts and the page of kept guides
_INDEX = 2.1  # bytes of a guide's index, its texts included, for each of its text


@dataclass(frozen=True, slots=True)
class Offer:
    """What the button says: `size` about how much will be kept, and where its list is."""

    size: str
    list: str
    page: str
    worker: str


def offer(document: Document) -> Offer | None:
    """Keeping the piece, or None where that is not offered: to who is signed in, of what is not for everyone or very long."""
    if rank(current_user) or not _can_be_kept(document):
        return None
    revision = document.shown
    text = func.sum(func.length(Section.html)), func.count(func.distinct(Section.chapter))
    letters, pages = db.session.execute(select(*text).where(Section.revision_id == revision.id)).one()
    pictures = db.session.scalar(
        select(func.sum(StoredPicture.size))
        .join(document_pictures, document_pictures.c.picture_id == StoredPicture.id)
        .where(document_pictures.c.document_id == document.id)
    )
    sample = revision.title + revision.summary
    dense = len(sample.encode()) / max(1, len(sample))  # letters of other scripts take two bytes or three
    words = round(revision.characters * dense)
    markup = max(0, (letters or 0) - revision.characters)
    about = markup + words + round(words * _INDEX) + (pages or 1) * _AROUND + (pictures or 0) + _SHARED
    return Offer(
        size=saying.file_size(round(about, -4)),
        list=url_for("packing.keep", slug=document.slug),
        page=url_for("packing.kept"),
        worker=url_for("packing.worker"),
    )


@bp.get("/documents/<slug>/keep.json")
def keep(slug: str) -> AnyResponse:
    """What is kept of a piece on a phone: its pages, its pictures, its index; and which version that is."""
    document = _public(slug)
    revision = document.shown
    held = contents(revision)
    cover = url_for("reading.document", slug=slug)
    chapters = [
        {"url": url_for("reading.chapter", slug=slug, chapter=chapter.slug), "title": chapter.title}
        for chapter in held.chapters
    ]
    told = {
        "slug": slug,
        "title": revision.title,
        "language": revision.language,
        "direction": direction(revision.language),
        "url": cover,
        "version": _version(document),
        "revision": revision.number,
        "pages": [{"url": cover, "title": revision.title}, *chapters],
        "index": url_for("packing.find", slug=slug),
        "shell": url_for("packing.kept"),
    }
    return _json(told)


@bp.get("/documents/<slug>/find.json")
def find(slug: str) -> AnyResponse:
    """The index of a piece's words, for searching it without a line."""
    document = _public(slug)
    (identity,) = selecting.of_piece(document).pieces
    piece = leaves.read(1, identity)
    index = Index()
    texts = []
    for leaf in piece.leaves:
        index.page(_address(piece, leaf.chapter), leaf.title or piece.title, leaf.language, direction(leaf.language), 1)
        for passage in leaf.passages:
            index.section(passage.anchor, passage.heading, passage.text)
            texts.append(passage.text)
    return _json({**index.told(), "texts": texts})


@bp.get("/kept/")
def kept() -> AnyResponse:
    """The guides that are kept on this phone, and a search through them; what a phone without a line shows, too."""
    return make_response(render_template("packing/kept.html", canonical=canonical(url_for("packing.kept"))))


@bp.get("/service-worker.js")
def worker() -> AnyResponse:
    """The script that answers from the phone what is kept there. Another version of it, or of the styles, is another text."""
    shell = [url_for("static", filename=f"js/{name}.js") for name in SCRIPTS]
    assets = [*shell, url_for("styles"), url_for("static", filename="icon.svg")]
    head = f"const ASSETS = {json.dumps(assets)};\nimportScripts({json.dumps(shell[1])});\n"
    text = (Path(str(current_app.static_folder)) / "js" / "service-worker.js").read_text(encoding="utf-8")
    response = Response(head + text, mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)


def _public(slug: str) -> Document:
    document = open_piece(slug, current_user)
    if not _can_be_kept(document):
        abort(404)
    return document


def _can_be_kept(document: Document) -> bool:
    live = document.live
    published = document.status == Status.PUBLISHED and document.access in selecting.PUBLIC
    return published and live is not None and live.kind != Kind.PAGE and live.characters <= LONGEST


def _version(document: Document) -> str:
    told = f"{document.live_id} {document.slug} {document.changed_at}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _address(piece: Piece, chapter: str) -> str:
    if chapter:
        return url_for("reading.chapter", slug=piece.slug, chapter=chapter)
    return url_for("reading.document", slug=piece.slug)


def _json(told: dict[str, Any]) -> AnyResponse:
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    response = Response(body, mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    return response.make_conditional(request)
