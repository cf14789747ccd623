"""One-time links: for the first administrator, for people who are invited, for a forgotten password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from library.access import accounts
from library.access.errors import BadLink
from library.access.models import Invitation, Role, User, now
from library.catalogue.session import writing
from library.extensions import db
from library.serving.urls import absolute

VALID = timedelta(days=7)


def invite(role: str, user: User | None = None) -> str:
    """A link's token that makes an account of `role`, or gives `user` a new password. Only its hash is kept."""
    with writing() as session:
        return _new(session, role, user)


def first_administrator_link() -> str | None:
    """A whole address that makes the first administrator, while there is none; earlier ones work until one is used."""
    if accounts.administrators():
        return None
    with writing() as session:
        return link(_new(session, Role.ADMIN, None))


def link(token: str) -> str:
    """The whole address of a token."""
    return absolute(f"/account/setup/{token}")


def valid(token: str) -> Invitation:
    """The invitation of a token. Raises BadLink for one that is used, expired or unknown."""
    found = db.session.scalar(select(Invitation).where(Invitation.token_sha256 == _hash(token)))
    if found is None or found.used_at is not None or found.expires_at < now():
        raise BadLink(_("This link has been used, or is more than a week old. Ask an administrator for a new one."))
    return found


def accept(token: str, password: str, email: str = "", name: str = "") -> User:
    """Use a link: a new account, or a new password for the one it is for. Raises BadLink, EmailTaken, BadPassword."""
    with writing() as session:
        invitation = valid(token)
        invitation.used_at = now()
        if invitation.user_id is None:
            if not accounts.administrators():  # the other links for the first one have done their work
                unused = (Invitation.role == Role.ADMIN, Invitation.used_at.is_(None), Invitation.id != invitation.id)
                session.execute(delete(Invitation).where(*unused))
            return accounts.create(email, invitation.role, name, password)
        user = session.get_one(User, invitation.user_id)
        accounts.set_password(user, password)
        return user


def _new(session: Session, role: str, user: User | None) -> str:
    token = secrets.token_urlsafe(24)
    session.execute(delete(Invitation).where(Invitation.expires_at < now()))
    session.add(
        Invitation(
            token_sha256=_hash(token),
            role=role,
            user_id=user.id if user else None,
            created_at=now(),
            expires_at=now() + VALID,
        )
    )
    session.flush()
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
