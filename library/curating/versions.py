"""Versions of one text: two pieces compared, a draft or an upload made a new revision of a piece."""

from __future__ import annotations

from typing import cast

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from library.access.policy import Action, may_edit, may_see, requires
from library.catalogue import comparing, documents
from library.catalogue.incoming import Incoming
from library.catalogue.models import Document
from library.curating.blueprint import bp
from library.curating.pieces import person, piece_or_404
from library.ingest import revising
from library.ingest.receiving import take


@bp.get("/documents/<slug>/compare/<other>/")
@requires(Action.UPLOAD)
def compare(slug: str, other: str) -> str:
    """What a piece says that another does not, section by section."""
    document, older = piece_or_404(slug), _known_or_404(other)
    # Of a piece that one only reads, what others are writing is not shown.
    before = older.latest if may_edit(current_user, older) else older.shown
    return render_template(
        "curate/compare.html",
        document=document,
        older=older,
        before=before,
        compared=comparing.compare(before.sections, document.latest.sections),
        may_become=_may_become(document, older),
    )


@bp.post("/documents/<slug>/become/<other>")
@requires(Action.UPLOAD)
def become(slug: str, other: str) -> Response:
    """Make a draft a new revision of another piece."""
    draft, piece = piece_or_404(slug), piece_or_404(other)
    revision = revising.become(draft, piece, by=person())
    flash(
        _("This is revision %(number)d of “%(title)s” now. Readers see it once it is published.",
          number=revision.number, title=revision.title),
        "success",
    )  # fmt: skip
    return redirect(url_for("curating.edit", slug=piece.slug))


@bp.post("/documents/<slug>/version")
@requires(Action.UPLOAD)
def upload_version(slug: str) -> Response:
    """Take in a file whose text becomes a new revision of a piece."""
    document = piece_or_404(slug)
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(_("Choose a file."), "error")
        return redirect(url_for("curating.edit", slug=document.slug))
    incoming = cast(Incoming, file.stream)  # see `arriving.Request`
    job = take(incoming, file.filename, author=current_user.id, revises=document.id)
    flash(_("The file is being read; its text becomes a new revision of this piece."), "success")
    return redirect(url_for("curating.job", number=job.id))


def _known_or_404(slug: str) -> Document:
    """A piece that the person may read, at the desk or as a reader."""
    found = documents.by_slug(slug)
    if found is None or not (may_edit(current_user, found.document) or may_see(current_user, found.document)):
        abort(404)
    return found.document


def _may_become(draft: Document, piece: Document) -> bool:
    return draft.published_at is None and bool(may_edit(current_user, piece))
