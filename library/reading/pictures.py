"""Pictures out of originals, for whoever may read a piece that shows them."""

from __future__ import annotations

from flask import abort, send_file
from flask_login import current_user
from werkzeug.wrappers import Response

from library.access.policy import may_see
from library.catalogue import pictures
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
    response = send_file(
        pictures.path(found), mimetype=found.media_type, etag=found.name[:64], conditional=True, max_age=0
    )
    response.headers.update(_HEADERS)
    response.headers["Cache-Control"] = FOR_EVER if seen.access == "public" else "private, no-store"
    return response
