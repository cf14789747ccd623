"""The packs' addresses: of a piece, of a topic, of the shelf with its filters."""

from __future__ import annotations

from flask import Response, abort, request, send_file
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response as AnyResponse

from library.catalogue import topics
from library.catalogue.models import Kind, Status
from library.packing import keeping, selecting
from library.packing.blueprint import bp
from library.packing.keeping import Busy, NoRoom, TooMuch
from library.packing.selecting import Selection
from library.reading.access import open_piece

RETRY_SECONDS = 20
PACK = "<any(epub,html,zip):pack>"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@bp.get(f"/documents/<slug>/<name>.{PACK}")
def piece(slug: str, name: str, pack: str) -> AnyResponse:
    """A piece as EPUB, as one HTML file, as a ZIP file of pages with a search of its own."""
    document = open_piece(slug, current_user)
    if name != slug or document.status != Status.PUBLISHED or document.shown.kind == Kind.PAGE:
        abort(404)
    return _sent(selecting.of_piece(document), pack)


@bp.get(f"/topics/<slug>/<name>.{PACK}")
def topic(slug: str, name: str, pack: str) -> AnyResponse:
    """All that everyone may read about a topic and those below it."""
    found = topics.by_slug(slug)
    if found is None or name != slug:
        abort(404)
    return _sent(selecting.of_topic(found), pack)


@bp.get(f"/documents/collection.{PACK}")
def shelf(pack: str) -> AnyResponse:
    """What everyone may read of the shelf, narrowed by the same filters as its page."""
    return _sent(selecting.of_shelf(request.args), pack)


def _sent(selection: Selection, pack: str) -> AnyResponse:
    """The file, to be saved under a name that tells what it is."""
    try:
        made = keeping.get(selection, pack)
        content = made.path.open("rb") if not selection.kept else made.path
    except TooMuch as error:
        abort(404 if not selection.pieces else 413, str(error))
    except Busy:
        raise ServiceUnavailable(
            _("Another pack is being made at the moment. Ask for this one again in a minute."),
            retry_after=RETRY_SECONDS,
        ) from None
    except NoRoom:
        raise ServiceUnavailable(
            _("The library's disk is full, so that no pack can be made now. The pages can be read as ever.")
        ) from None
    if not selection.kept:
        made.path.unlink()  # it is read from what is open still; nobody else comes to it
    response: Response = send_file(
        content,
        mimetype=keeping.WRITERS[pack].MEDIA_TYPE,
        as_attachment=True,
        download_name=f"{selection.name}.{pack}",
        etag=made.digest,
        conditional=True,
        max_age=0,
    )
    for name in ("Last-Modified", "Expires"):  # of the file on our disk, which tells when somebody asked
        response.headers.pop(name, None)
    response.headers.update(_HEADERS)
    response.headers["Cache-Control"] = "no-cache" if selection.kept else "private, no-store"
    response.headers["Link"] = f'<{selection.address}>; rel="canonical"'
    return response
