"""A guidebook to read, and an account that is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import event

from library.access.models import User
from library.catalogue.models import Document
from library.extensions import db

GUIDE = """What stands before the first chapter, with a way [into it](#plan-the-meeting).

## Plan the meeting

Freedom of assembly begins with a room.[^1]

### Who comes

Neighbours, and [what follows](#write-it-up).

## Write it up

Minutes that everyone can check. Freedoms are kept by using them.

### Who reads it

| Reader | Wants |
|---|---|
| Council | Decisions |

## Look back

A last word.

[^1]: A note about rooms.
"""


@pytest.fixture
def guide(piece: Callable[..., Document]) -> Document:
    """A published guidebook of three chapters at /documents/meetings/."""
    return piece(
        GUIDE,
        title="Meetings",
        summary="How to hold them.",
        kind="guidebook",
        authors=("Ada Example",),
        countries=("GH",),
        licence="CC-BY-4.0",
    )


@pytest.fixture(autouse=True)
def nobody_is_remembered(app: Flask) -> None:
    """The tests' own application context outlives a request, and Flask-Login keeps who is signed in there."""

    @app.before_request
    def forget() -> None:
        g.pop("_login_user", None)


@pytest.fixture
def reader(app: Flask) -> Callable[[User], FlaskClient]:
    """A browser in which an account is signed in."""

    def sign_in(user: User) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = user.get_id()
            session["_fresh"] = True
        return client

    return sign_in


@pytest.fixture
def questions(app: Flask, client: FlaskClient) -> Callable[[str], int]:
    """How many statements the database is sent for a page."""

    def count(path: str) -> int:
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            sent.append(statement)

        db.session.remove()
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert client.get(path).status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(sent)

    return count
