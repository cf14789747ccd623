"""Accounts at the desk: who there is, invitations, roles."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from library.access import accounts, invitations
from library.access.models import Role, User
from library.access.policy import Action, requires
from library.curating.blueprint import bp
from library.extensions import db


@bp.get("/people/")
@requires(Action.PEOPLE)
def people() -> str:
    """Everyone with an account."""
    return render_template("curate/people.html", people=accounts.everyone(), roles=list(Role), link=None)


@bp.post("/people/invite")
@requires(Action.PEOPLE)
def invite() -> str:
    """A one-time link, shown this once, that makes an account of a role."""
    role = request.form.get("role", "")
    if role not in set(Role):
        abort(400)
    link = invitations.link(invitations.invite(role))
    return render_template("curate/people.html", people=accounts.everyone(), roles=list(Role), link=link, role=role)


@bp.post("/people/<int:number>/link")
@requires(Action.PEOPLE)
def password_link(number: int) -> str:
    """A one-time link with which a person chooses a new password."""
    user = _person_or_404(number)
    link = invitations.link(invitations.invite(user.role, user))
    return render_template("curate/people.html", people=accounts.everyone(), roles=list(Role), link=link, whose=user)


@bp.post("/people/<int:number>/")
@requires(Action.PEOPLE)
def change_person(number: int) -> Response:
    """Another role, or disabled or not."""
    user = _person_or_404(number)
    match request.form.get("do"):
        case "disable":
            accounts.change(user, disabled=True)
        case "enable":
            accounts.change(user, disabled=False)
        case _:
            accounts.change(user, role=request.form.get("role", ""))
    flash(_("Saved."), "success")
    return redirect(url_for("curating.people"))


def _person_or_404(number: int) -> User:
    return db.session.get(User, number) or abort(404)
