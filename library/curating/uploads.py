"""The desk, and the form that uploads files."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from library.access.policy import Action, requires
from library.catalogue import topics
from library.catalogue.errors import CatalogueError
from library.catalogue.incoming import Incoming
from library.curating import overview
from library.curating.blueprint import bp
from library.ingest.models import Job
from library.ingest.receiving import largest, largest_request, take


@bp.get("/")
@requires(Action.UPLOAD)
def desk() -> str:
    """What waits, and what was done last."""
    return render_template("curate/desk.html", desk=overview.desk(current_user), **_limits())


@bp.route("/upload", methods=["GET", "POST"])
@requires(Action.UPLOAD)
def upload() -> str | Response | tuple[str, int]:
    """Take files in; each becomes a job."""
    if request.method == "GET":
        return _form([])
    chosen = request.form.getlist("topics")
    sent = [file for file in request.files.getlist("files") if file.filename]
    author, batch = current_user.id, secrets.token_hex(8) if len(sent) > 1 else ""
    taken: list[Job] = []
    problems: list[str] = []
    for file in sent:
        try:
            incoming = cast(Incoming, file.stream)  # see `arriving.Request`
            taken.append(take(incoming, file.filename or "", author=author, topics=chosen, batch=batch))
        except CatalogueError as error:
            problems.append(str(error))
    if not taken:
        return _form(chosen, problems or [_("Choose at least one file.")]), 400
    for problem in problems:
        flash(problem, "error")
    flash(ngettext("One file is being read.", "%(num)d files are being read.", len(taken)), "success")
    if len(taken) == 1:
        return redirect(url_for("curating.job", number=taken[0].id))
    return redirect(url_for("curating.jobs", batch=batch))


def _form(chosen: list[str], problems: Sequence[str] = ()) -> str:
    """The form, with what was wrong with the files that were sent."""
    shown = {"roots": topics.roots(), "chosen": chosen, "problems": problems, **_limits()}
    return render_template("curate/upload.html", **shown)


def _limits() -> dict[str, int]:
    """What the form tells before anything is sent."""
    return {"largest_mb": largest() // 10**6, "request_mb": largest_request() // 10**6}
