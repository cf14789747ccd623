"""The one place that answers “may this person see or do this?”, for pages, search, snippets, feeds and API alike."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

from flask import abort
from flask_login import current_user

from library.access.models import Role

P = ParamSpec("P")
R = TypeVar("R")


class Action(Enum):
    """What can be done at the desk."""

    UPLOAD = "upload, write and change one's own drafts"
    EDIT = "change any piece, its topics, its address"
    PUBLISH = "publish and withdraw"
    TOPICS = "change the tree of topics"
    JUDGE = "say which pieces a query must find"
    PEOPLE = "accounts and invitations"
    LOG = "read the desk's log"


class Piece(Protocol):
    """What the policy needs to know of a document."""

    status: Any
    access: Any
    created_by_id: Any


_LEAST = {
    Action.UPLOAD: Role.CONTRIBUTOR,
    Action.EDIT: Role.CURATOR,
    Action.PUBLISH: Role.CURATOR,
    Action.TOPICS: Role.CURATOR,
    Action.JUDGE: Role.CURATOR,
    Action.PEOPLE: Role.ADMIN,
    Action.LOG: Role.CURATOR,
}
_RANK = {Role.MEMBER: 1, Role.CONTRIBUTOR: 2, Role.CURATOR: 3, Role.ADMIN: 4}


def rank(person: Any) -> int:
    """0 for a reader who is not signed in, 1 for a member … 4 for an administrator."""
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return 0
    return _RANK.get(person.role, 0)


def visible_to(person: Any) -> tuple[str, ...]:
    """The values of a published piece's `access` that `person` may see; search and lists filter by them."""
    return ("public", "members") if rank(person) else ("public",)


def may_see(person: Any, document: Piece) -> bool:
    """Whether `person` may read the piece: a published one by its access; a draft by curators and who wrote it."""
    if document.status == "published" and document.access in visible_to(person):
        return True
    return may_edit(person, document)


def may_edit(person: Any, document: Piece) -> bool:
    """Whether `person` may change the piece: any for curators; one's own drafts for contributors."""
    if may(person, Action.EDIT):
        return True
    own = rank(person) and document.created_by_id is not None and document.created_by_id == person.id
    return bool(own and may(person, Action.UPLOAD) and document.status == "draft")


def may(person: Any, action: Action) -> bool:
    """Whether `person` may do `action` at all."""
    return rank(person) >= _RANK[_LEAST[action]]


def allowed(action: Action) -> bool:
    """Whether the person of this request may do `action`."""
    return may(current_user, action)


def requires(action: Action) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A view that only those may call who may do `action`: others sign in first (401) or are told no (403)."""

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not rank(current_user):
                abort(401)
            if not may(current_user, action):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return wrap
