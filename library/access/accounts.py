"""Accounts: made, checked, changed, disabled."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _
from sqlalchemy import func, select

from library.access.errors import AccessError, BadPassword, EmailTaken, LastAdministrator
from library.access.models import Role, User
from library.catalogue.session import writing
from library.extensions import db

SHORTEST_PASSWORD = 10  # NIST SP 800-63B asks for 8 at least, and for no rule about kinds of letters
LONGEST_PASSWORD = 1000
_hasher = PasswordHasher()  # Argon2id with the parameters of RFC 9106, low-memory profile


def by_email(email: str) -> User | None:
    """The account of an address, however its letters are written."""
    return db.session.scalar(select(User).where(User.email == normal(email)))


def normal(email: str) -> str:
    """The form in which addresses are kept and compared."""
    return email.strip().casefold()


def of_session(said: str) -> User | None:
    """The account of a session, unless it was signed out everywhere or disabled since."""
    number, _, epoch = said.partition(".")
    user = db.session.get(User, int(number)) if number.isdigit() else None
    return user if user and str(user.epoch) == epoch and user.is_active else None


def everyone() -> list[User]:
    """All accounts, by address."""
    return list(db.session.scalars(select(User).order_by(User.email)))


def create(email: str, role: str, name: str = "", password: str | None = None) -> User:
    """A new account; without `password` nobody can sign in to it yet. Raises EmailTaken, BadPassword, AccessError."""
    address = normal(email)
    if "@" not in address.strip("@") or len(address) > 254:
        raise AccessError(_("“%(email)s” is no e-mail address.", email=email))
    if role not in set(Role):
        raise AccessError(_("“%(role)s” is no role; it is one of %(roles)s.", role=role, roles=", ".join(Role)))
    hashed = _hashed(password) if password is not None else ""
    with writing() as session:
        if by_email(address) is not None:
            raise EmailTaken(_("There is an account for %(email)s already.", email=address))
        user = User(email=address, name=name.strip(), role=role, password_hash=hashed)
        session.add(user)
    return user


def checked(email: str, password: str) -> User | None:
    """The account whose address and password these are; None for any other, after the same work."""
    user = by_email(email)
    hashed = (user.password_hash if user else "") or _nobody()
    try:
        _hasher.verify(hashed, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return None
    if user is None or not user.is_active or hashed == _nobody():
        return None
    if _hasher.check_needs_rehash(hashed):
        with writing():
            user.password_hash = _hasher.hash(password)
    return user


def set_password(user: User, password: str) -> None:
    """A new password; every session of the account ends. Raises BadPassword."""
    hashed = _hashed(password)
    with writing() as session:
        session.refresh(user)
        user.password_hash = hashed
        user.epoch += 1


def sign_out_everywhere(user: User) -> None:
    """End every session of the account."""
    with writing() as session:
        session.refresh(user)
        user.epoch += 1


def rename(user: User, name: str) -> None:
    """Change the name that the desk shows."""
    with writing() as session:
        session.refresh(user)
        user.name = name.strip()


def change(user: User, *, role: str | None = None, disabled: bool | None = None) -> None:
    """Another role, or disabled or not. Raises LastAdministrator when none would be left, AccessError."""
    if role is not None and role not in set(Role):
        raise AccessError(_("“%(role)s” is no role; it is one of %(roles)s.", role=role, roles=", ".join(Role)))
    with writing() as session:
        session.refresh(user)
        loses = user.role == Role.ADMIN and not user.disabled
        if role is not None:
            user.role = role
        if disabled is not None:
            user.disabled = disabled
            user.epoch += 1 if disabled else 0
        session.flush()
        if loses and not administrators():
            raise LastAdministrator(_("This is the last administrator; make another one first."))


def administrators() -> int:
    """How many people can manage accounts."""
    query = select(func.count()).select_from(User).where(User.role == Role.ADMIN, User.disabled.is_(False))
    return db.session.scalar(query) or 0


@cache
def _nobody() -> str:
    """What is compared for an address that has no account, so that the answer takes as long."""
    return _hasher.hash("nobody has this password")


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise BadPassword(_("A password has at least %(min)d characters; a few words are good.", min=SHORTEST_PASSWORD))
    if len(password) > LONGEST_PASSWORD:
        raise BadPassword(_("A password has at most %(max)d characters.", max=LONGEST_PASSWORD))
    return _hasher.hash(password)
