"""What changed in a piece since it was first published, for readers: the revisions that were live and matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import abort, render_template
from flask_login import current_user
from sqlalchemy import select

from library.catalogue import documents
from library.catalogue.comparing import compare
from library.catalogue.models import Document, LogEntry, Revision, Status
from library.extensions import db
from library.reading.access import open_piece
from library.reading.blueprint import bp
from library.reading.forms import path
from library.serving.urls import absolute


@dataclass(frozen=True, slots=True)
class Change:
    """A publication that mattered: `before` is the revision that readers had until then, None for the first."""

    revision: Revision
    before: Revision | None
    at: datetime
    note: str


def changes(document: Document) -> list[Change]:
    """The publications of `document` that mattered, the latest first; none for a piece that is no longer published.

    What was published as not mattering is part of the next change that does.
    """
    if document.status != Status.PUBLISHED:
        return []
    published = db.session.execute(
        select(LogEntry.at, LogEntry.detail, LogEntry.matters)
        .where(LogEntry.document_id == document.id, LogEntry.action == "publish")
        .order_by(LogEntry.id)
    ).all()
    if len(published) < 2:
        return [Change(document.shown, None, published[0].at, "")] if published else []
    made = db.session.scalars(
        select(Revision).where(Revision.document_id == document.id).order_by(Revision.number)
    ).all()
    found: list[Change] = []
    for at, note, matters in published:
        # Publishing makes the newest revision live, so the times tell which one it was.
        revision = max((r for r in made if r.created_at <= at), key=lambda r: r.number, default=None)
        if revision is None or not (matters or not found) or (found and found[-1].revision.id == revision.id):
            continue
        before = found[-1].revision if found else None
        found.append(Change(revision, before, at, _said(note) if before else ""))
    return found[::-1]


@bp.get("/documents/<slug>/changes", endpoint="changes")
def all_changes(slug: str) -> str:
    """What changed in a piece, and when: each publication that matters to readers."""
    piece = open_piece(slug, current_user)
    return render_template(
        "reading/changes.html",
        document=piece,
        revision=piece.shown,
        changes=changes(piece),
        canonical=absolute(f"{path(piece)}changes"),
    )


@bp.get("/documents/<slug>/changes/<int:older>-<int:newer>")
def compared(slug: str, older: int, newer: int) -> str:
    """What differs between two revisions that readers had."""
    piece = open_piece(slug, current_user)
    seen = {change.revision.number: change for change in changes(piece)}
    if older not in seen or newer not in seen or older >= newer:
        abort(404)
    before, after = documents.revision(piece, older), documents.revision(piece, newer)
    assert before is not None and after is not None
    return render_template(
        "reading/compared.html",
        document=piece,
        before=seen[older],
        after=seen[newer],
        compared=compare(before.sections, after.sections),
        canonical=absolute(path(piece)),
    )


def _said(note: str) -> str:
    return " ".join(note.split())
