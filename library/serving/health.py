"""Is it alive, can it serve, and how much: /healthz, /readyz, /metrics."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, jsonify, request
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from library.catalogue import outbox
from library.catalogue.models import Document
from library.extensions import db
from library.finding import opened
from library.ingest.models import Job

bp = Blueprint("serving", __name__)
LOOPBACK = ("127.0.0.1", "::1")


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Whether the database and the index can be used, and if not, which is not and why."""
    database = _database_fault()
    state = opened.index().state()
    parts = {
        "database": {"ready": not database, "reason": database},
        "index": {"ready": state.ready, "reason": state.reason, "change": state.change},
    }
    ready = not database and state.ready
    return jsonify({"ready": ready, **parts}), 200 if ready else 503


@bp.get("/metrics")
def metrics() -> Response:
    """Prometheus text format 0.0.4, to this machine only unless METRICS_PUBLIC.

    What a proxy of this machine passes on comes from loopback too, and says so in its headers.
    """
    passed_on = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    if (request.remote_addr not in LOOPBACK or passed_on) and not current_app.config["METRICS_PUBLIC"]:
        abort(403)
    state = opened.index().state()
    documents = db.session.execute(select(Document.status, func.count()).group_by(Document.status)).all()
    jobs = db.session.execute(select(Job.state, func.count()).group_by(Job.state)).all()
    lines = [
        "# HELP library_documents Documents by status.",
        "# TYPE library_documents gauge",
        *(f'library_documents{{status="{status}"}} {count}' for status, count in documents),
        "# HELP library_jobs Jobs by state.",
        "# TYPE library_jobs gauge",
        *(f'library_jobs{{state="{name}"}} {count}' for name, count in jobs),
        *_gauge("library_index_ready", "Whether questions can be answered.", int(state.ready)),
        *_gauge("library_index_sections", "Sections in the index.", state.entries),
        *_gauge("library_index_documents", "Documents in the index.", state.documents),
        *_gauge("library_index_lag", "Changes that the index has not applied yet.", outbox.latest() - state.change),
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _gauge(name: str, meaning: str, value: float) -> tuple[str, str, str]:
    return f"# HELP {name} {meaning}", f"# TYPE {name} gauge", f"{name} {value}"


def _database_fault() -> str:
    try:
        db.session.execute(select(Document.id).limit(1)).first()
    except SQLAlchemyError as error:
        db.session.rollback()
        return f"The database cannot be read ({type(error).__name__}); `library init` makes or updates it."
    return ""
