"""A form that is refused says so on top, leads to each field from there, and ties each error to its field."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from library.access import accounts, invitations
from library.access.models import Role
from library.catalogue import topics
from library.catalogue.models import Document

SignIn = Callable[..., FlaskClient]


def refused(response: TestResponse, status: int = 400) -> dict[str, str]:
    """What the summary says, by the id of the field ("" for the whole form); all that a form's errors need is checked."""
    assert response.status_code == status, response.text
    page = html.fromstring(response.text)
    assert page.findtext(".//title").startswith("Error: ")
    (summary,) = page.xpath("//main//*[@autofocus]")
    assert (summary.get("role"), summary.get("tabindex")) == ("alert", "-1")
    assert page.get_element_by_id(summary.get("aria-labelledby")).text_content()
    said = {}
    for line in summary.xpath(".//li"):
        links = line.xpath("./a")
        field = links[0].get("href").removeprefix("#") if links else ""
        said[field] = line.text_content().strip()
        if field:
            control = page.get_element_by_id(field)
            assert control.tag in ("input", "select", "textarea") and control.get("type") != "hidden"
            assert control.get("aria-invalid") == "true"
            described = [
                page.get_element_by_id(each).text_content() for each in control.get("aria-describedby").split()
            ]
            assert f"Error: {said[field]}" in [each.strip() for each in described]
    assert len(page.xpath("//@id")) == len(set(page.xpath("//@id"))), "an id stands twice"
    return said


def test_signing_in_without_words(client: FlaskClient) -> None:
    said = refused(client.post("/account/login", data={"email": "", "password": ""}))
    assert said == {"email": "Write your e-mail address.", "password": "Write your password."}


def test_signing_in_wrongly_does_not_tell_which_was_wrong(client: FlaskClient) -> None:
    said = refused(client.post("/account/login", data={"email": "a@example.org", "password": "wrong words here"}))
    assert said == {"": "No account has this address with this password."}


def test_an_account_that_there_is_already(app: Flask, client: FlaskClient) -> None:
    accounts.create("ada@example.org", Role.MEMBER, "Ada", "lamps and lanterns")
    address = f"/account/setup/{invitations.invite(Role.MEMBER)}"
    form = {"email": "ada@example.org", "name": "A", "password": "lamps and lanterns", "again": "lamps and lanterns"}
    assert set(refused(client.post(address, data=form))) == {"email"}
    assert set(refused(client.post(address, data=form | {"again": "x"}))) == {"again"}


def test_ones_own_password(signed_in: SignIn) -> None:
    client = signed_in(Role.MEMBER)
    form = {"do": "password", "password-current": "", "password-password": "short", "password-again": "other"}
    response = client.post("/account/", data=form)
    page = html.fromstring(response.text)
    targets = [str(each) for each in page.xpath("//*[@autofocus]//a/@href")]
    assert targets == ["#password-current", "#password-password", "#password-again"] or set(targets) == {
        "#password-current", "#password-password", "#password-again",
    }  # fmt: skip
    assert all(page.get_element_by_id(each[1:]).get("aria-invalid") for each in targets)


def test_topics(app: Flask, signed_in: SignIn) -> None:
    topics.create("lanterns", {"en": "Lanterns"})
    client = signed_in(Role.CURATOR)
    assert refused(client.post("/curate/topics/new", data={"slug": "lanterns", "parent": "", "names-en": "Again"})) == {
        "slug": "There is a topic at the address “lanterns” already."
    }
    assert set(refused(client.post("/curate/topics/new", data={"slug": "lamps", "parent": ""}))) == {""}


def test_pieces(signed_in: SignIn, piece: Callable[..., Document]) -> None:
    piece(title="One"), piece(title="Two")
    client = signed_in(Role.CURATOR)
    assert set(refused(client.post("/curate/new", data={"title": "", "language": "!"}))) >= {"title", "language"}
    showing = {"slug": "two", "access": "public", "original": ""}
    assert set(refused(client.post("/curate/documents/one/showing", data=showing))) == {"slug"}
    showing |= {"slug": "one", "translation_of": "nowhere"}
    assert set(refused(client.post("/curate/documents/one/showing", data=showing))) == {"translation_of"}
    assert set(refused(client.post("/curate/documents/one/withdraw", data={"reason": ""}))) == {"reason"}
    assert set(refused(client.post("/curate/queries/", data={"query": "a", "piece": "nowhere"}))) == {"piece"}


def test_uploads(signed_in: SignIn) -> None:
    client = signed_in(Role.CURATOR)
    assert refused(client.post("/curate/upload", data={"files": (BytesIO(), "")})) == {
        "ui-files": "Choose at least one file."
    }


@pytest.mark.parametrize("path", ["/account/login", "/account/logout"])
def test_a_form_without_its_token_gets_a_sentence(app: Flask, client: FlaskClient, path: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    response = client.post(path, data={"email": "a@example.org"})
    assert response.status_code == 400
    assert "belongs to a session that has ended" in response.text
