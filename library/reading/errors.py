"""Pages for what goes wrong: a sentence about what happened and a way on; for the API the same as JSON (RFC 9457)."""

from __future__ import annotations

from flask import Flask, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import Gone, HTTPException, NotFound, ServiceUnavailable
from werkzeug.wrappers import Response as AnyResponse

from library.catalogue.errors import FileMissing
from library.reading.access import Moved, Unknown, Withdrawn

BARE = (500, 503)  # pages that ask nothing of the database


def init_app(app: Flask) -> None:
    """Answer every HTTP error, and this room's own, with a page (JSON below /api/)."""
    app.register_error_handler(HTTPException, _answered)
    app.register_error_handler(Unknown, lambda _error: _answered(NotFound()))
    app.register_error_handler(Withdrawn, _withdrawn)
    app.register_error_handler(Moved, _moved)
    app.register_error_handler(FileMissing, _missing)


def _answered(error: HTTPException) -> AnyResponse | str:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()
    if request.path.startswith("/api/"):
        return _problem(error, status)
    known = status if status in (401, 403, 404, 410, 413, 500, 503) else 500 if status >= 500 else 400
    said = error.description if error.description != type(error).description else None
    page = render_template(f"errors/{known}.html", said=said, status=status, bare=status in BARE)
    response = Response(page, status, mimetype="text/html")
    for name, value in error.get_headers(request.environ):
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    return response


def _problem(error: HTTPException, status: int) -> Response:
    response = jsonify(type="about:blank", title=error.name, status=status, detail=error.description)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def _withdrawn(error: Withdrawn) -> AnyResponse | str:
    document = error.document
    reason = document.withdrawn_reason or _("No reason was given.")
    if request.path.startswith("/api/"):
        return _problem(Gone(reason), 410)
    page = render_template("errors/410.html", said=reason, document=document, status=410, bare=False)
    return Response(page, 410, mimetype="text/html")


def _moved(error: Moved) -> AnyResponse:
    """The same page under the piece's new address, with what the address said besides."""
    values = dict(request.view_args or {}, slug=error.slug)
    if "name" in values:
        values["name"] = error.slug
    target = url_for(str(request.endpoint), **values)
    query = request.query_string.decode("ascii", "replace")
    return redirect(f"{target}?{query}" if query else target, 301)


def _missing(error: FileMissing) -> AnyResponse | str:
    current_app.logger.error("%s", error)
    return _answered(ServiceUnavailable(_("The original file cannot be had at the moment.")))
