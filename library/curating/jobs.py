"""What became of uploaded files: the list, one of them, what can be done with one or with all, and the live stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import Flask, abort, current_app, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from library.access.policy import Action, allowed, requires
from library.catalogue import files
from library.curating import duplicates, joblist, live
from library.curating.blueprint import bp
from library.curating.joblist import STATES, Wanted
from library.extensions import db
from library.ingest import discarding
from library.ingest import jobs as work
from library.ingest.models import Job, JobState
from library.reading import originals

RETRY_SECONDS = 15


def init_app(app: Flask) -> None:
    """Give the process its hub of live pages."""
    app.extensions["library-live"] = live.Hub(app, int(app.config["LIVE_PAGES"]))


@bp.get("/jobs/")
@requires(Action.UPLOAD)
def jobs() -> str:
    """Uploaded files, the latest first; all, those of one upload or of one archive, in one state."""
    wanted = _wanted(request.args)
    number = request.args.get("page", 1, type=int)
    parent = db.session.get(Job, wanted.parent) if wanted.parent else None
    return render_template(
        "curate/jobs.html", listed=joblist.listed(current_user, wanted, number), states=["", *STATES], parent=parent
    )


@bp.post("/jobs/all")
@requires(Action.UPLOAD)
def change_jobs() -> Response:
    """Cancel what is not read yet, read again or discard what failed: all of the list that one looks at."""
    wanted = _wanted(request.form)
    match request.form.get("do"):
        case "cancel":
            count = _all(discarding.cancel_all, wanted, "open")
            flash(ngettext("One file was cancelled.", "%(num)d files were cancelled.", count), "success")
        case "retry":
            count = _all(discarding.retry_all, wanted, "failed")
            flash(ngettext("One file is being read again.", "%(num)d files are being read again.", count), "success")
        case "discard":
            count = _all(discarding.discard_all, wanted, "failed")
            flash(ngettext("One file was discarded.", "%(num)d files were discarded.", count), "success")
            return redirect(url_for("curating.jobs", **wanted.as_query(state="discarded")))
        case "take-back":
            count = _all(discarding.take_back_all, wanted, "discarded")
            flash(ngettext("One file is back.", "%(num)d files are back.", count), "success")
        case _:
            abort(400)
    return redirect(url_for("curating.jobs", **wanted.as_query(state="")))


@bp.get("/jobs/events")
@requires(Action.UPLOAD)
def job_events() -> Response:
    """Changes of jobs as they happen (text/event-stream), for half a minute; then the browser asks again."""
    hub: live.Hub = current_app.extensions["library-live"]
    person = None if allowed(Action.EDIT) else current_user.id
    listener = hub.join(person, request.args.get("job", type=int))
    db.session.remove()
    if listener is None:
        return Response(status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    response = Response(live.stream(hub, listener), mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
    response.call_on_close(lambda: hub.leave(listener))
    return response


@bp.get("/jobs/<int:number>/")
@requires(Action.UPLOAD)
def job(number: int) -> str:
    """One job: how far it is, its receipt in words, and what to do next."""
    found = _job_or_404(number)
    return render_template("curate/job.html", job=found, alike=duplicates.of(found.document))


@bp.get("/jobs/<int:number>/state")
@requires(Action.UPLOAD)
def job_state(number: int) -> Response:
    """The state of a job, for a script that waits for it."""
    found = _job_or_404(number)
    response: Response = jsonify(
        state=found.state,
        settled=found.state not in (JobState.QUEUED, JobState.RUNNING),
        done=found.done,
        total=found.total,
        receipt=found.receipt,
    )
    return response


@bp.get("/jobs/<int:number>/file")
@requires(Action.UPLOAD)
def job_file(number: int) -> Response:
    """The file as it was uploaded, to be saved."""
    found = _job_or_404(number)
    _shown, headers = originals.headers_of(found.file)
    response = send_file(
        files.path(found.file), "application/octet-stream", as_attachment=True, download_name=found.name, etag=False
    )
    response.headers.update(headers)
    return response


@bp.post("/jobs/<int:number>/retry")
@requires(Action.UPLOAD)
def retry_job(number: int) -> Response:
    """Read the file again."""
    return _done(number, work.retry, _("The file is being read again."))


@bp.post("/jobs/<int:number>/cancel")
@requires(Action.UPLOAD)
def cancel_job(number: int) -> Response:
    """Give the job up."""
    return _done(number, work.cancel, _("Cancelled. The file is kept and can be read later."))


@bp.post("/jobs/<int:number>/discard")
@requires(Action.UPLOAD)
def discard_job(number: int) -> Response:
    """Put a file that could not be read away; it can be taken back for a day."""
    return _done(number, discarding.discard, _("Discarded. It can be taken back for a day."))


@bp.post("/jobs/<int:number>/take-back")
@requires(Action.UPLOAD)
def take_back_job(number: int) -> Response:
    """Have a discarded file as it was."""
    return _done(number, discarding.take_back, _("The file is back."))


def _done(number: int, do: Callable[[Job], None], sentence: str) -> Response:
    do(_job_or_404(number))
    flash(sentence, "success")
    return redirect(url_for("curating.job", number=number))


def _all(do: Callable[[Iterable[Job]], int], wanted: Wanted, state: str) -> int:
    return do(joblist.every(current_user, Wanted(state, wanted.batch, wanted.parent)))


def _wanted(values: MultiDict[str, str]) -> Wanted:
    state = values.get("state", "")
    return Wanted(state if state in STATES else "", values.get("batch", ""), values.get("parent", type=int))


def _job_or_404(number: int) -> Job:
    found = db.session.get(Job, number)
    if found is None or not (allowed(Action.EDIT) or found.created_by_id == current_user.id):
        abort(404)
    return found
