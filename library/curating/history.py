"""Revisions of a piece, and the desk's log."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from library.access.policy import Action, requires
from library.catalogue import documents
from library.catalogue.metadata import Metadata
from library.catalogue.models import LogEntry
from library.curating.blueprint import bp
from library.curating.pieces import person, piece_or_404
from library.extensions import db

LINES = 200


@bp.get("/documents/<slug>/history")
@requires(Action.UPLOAD)
def history(slug: str) -> str:
    """Every revision: when, by whom, why."""
    return render_template("curate/history.html", document=piece_or_404(slug))


@bp.post("/documents/<slug>/restore/<int:number>")
@requires(Action.UPLOAD)
def restore(slug: str, number: int) -> Response:
    """Make an older revision the latest again: a new revision with the old words."""
    document = piece_or_404(slug)
    old = documents.revision(document, number) or abort(404)
    note = _("Restored from revision %(number)d", number=number)
    documents.revise(document, Metadata.of(old), old.body, by=person(), note=note)
    flash(_("Restored as a new revision. Readers see it once it is published."), "success")
    return redirect(url_for("curating.edit", slug=document.slug))


@bp.get("/log/")
@requires(Action.LOG)
def log() -> str:
    """Who did what, the latest first."""
    entries = db.session.scalars(
        select(LogEntry)
        .options(joinedload(LogEntry.user), joinedload(LogEntry.document))
        .order_by(LogEntry.id.desc())
        .limit(LINES)
    ).all()
    return render_template("curate/log.html", entries=entries)
