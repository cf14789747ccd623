"""Room access: people, roles, signing in; `policy` answers who may see and do what."""

from __future__ import annotations

from flask import Flask

from library.access.models import User
from library.extensions import db, login


def init_app(app: Flask) -> None:
    """Bind the room to the application."""
    login.user_loader(_person)


def _person(said: str) -> User | None:
    """The account of a session, unless it was signed out everywhere since."""
    number, _, epoch = said.partition(".")
    user = db.session.get(User, int(number)) if number.isdigit() else None
    return user if user and str(user.epoch) == epoch else None
