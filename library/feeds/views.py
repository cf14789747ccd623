"""The feeds' addresses, and answers that a program may ask for again without getting the same bytes twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, abort, request
from flask_babel import gettext as _
from flask_login import current_user

from library.access.policy import visible_to
from library.catalogue import topics
from library.feeds import atom, jsonfeed, making, rss
from library.feeds.entries import Feed, last_touched
from library.finding import index, read

bp = Blueprint("feeds", __name__)

RETRY_SECONDS = 60
FORMAT = "<any(atom, rss, json):fmt>"
WRITERS: dict[str, tuple[Callable[[Feed], bytes], str]] = {
    "atom": (atom.write, atom.MEDIA_TYPE),
    "rss": (rss.write, rss.MEDIA_TYPE),
    "json": (jsonfeed.write, jsonfeed.MEDIA_TYPE),
}


@bp.get(f"/feed.{FORMAT}")
def everything(fmt: str) -> Response:
    """Everything new."""
    return _as(fmt, making.everything(visible_to(current_user)))


@bp.get(f"/topics/<slug>/feed.{FORMAT}")
def topic(slug: str, fmt: str) -> Response:
    """One topic, those below it included."""
    found = topics.by_slug(slug)
    if found is None:
        abort(404)
    return _as(fmt, making.of_topic(found, visible_to(current_user)))


@bp.get(f"/search.{FORMAT}")
def search(fmt: str) -> Response:
    """Any search; parameters as the search page takes them."""
    if not index().state().ready:
        message = _("The search index is being prepared; please ask again in a minute.")
        response = Response(f"{message}\n", status=503, mimetype="text/plain")
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    return _as(fmt, making.of_search(read(request.args), index(), visible_to(current_user)))


def conditional(body: bytes, media_type: str, modified: datetime) -> Response:
    """`body`, or 304 for who has it already: by its strong ETag, else by when anything was last `modified`."""
    response = Response(body, content_type=f"{media_type}; charset=utf-8")
    response.add_etag()
    response.last_modified = modified
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def _as(fmt: str, feed: Feed) -> Response:
    write, media_type = WRITERS[fmt]
    touched = last_touched()
    return conditional(write(feed), media_type, max(feed.updated, touched) if touched else feed.updated)
