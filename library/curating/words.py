"""What the desk calls things: states of jobs, outcomes of reading, roles, actions."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import format_decimal, gettext
from flask_login import current_user

from library.access.policy import may_edit
from library.catalogue import topics
from library.reading.context import topic_name


def _(message: str) -> str:
    """A message in the language of the interface."""
    return str(gettext(message))


def init_app(app: Flask) -> None:
    """Give the words to the templates."""
    app.jinja_env.globals.update(
        job_state=job_state,
        progress_text=progress_text,
        next_step=next_step,
        list_name=list_name,
        outcome=outcome,
        role_name=role_name,
        role_meaning=role_meaning,
        action_name=action_name,
        topic_named=topic_named,
        may_edit_piece=lambda document: may_edit(current_user, document),
    )


def topic_named(slug: str) -> str:
    """The name of the topic at a slug; the slug itself where the topic is no more."""
    topic = topics.by_slug(slug)
    return topic_name(topic) if topic else slug


def job_state(state: str) -> str:
    """The state of a job."""
    return {
        "queued": _("Waiting"),
        "running": _("Being read"),
        "done": _("Read"),
        "failed": _("Not readable"),
        "cancelled": _("Cancelled"),
        "discarded": _("Discarded"),
    }.get(state, state)


def progress_text(job: Any) -> str:
    """How far the reading of a job is; "" where nothing is known of it."""
    if not job.total:
        return ""
    done, total = format_decimal(job.done), format_decimal(job.total)
    if job.name.lower().endswith((".zip", ".eml", ".mbox")):
        return str(gettext("%(done)s of %(total)s parts", done=done, total=total))
    return str(gettext("%(done)s of %(total)s pages", done=done, total=total))


def next_step(job: Any) -> str:
    """What a curator does next with a job, beside what its receipt says."""
    status = (job.receipt or {}).get("status", "")
    match job.state:
        case "queued":
            return _("The file is safe. It is read as soon as those before it are done; you can close this page.")
        case "running":
            return _("The file is safe. Reading it takes a few seconds, a long PDF a minute; you can close this page.")
        case "cancelled":
            return _("The file is kept. Read it again when you want it after all, or discard it.")
        case "discarded":
            return _("It is deleted a day after it was discarded. Until then you can take it back.")
        case "failed":
            return _after_failure(status)
        case _ if (job.receipt or {}).get("duplicate_of"):
            return _("Nothing is to be done: the piece that has this file is unchanged.")
        case _ if status == "partial":
            return _("Look at what is missing. Publish it as it is, or upload a better copy.")
        case _ if job.document is not None:
            return _("Check what was understood, then publish it.")
        case _:
            return ""


def _after_failure(status: str) -> str:
    return {
        "encrypted": _("Save it without a password and upload that; then discard this one."),
        "corrupt": _("Open it in the program that made it, save it again and upload that; then discard this one."),
        "empty": _("Run text recognition (OCR) over it and upload the result; then discard this one."),
        "unsupported": _("Save it as PDF, Word or OpenDocument and upload that; then discard this one."),
        "too_large": _("Split it into parts and upload those; then discard this one."),
        "unsafe": _("Save it again in an office program and upload that, if you know who made it; else discard it."),
        "timeout": _("Read it again when the library has less to do, or split it into parts and upload those."),
    }.get(status, _("Read it again, or download it and save it in another format."))


def list_name(state: str) -> str:
    """What the list of files is narrowed to."""
    return {
        "": _("All"),
        "open": _("Waiting or being read"),
        "failed": _("Not readable"),
        "partial": _("Read in part"),
        "done": _("Read"),
        "cancelled": _("Cancelled"),
        "discarded": _("Discarded"),
    }.get(state, state)


def outcome(status: str) -> str:
    """The status of a receipt."""
    return {
        "ok": _("Everything was read"),
        "partial": _("Some parts could not be read"),
        "encrypted": _("Protected by a password"),
        "corrupt": _("Damaged"),
        "empty": _("No text found"),
        "unsupported": _("A format that cannot be read"),
        "too_large": _("Too large"),
        "unsafe": _("Not safe to open"),
        "timeout": _("Took too long"),
    }.get(status, status)


def role_name(role: str) -> str:
    """What a role is called."""
    return {
        "member": _("Member"),
        "contributor": _("Contributor"),
        "curator": _("Curator"),
        "admin": _("Administrator"),
    }.get(role, role)


def role_meaning(role: str) -> str:
    """What a role may do."""
    return {
        "member": _("reads what is for members"),
        "contributor": _("uploads, and changes own drafts"),
        "curator": _("changes and publishes everything, and keeps the topics"),
        "admin": _("manages accounts as well"),
    }.get(role, "")


def action_name(action: str) -> str:
    """What a line of the log says was done."""
    return {
        "create": _("made"),
        "revise": _("changed"),
        "publish": _("published"),
        "withdraw": _("withdrew"),
        "discard": _("discarded"),
        "move": _("moved"),
        "translate": _("linked as translation"),
        "curate": _("changed how it is shown"),
        "topic": _("changed topic"),
        "untopic": _("deleted topic"),
        "judge": _("said what must find"),
        "unjudge": _("took back what must find"),
    }.get(action, action)
