"""What the desk calls things: states of jobs, outcomes of reading, roles, actions."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext
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
        "judge": _("said what must find"),
        "unjudge": _("took back what must find"),
    }.get(action, action)
