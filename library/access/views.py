"""Signing in and out, one-time links, one's own account.

These pages alone give an anonymous visitor a session cookie: their forms need its token. Reading never does.
"""

from __future__ import annotations

import string
from typing import Any
from urllib.parse import quote

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from library.access import accounts, attempts, invitations
from library.access.errors import BadLink, BadPassword, EmailTaken, TooManyAttempts
from library.access.forms import LoginForm, NameForm, PasswordForm, SetupForm
from library.access.models import User
from library.access.policy import Action, allowed, rank

bp = Blueprint("access", __name__, url_prefix="/account")
_IN_AN_ADDRESS = string.punctuation.replace("\\", "")
Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@bp.route("/login", methods=["GET", "POST"])
def login() -> Answer:
    """Sign in; `next` leads back to where one wanted to be."""
    form = LoginForm()
    wanted = _wanted()
    if not form.validate_on_submit():
        if request.method == "GET" and rank(current_user):
            return redirect(_after(wanted))
        return _page("account/login.html", form, 400 if form.errors else 200, next=wanted)
    email, password, address = form.email.data or "", form.password.data or "", request.remote_addr or ""
    try:
        attempts.check(email, address)
    except TooManyAttempts as error:
        form.form_errors.append(str(error))
        page = render_template("account/login.html", form=form, next=wanted)
        return page, 429, {"Retry-After": str(error.minutes * 60)}
    user = accounts.checked(email, password)
    if user is None:
        attempts.failed(email, address)
        form.form_errors.append(_("No account has this address with this password."))
        return _page("account/login.html", form, 400, next=wanted)
    attempts.forget(email, address)
    _sign_in(user)
    return redirect(_after(wanted))


@bp.post("/logout")
def logout() -> Response:
    """End this session, cookie and all."""
    logout_user()
    session.clear()
    return redirect(url_for("reading.home"))


@bp.route("/setup/<token>", methods=["GET", "POST"])
def setup(token: str) -> Answer:
    """Use a one-time link."""
    try:
        invitation = invitations.valid(token)
    except BadLink as error:
        return render_template("account/bad_link.html", said=str(error)), 410
    form = SetupForm()
    if invitation.user_id is not None:
        del form.email, form.name
    if not form.validate_on_submit():
        return _page("account/setup.html", form, 400 if form.errors else 200, invitation=invitation)
    try:
        user = invitations.accept(
            token, form.password.data or "", getattr(form.email, "data", ""), getattr(form.name, "data", "") or ""
        )
    except (EmailTaken, BadPassword) as error:
        field = form.password if isinstance(error, BadPassword) else form.email
        field.errors = [*field.errors, str(error)]
        return _page("account/setup.html", form, 400, invitation=invitation)
    _sign_in(user)
    flash(_("Your account is ready."), "success")
    return redirect(_after(""))


@bp.route("/", methods=["GET", "POST"])
def account() -> Answer:
    """One's own account: name, password, signing out everywhere."""
    if not rank(current_user):
        abort(401)
    name, password = NameForm(prefix="name", obj=current_user), PasswordForm(prefix="password")
    match request.form.get("do"):
        case "name" if name.validate_on_submit():
            accounts.rename(current_user, name.name.data or "")
            flash(_("Your name has been changed."), "success")
            return redirect(url_for("access.account"))
        case "password" if password.validate_on_submit():
            if accounts.checked(current_user.email, password.current.data or "") is None:
                password.current.errors = [_("That is not your present password.")]
            else:
                person = db_user()
                accounts.set_password(person, password.password.data or "")
                _sign_in(person)
                flash(_("Your password has been changed; every other session has ended."), "success")
                return redirect(url_for("access.account"))
        case "everywhere":
            accounts.sign_out_everywhere(db_user())
            return logout()
        case _:
            pass
    status = 400 if name.errors or password.errors else 200
    return render_template("account/account.html", name=name, password=password), status


def db_user() -> User:
    """The account of this request as a row, not as Flask-Login's proxy."""
    user: User = current_user._get_current_object()
    return user


def _sign_in(user: User) -> None:
    session.clear()  # nothing of an earlier session is taken over
    session.permanent = True
    login_user(user)


def _page(template: str, form: Any, status: int, **more: Any) -> tuple[str, int]:
    return render_template(template, form=form, **more), status


def _wanted() -> str:
    """The path of this site that `next` names, as an address may hold it; "" for anything else."""
    # A browser drops tabs and line ends, and takes “\\” for “/”: encoded, none of them makes another host of a path.
    path = quote(request.values.get("next", ""), safe=_IN_AN_ADDRESS)
    return path if path.startswith("/") and not path.startswith(("//", "/%5C")) else ""


def _after(wanted: str) -> str:
    """Where to go after signing in: where one wanted to be, or the desk for those who have one."""
    return wanted or url_for("curating.desk" if allowed(Action.UPLOAD) else "reading.home")
