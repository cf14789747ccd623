"""The search API, version 1, and its description. Names in its JSON are kept: see docs/api.md."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from indexer.searching import Answer
from library.access.policy import visible_to
from library.catalogue.models import Document
from library.extensions import csrf
from library.finding import dressing, narrowing
from library.finding.asking import Search, read
from library.finding.blueprint import bp
from library.finding.labels import labeller
from library.finding.openapi import described
from library.finding.opened import index
from library.serving.urls import absolute

DEFAULT_LIMIT = 10
MOST = 100
RETRY_SECONDS = 10


@bp.get("/api/v1/search")
def api_search() -> Response:
    """Search as JSON."""
    search = read(request.args)
    limit = min(search.limit or DEFAULT_LIMIT, MOST)
    opened = index()
    if not opened.state().ready:
        response = _error(503, "not_ready", _("The search index is being prepared; please ask again in a moment."))
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    access = visible_to(current_user)
    answer = opened.ask(search.question(access, limit))
    response = jsonify(_answered(search, answer, access, limit))
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/api/openapi.json")
def api_description() -> Response:
    """What the API offers (OpenAPI 3.1)."""
    response = jsonify(described())
    response.add_etag()
    response.make_conditional(request)
    return response


@bp.route("/api/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def api_elsewhere(rest: str) -> Response:
    """Errors of addresses and methods that the API does not have, as JSON like all it says."""
    if rest in ("v1/search", "openapi.json"):
        response = _error(405, "method_not_allowed", _("This address is read with GET."))
        response.headers["Allow"] = "GET, HEAD, OPTIONS"
        return response
    return _error(404, "not_found", _("There is nothing at this address; /api/openapi.json lists what there is."))


csrf.exempt(api_elsewhere)  # nothing is done there but to say no, as JSON


def _answered(search: Search, answer: Answer, access: tuple[str, ...], limit: int) -> dict[str, Any]:
    more = search.page * limit < answer.total
    label = labeller()
    return {
        "query": search.text,
        "total": answer.total,
        "took_ms": round(answer.took_ms, 2),
        "partial": answer.partial,
        "partly_searchable": dressing.partly_searchable(answer),
        "suggestion": answer.suggestion,
        "hits": [_hit(found) for found in dressing.found(answer, access, label, mark=False)],
        "facets": {
            key: [{"value": value, "label": label, "count": count} for value, label, count in values]
            for key, values in narrowing.counts(answer, label).items()
        },
        "next": absolute(_next(search)) if more else None,
    }


def _hit(found: dressing.Found) -> dict[str, Any]:
    return {
        "document": document(found.document, found.path),
        "score": found.score,
        "passages": [
            {"heading": p.heading, "url": absolute(p.path), "page": p.page, "snippet": str(p.snippet)}
            for p in found.places
        ],
    }


def document(piece: Document, path: str) -> dict[str, Any]:
    """A piece as the API tells it."""
    revision = piece.shown
    moment = revision.published_on or (piece.published_at.date() if piece.published_at else None)
    return {
        "id": piece.id,
        "slug": piece.slug,
        "url": absolute(path),
        "title": revision.title,
        "summary": revision.summary,
        "kind": str(revision.kind),
        "language": revision.language,
        "topics": [topic.slug for topic in piece.topics],
        "published": moment.isoformat() if moment else None,
    }


def _next(search: Search) -> str:
    return url_for("finding.api_search") + "?" + search.on_page(search.page + 1).query()


def _error(status: int, code: str, message: str) -> Response:
    response = jsonify({"error": {"status": status, "code": code, "message": message}})
    response.status_code = status
    return response
