"""People: accounts, the one-time links that make or renew them, and attempts to sign in."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.extensions import Base


class Role(StrEnum):
    """What a person is to the library, from least to most."""

    MEMBER = "member"
    CONTRIBUTOR = "contributor"
    CURATOR = "curator"
    ADMIN = "admin"


def now() -> datetime:
    return datetime.now(UTC)


class User(Base):
    """An account. `epoch` is part of the session: raising it signs the person out everywhere."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(20), default=Role.MEMBER)
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    epoch: Mapped[int] = mapped_column(default=0)
    disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)

    # What Flask-Login asks of an account; written out because its own mixin is untyped.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return not self.disabled

    def get_id(self) -> str:
        """What the session holds: account and epoch."""
        return f"{self.id}.{self.epoch}"


class Invitation(Base):
    """A one-time link that makes an account of `role` (or sets the password of `user_id`). Only its hash is kept."""

    __tablename__ = "invitations"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginAttempt(Base):
    """A failed sign-in, counted by a keyed hash of the account or address (neither is kept in the clear)."""

    __tablename__ = "login_attempts"
    __table_args__ = (Index("ix_login_attempts_subject_at", "subject", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=now)
