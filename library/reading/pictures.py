"""Pictures out of originals and on covers, for whoever may read a piece that shows them."""

from __future__ import annotations

from flask import abort, current_app, send_file
from flask_login import current_user
from werkzeug.wrappers import Response

from library.access.policy import may_see
from library.catalogue import covers, pictures
from library.catalogue.models import Document, StoredPicture
from library.reading.access import open_piece
from library.reading.assets import FOR_EVER
from library.reading.blueprint import bp

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@bp.get("/pictures/<name>")
def picture(name: str) -> Response:
    """A picture of a piece that the reader may see; its name is its content's, so browsers keep it for ever."""
    found = pictures.by_name(name)
    seen = next((piece for piece in pictures.holders(found) if may_see(current_user, piece)), None) if found else None
    if found is None or seen is None:
        abort(404)
    return _sent(found, seen)


@bp.get("/covers/<slug>/<picture>")
def cover_picture(slug: str, picture: str) -> Response:
    """What the cover of a piece shows, in one of its sizes, as long as it shows it."""
    piece = open_piece(slug, current_user)
    shown = covers.pictures_of([piece.id], current_app.config["ORIGINALS"]).get(piece.id, [])
    found = next((one for one in shown if one.name == picture), None)
    if found is None:
        abort(404)
    return _sent(found, piece)


def _sent(found: StoredPicture, seen: Document) -> Response:
    """The picture, kept by browsers for ever where everyone may see the piece that it stands in."""
    response = send_file(
        pictures.path(found), mimetype=found.media_type, etag=found.name[:64], conditional=True, max_age=0
    )
    response.headers.update(_HEADERS)
    response.headers["Cache-Control"] = FOR_EVER if seen.access == "public" else "private, no-store"
    return response
