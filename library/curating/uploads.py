"""Uploading files, and what became of them."""

from __future__ import annotations

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from library.access.policy import Action, allowed, requires
from library.catalogue import topics
from library.catalogue.errors import CatalogueError
from library.curating import duplicates, overview
from library.curating.blueprint import bp
from library.extensions import db
from library.ingest import jobs as work
from library.ingest.models import Job, JobState
from library.ingest.receiving import largest, receive


@bp.get("/")
@requires(Action.UPLOAD)
def desk() -> str:
    """What waits, and what was done last."""
    return render_template("curate/desk.html", desk=overview.desk(current_user), largest_mb=largest() // 10**6)


@bp.route("/upload", methods=["GET", "POST"])
@requires(Action.UPLOAD)
def upload() -> str | Response | tuple[str, int]:
    """Take files in; each becomes a job."""
    if request.method == "GET":
        return render_template("curate/upload.html", roots=topics.roots(), largest_mb=largest() // 10**6, chosen=[])
    chosen = request.form.getlist("topics")
    taken: list[Job] = []
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        try:
            taken.append(receive(file.stream, file.filename, by=db.session.merge(current_user), topics=chosen))
        except CatalogueError as error:
            flash(str(error), "error")
    if not taken:
        if not any(file.filename for file in request.files.getlist("files")):
            flash(_("Choose at least one file."), "error")
        page = render_template("curate/upload.html", roots=topics.roots(), largest_mb=largest() // 10**6, chosen=chosen)
        return page, 400
    flash(ngettext("One file is being read.", "%(num)d files are being read.", len(taken)), "success")
    if len(taken) == 1:
        return redirect(url_for("curating.job", number=taken[0].id))
    return redirect(url_for("curating.jobs"))


@bp.get("/jobs/")
@requires(Action.UPLOAD)
def jobs() -> str:
    """The latest jobs."""
    return render_template("curate/jobs.html", jobs=overview.jobs(current_user))


@bp.get("/jobs/<int:number>/")
@requires(Action.UPLOAD)
def job(number: int) -> str:
    """One job: its receipt in words, and what to do next."""
    found = _job_or_404(number)
    return render_template("curate/job.html", job=found, alike=duplicates.of(found.document))


@bp.get("/jobs/<int:number>/state")
@requires(Action.UPLOAD)
def job_state(number: int) -> Response:
    """The state of a job, for the page that waits for it."""
    found = _job_or_404(number)
    response: Response = jsonify(state=found.state, settled=found.state not in (JobState.QUEUED, JobState.RUNNING))
    return response


@bp.post("/jobs/<int:number>/retry")
@requires(Action.UPLOAD)
def retry_job(number: int) -> Response:
    """Read the file again."""
    work.retry(_job_or_404(number))
    flash(_("The file is being read again."), "success")
    return redirect(url_for("curating.job", number=number))


@bp.post("/jobs/<int:number>/cancel")
@requires(Action.UPLOAD)
def cancel_job(number: int) -> Response:
    """Give the job up."""
    work.cancel(_job_or_404(number))
    flash(_("Cancelled. The file is kept and can be read later."), "success")
    return redirect(url_for("curating.job", number=number))


def _job_or_404(number: int) -> Job:
    found = db.session.get(Job, number)
    if found is None or not (allowed(Action.EDIT) or found.created_by_id == current_user.id):
        abort(404)
    return found
