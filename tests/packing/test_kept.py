"""Guides kept on a phone, as far as the server goes: what is listed, for whom, and that nothing is installed unasked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from flask.testing import FlaskClient

from library import interface
from library.access.models import Role, User
from library.catalogue import documents
from library.catalogue.metadata import Metadata


def test_list_of_a_guide_names_pages_that_are_there(shelf, client: FlaskClient) -> None:
    told = client.get("/documents/meetings/keep.json").json
    assert [page["url"] for page in told["pages"]][:2] == [
        "/documents/meetings/",
        "/documents/meetings/plan-the-meeting/",
    ]
    assert len(told["pages"]) == 4 and told["title"] == "Meetings"
    for page in told["pages"]:
        answer = client.get(page["url"])
        assert answer.status_code == 200 and "Location" not in answer.headers
    assert client.get(told["index"]).status_code == client.get(told["shell"]).status_code == 200


def test_version_changes_with_the_revision_and_only_with_it(shelf, client: FlaskClient) -> None:
    first = client.get("/documents/meetings/keep.json")
    assert client.get("/documents/meetings/keep.json").json == first.json
    assert (
        client.get("/documents/meetings/keep.json", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    )
    guide = shelf["guide"]
    documents.revise(guide, Metadata.of(guide.latest), "## Other\n\nWords.")
    assert client.get("/documents/meetings/keep.json").json["version"] == first.json["version"], "a draft is nobody's"
    documents.publish(guide)
    assert client.get("/documents/meetings/keep.json").json["version"] != first.json["version"]


def test_index_leads_to_anchors_that_the_pages_have(shelf, client: FlaskClient) -> None:
    index = client.get("/documents/meetings/find.json").json
    assert len(index["texts"]) == len(index["sections"])
    assert "neighbours" in index["words"]
    pages = {address: client.get(address).text for address, *_rest in index["pages"]}
    anchors = [(index["pages"][page][0], anchor) for page, anchor, *_rest in index["sections"] if anchor]
    assert len(anchors) > 3
    assert [found for found in anchors if f'id="{found[1]}"' not in pages[found[0]]] == []


def test_list_and_index_are_in_the_language_of_the_interface(shelf, client: FlaskClient) -> None:
    for tag in [tag for tag in interface.offered() if tag != "en"]:
        told = client.get(f"/{tag}/documents/meetings/keep.json").json
        assert {page["url"].split("/")[1] for page in told["pages"]} == {tag}
        assert told["index"].startswith(f"/{tag}/") and told["shell"] == f"/{tag}/kept/"
        assert client.get(f"/{tag}/service-worker.js").headers["Location"] == "/service-worker.js"


def test_worker_serves_the_whole_site_and_changes_with_its_scripts(client: FlaskClient) -> None:
    answer = client.get("/service-worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Cache-Control"] == "no-cache"
    assets = json.loads(re.match(r"const ASSETS = (\[.*?\]);", answer.text)[1])  # type: ignore[index]
    assert all("?v=" in asset and client.get(asset).status_code == 200 for asset in assets)


def test_button_is_for_readers_of_what_is_for_everyone(
    shelf, client: FlaskClient, person: Callable[..., User], reader: Callable[[User], FlaskClient]
) -> None:
    part = re.search(r'<section class="keep" hidden.*?</section>', client.get("/documents/meetings/").text, re.DOTALL)
    assert part and "Keep this guide on this phone (about" in part[0]
    assert 'class="keep"' not in reader(person(Role.MEMBER)).get("/documents/meetings/").text
    documents.curate(shelf["guide"], access="members")
    assert client.get("/documents/meetings/find.json").status_code == 404


def test_no_page_registers_a_worker_by_itself(shelf, client: FlaskClient) -> None:
    for path in ("/", "/documents/", "/topics/", "/documents/meetings/plan-the-meeting/", "/kept/"):
        assert "service-worker" not in client.get(path).text
