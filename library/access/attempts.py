"""Failed sign-ins, counted by account and by address; neither is kept in the clear."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from flask import current_app
from flask_babel import ngettext
from sqlalchemy import delete, func, select

from library.access import accounts
from library.access.errors import TooManyAttempts
from library.access.models import LoginAttempt, now
from library.catalogue.session import writing
from library.extensions import db

ADDRESS_FACTOR = 5


def check(email: str, address: str) -> None:
    """Raise TooManyAttempts when the account or the network address failed too often within the window."""
    # An address is often that of a whole office, or of a proxy: it is given more room than an account.
    window = timedelta(minutes=current_app.config["LOGIN_WINDOW_MINUTES"])
    attempts = current_app.config["LOGIN_ATTEMPTS"]
    for subject, allowed in zip(_subjects(email, address), (attempts, attempts * ADDRESS_FACTOR), strict=True):
        count, first = db.session.execute(
            select(func.count(), func.min(LoginAttempt.at)).where(
                LoginAttempt.subject == subject, LoginAttempt.at > now() - window
            )
        ).one()
        if count >= allowed:
            left = max(1, -int((now() - first - window).total_seconds() // 60))
            sentence = ngettext(
                "Signing in failed too often. Try again in %(num)d minute.",
                "Signing in failed too often. Try again in %(num)d minutes.",
                left,
            )
            raise TooManyAttempts(sentence, left)


def failed(email: str, address: str) -> None:
    """Note a failure, and forget those older than a day."""
    with writing() as session:
        session.execute(delete(LoginAttempt).where(LoginAttempt.at < now() - timedelta(days=1)))
        session.add_all(LoginAttempt(subject=subject) for subject in _subjects(email, address))


def forget(email: str, address: str) -> None:
    """The person signed in: what went before counts no more."""
    with writing() as session:
        session.execute(delete(LoginAttempt).where(LoginAttempt.subject.in_(_subjects(email, address))))


def _subjects(email: str, address: str) -> list[str]:
    key = str(current_app.config["SECRET_KEY"]).encode()
    said = (f"account:{accounts.normal(email)}", f"address:{address}")
    return [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for text in said]
