"""A browser for each person: Flask-Login remembers the first one within a pushed context, so none is pushed here."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from library.access import accounts
from library.access.models import Role

PASSWORD = "lamps and lanterns"


@pytest.fixture
def signed_in(app: Flask) -> Callable[..., FlaskClient]:
    """Signs a new person of a role in: `signed_in(Role.CURATOR, "ada@example.org")`."""

    @app.before_request
    def forget() -> None:
        g.pop("_login_user", None)

    def make(role: Role, email: str | None = None) -> FlaskClient:
        address = email or f"{role}@example.org"
        accounts.create(address, role, f"A {role}", PASSWORD)
        client = app.test_client()
        answer = client.post("/account/login", data={"email": address, "password": PASSWORD})
        assert answer.status_code == 302
        return client

    return make
