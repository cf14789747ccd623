"""Accounts, one-time links, attempts to sign in, and the policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from library import create_app
from library.access import accounts, invitations
from library.access.errors import AccessError, BadLink, BadPassword, EmailTaken, LastAdministrator
from library.access.models import Invitation, LoginAttempt, Role, now
from library.access.policy import Action, may, may_edit, may_see, visible_to
from library.extensions import db
from tests.access.conftest import PASSWORD

SignedIn = Callable[..., FlaskClient]


def test_an_account_is_found_however_its_address_is_written(app: Flask) -> None:
    accounts.create("Ada@Example.org", Role.CURATOR, "Ada", PASSWORD)
    assert accounts.checked(" ada@EXAMPLE.org", PASSWORD)
    assert accounts.checked("ada@example.org", PASSWORD + "x") is None
    assert accounts.checked("nobody@example.org", PASSWORD) is None
    with pytest.raises(EmailTaken):
        accounts.create("ADA@example.org", Role.MEMBER)
    with pytest.raises(AccessError):
        accounts.create("no address", Role.MEMBER)
    with pytest.raises(AccessError):
        accounts.create("x@example.org", "queen")


def test_a_short_password_is_refused_and_none_is_kept_in_the_clear(app: Flask) -> None:
    with pytest.raises(BadPassword):
        accounts.create("a@example.org", Role.MEMBER, "", "short")
    with pytest.raises(BadPassword):
        accounts.create("a@example.org", Role.MEMBER, "", "x" * 1001)
    user = accounts.create("a@example.org", Role.MEMBER, "", PASSWORD)
    assert user.password_hash.startswith("$argon2id$") and PASSWORD not in user.password_hash


def test_a_disabled_account_cannot_sign_in_and_its_sessions_end(app: Flask, signed_in: SignedIn) -> None:
    accounts.create("root@example.org", Role.ADMIN, "", PASSWORD)
    client = signed_in(Role.CURATOR)
    assert client.get("/curate/").status_code == 200
    user = accounts.by_email("curator@example.org")
    assert user
    accounts.change(user, disabled=True)
    assert client.get("/curate/").status_code == 302
    assert accounts.checked("curator@example.org", PASSWORD) is None


def test_the_last_administrator_cannot_be_lost(app: Flask) -> None:
    user = accounts.create("root@example.org", Role.ADMIN, "", PASSWORD)
    with pytest.raises(LastAdministrator):
        accounts.change(user, role=Role.MEMBER)
    with pytest.raises(LastAdministrator):
        accounts.change(user, disabled=True)
    db.session.expire_all()
    assert user.role == Role.ADMIN and not user.disabled


def test_the_first_administrators_link_works_once_and_ends_the_others(app: Flask, client: FlaskClient) -> None:
    first, second = invitations.first_administrator_link(), invitations.first_administrator_link()
    assert first and second and first.startswith("http://localhost/account/setup/")
    paths = [link.removeprefix("http://localhost") for link in (first, second)]
    assert client.get(paths[0]).status_code == 200
    form = {"email": "ada@example.org", "name": "Ada", "password": PASSWORD, "again": PASSWORD}
    assert client.post(paths[0], data=form | {"again": "other"}).status_code == 400
    assert client.post(paths[0], data=form).headers["Location"] == "/curate/"
    assert [app.test_client().get(path).status_code for path in paths] == [410, 410]
    assert invitations.first_administrator_link() is None
    assert accounts.administrators() == 1


def test_a_link_is_good_for_a_week(app: Flask) -> None:
    token = invitations.invite(Role.MEMBER)
    assert token not in str(db.session.query(Invitation.token_sha256).all())
    db.session.execute(update(Invitation).values(expires_at=now() - timedelta(minutes=1)))
    db.session.commit()
    with pytest.raises(BadLink):
        invitations.valid(token)


def test_a_new_password_link_ends_the_sessions_of_before(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in(Role.CURATOR)
    user = accounts.by_email("curator@example.org")
    assert user
    token = invitations.invite(user.role, user)
    answer = app.test_client().post(
        f"/account/setup/{token}", data={"password": "another lantern", "again": "another lantern"}
    )
    assert answer.status_code == 302
    assert client.get("/curate/").status_code == 302
    assert accounts.checked("curator@example.org", "another lantern")


def test_signing_in_is_refused_after_too_many_failures(app: Flask, client: FlaskClient) -> None:
    app.config["LOGIN_ATTEMPTS"] = 3
    accounts.create("ada@example.org", Role.CURATOR, "", PASSWORD)
    wrong = {"email": "ada@example.org", "password": "not the password"}
    for _ in range(3):
        assert client.post("/account/login", data=wrong).status_code == 400
    refused = client.post("/account/login", data={"email": "ada@example.org", "password": PASSWORD})
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert "Try again in" in refused.text
    assert "ada@example.org" not in str(db.session.query(LoginAttempt.subject).all())
    db.session.execute(update(LoginAttempt).values(at=now() - timedelta(hours=1)))
    db.session.commit()
    assert client.post("/account/login", data=wrong | {"password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/curate/drafts/", "/curate/drafts/"),
        ("//evil.example/", "/curate/"),
        ("https://evil.example/", "/curate/"),
        ("/\\evil.example", "/curate/"),
        ("/\t/evil.example", "/%09/evil.example"),
        ("http://[evil", "/curate/"),
        ("/search?q=é%20\x92#a", "/search?q=%C3%A9%20%C2%92#a"),
        ("javascript:alert(1)", "/curate/"),
        ("", "/curate/"),
    ],
)
def test_signing_in_leads_back_within_this_site_only(app: Flask, client: FlaskClient, wanted: str, led_to: str) -> None:
    accounts.create("ada@example.org", Role.CURATOR, "", PASSWORD)
    form = {"email": "ada@example.org", "password": PASSWORD, "next": wanted}
    assert client.post("/account/login", data=form).headers["Location"] == led_to


def test_reading_sets_no_cookie_and_a_form_without_its_token_is_refused(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    for path in ("/", "/documents/", "/search?q=x", "/topics/", "/about/", "/no-such-page", "/feed.atom"):
        assert "Set-Cookie" not in client.get(path).headers, path
    assert "Set-Cookie" in client.get("/account/login").headers
    assert client.post("/account/login", data={"email": "a@example.org", "password": "x"}).status_code == 400
    assert client.post("/account/logout").status_code == 400


def test_ones_own_account_name_password_and_every_session(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in(Role.MEMBER)
    assert client.get("/account/").headers["Cache-Control"] == "private, no-store"
    assert client.post("/account/", data={"do": "name", "name-name": "Ada L."}).status_code == 302
    assert "Ada L." in client.get("/account/").text
    form = {
        "do": "password",
        "password-current": "wrong",
        "password-password": "a new lantern",
        "password-again": "a new lantern",
    }
    assert client.post("/account/", data=form).status_code == 400
    other = app.test_client()
    other.post("/account/login", data={"email": "member@example.org", "password": PASSWORD})
    assert client.post("/account/", data=form | {"password-current": PASSWORD}).status_code == 302
    assert client.get("/account/").status_code == 200, "the session that changed it goes on"
    assert other.get("/account/").status_code == 302, "the others have ended"
    client.post("/account/", data={"do": "everywhere"})
    assert client.get("/account/").status_code == 302


def test_who_may_do_what() -> None:
    def person(role: str) -> SimpleNamespace:
        return SimpleNamespace(is_authenticated=True, is_active=True, role=role, id=7)

    nobody = SimpleNamespace(is_authenticated=False)
    table = {role: [action.name for action in Action if may(person(role), action)] for role in Role}
    assert table[Role.MEMBER] == []
    assert table[Role.CONTRIBUTOR] == ["UPLOAD"]
    assert table[Role.CURATOR] == ["UPLOAD", "EDIT", "PUBLISH", "TOPICS", "JUDGE", "LOG"]
    assert table[Role.ADMIN] == [action.name for action in Action]
    assert not any(may(nobody, action) for action in Action)
    draft = SimpleNamespace(status="draft", access="public", created_by_id=7)
    live = SimpleNamespace(status="published", access="members", created_by_id=7)
    assert may_edit(person(Role.CONTRIBUTOR), draft) and not may_edit(person(Role.CONTRIBUTOR), live)
    assert not may_edit(person(Role.MEMBER), draft) and may_edit(person(Role.CURATOR), live)
    assert may_see(person(Role.MEMBER), live) and not may_see(nobody, live) and not may_see(nobody, draft)
    assert visible_to(nobody) == ("public",) and visible_to(person(Role.MEMBER)) == ("public", "members")


def test_forms_work_over_https_where_browsers_send_no_referrer(instance: Path) -> None:
    app = create_app(instance, TESTING=True, SITE_URL="https://localhost")
    with app.app_context():
        db.create_all()
        accounts.create("ada@example.org", Role.CURATOR, "Ada", PASSWORD)
        db.session.remove()
    browser = app.test_client()
    page = browser.get("/account/login", base_url="https://localhost")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token
    fields = {"email": "ada@example.org", "password": PASSWORD}
    assert browser.post("/account/login", data=fields, base_url="https://localhost").status_code == 400
    signed_in = browser.post("/account/login", data={**fields, "csrf_token": token[1]}, base_url="https://localhost")
    assert signed_in.status_code == 302
