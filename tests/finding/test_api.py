"""The search API answers as the contract says, and its description tells what it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from library.catalogue import topics
from library.catalogue.models import Document
from library.finding import api, index

Piece = Callable[..., Document]
Indexed = Callable[[], None]


def told(client: FlaskClient, address: str) -> Any:
    """What the API answers, whatever the status."""
    return client.get(address).json


def told_by(answer: TestResponse) -> Any:
    """The error that an answer tells."""
    return (answer.json or {})["error"]


def test_an_answer_has_the_names_of_the_contract(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    topics.create("assembly", {"en": "Peaceful assembly"})
    piece(
        "## Police\n\nThe police may not use kettling & force.",
        title="Marches", summary="On marches.", topics=("assembly",), countries=("GH",), year=2021,
    )  # fmt: skip
    indexed()
    found = told(client, "/api/v1/search?q=kettling&topic=assembly")
    assert set(found) == {
        "query", "total", "took_ms", "partial", "partly_searchable", "suggestion", "hits", "facets", "next",
    }  # fmt: skip
    assert (found["query"], found["total"], found["partial"], found["next"]) == ("kettling", 1, False, None)
    hit = found["hits"][0]
    assert set(hit) == {"document", "score", "passages"}
    assert hit["document"] | {"published": None, "id": 0} == {
        "id": 0,
        "slug": "marches",
        "url": "http://localhost/documents/marches/",
        "title": "Marches",
        "summary": "On marches.",
        "kind": "article",
        "language": "en",
        "topics": ["assembly"],
        "published": None,
    }
    passage = hit["passages"][0]
    assert set(passage) == {"heading", "url", "page", "snippet"}
    assert "<mark>kettling</mark> &amp; force" in passage["snippet"] and passage["heading"] == "Police"
    path, _, anchor = passage["url"].partition("#")
    assert f'id="{anchor}"'.encode() in client.get(path).data
    assert found["facets"]["topic"] == [{"value": "assembly", "label": "Peaceful assembly", "count": 1}]
    assert found["facets"]["country"] == [{"value": "GH", "label": "Ghana", "count": 1}]
    assert set(found["facets"]) == {"topic", "kind", "lang", "country", "year"}


def test_next_leads_through_all_the_results(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    for number in range(5):
        piece(f"Budget hearing {number}.", title=f"Hearing {number}")
    indexed()
    address: str | None = "/api/v1/search?q=budget&sort=title&limit=2&kind=article"
    seen = []
    while address:
        found = told(client, address)
        seen += [hit["document"]["title"] for hit in found["hits"]]
        address = found["next"]
    assert seen == [f"Hearing {number}" for number in range(5)]


def test_a_limit_is_at_most_the_most(
    client: FlaskClient, piece: Piece, indexed: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (api.MOST, api.DEFAULT_LIMIT) == (100, 10)
    monkeypatch.setattr(api, "MOST", 3)
    monkeypatch.setattr(api, "DEFAULT_LIMIT", 2)
    for number in range(4):
        piece("Same.", title=f"{number}")
    indexed()
    for limit, hits in (("500", 3), ("9" * 99, 2), ("x", 2), ("", 2), ("-1", 2), ("0", 1), ("1", 1)):
        assert len(told(client, f"/api/v1/search?limit={limit}")["hits"]) == hits


def test_errors_are_json(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    piece("A paragraph.")
    indexed()
    for response, status in [
        (client.get("/api/v2/search"), 404),
        (client.post("/api/v1/search", data={"q": "x"}), 405),
        (client.delete("/api/openapi.json"), 405),
    ]:
        assert response.status_code == status and told_by(response)["status"] == status
        assert told_by(response)["message"].endswith(".")


def test_before_the_index_is_ready_the_api_says_when_to_come_back(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search?q=x")
    assert answer.status_code == 503 and told_by(answer)["code"] == "not_ready"
    assert answer.headers["Retry-After"] == "10"
    assert client.get("/search.atom?q=x").status_code == 503
    index().close()


def test_other_origins_are_not_invited(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    piece("A paragraph.")
    indexed()
    answer = client.get("/api/v1/search?q=x", headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_what_is_answered_fits_the_description(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    topics.create("assembly", {"en": "Assembly"})
    piece("## One\n\nFree assembly.", topics=("assembly",), countries=("KE",), year=2020)
    piece("Assembly again.")
    indexed()
    described = told(client, "/api/openapi.json")
    assert described["openapi"].startswith("3.1")
    schemas = described["components"]["schemas"]

    def ending(path: str) -> Any:
        return described["paths"][path]["get"]["responses"]["200"]["content"]

    results = ending("/api/v1/search")["application/json"]["schema"]
    fits(told(client, "/api/v1/search?q=assembly&limit=1"), results, schemas)
    fits(told(client, "/api/v1/search?q=nothing-at-all"), results, schemas)
    suggestions = client.get("/suggest?q=Pie")
    fits(suggestions.json, ending("/suggest")[suggestions.mimetype]["schema"], schemas)
    fits(told(client, "/api/none"), schemas["Error"], schemas)


def test_every_address_described_is_there(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    piece("A paragraph.")
    indexed()
    for path in told(client, "/api/openapi.json")["paths"]:
        assert client.get(path).status_code == 200, path


def test_suggestions_complete_titles_and_topics_and_lead_to_a_search(
    client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    topics.create("disinformation", {"en": "Disinformation"})
    piece("Text.", title="Disinformation: a guide", topics=("disinformation",))
    indexed()
    answer = client.get("/suggest?q=disinf")
    assert answer.mimetype == "application/x-suggestions+json"
    typed, texts, descriptions, addresses = told(client, "/suggest?q=disinf")
    assert typed == "disinf" and "Disinformation: a guide" in texts
    assert len(texts) == len(descriptions) == len(addresses)
    assert "http://localhost/search?q=Disinformation" in addresses
    assert told(client, "/suggest") == ["", [], [], []]


def test_the_description_document_lets_browsers_search_here(client: FlaskClient) -> None:
    answer = client.get("/opensearch.xml")
    assert answer.mimetype == "application/opensearchdescription+xml"
    root = etree.fromstring(answer.data)
    names = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    assert len(root.findtext("o:ShortName", namespaces=names) or "") <= 16
    templates = {url.get("type"): url.get("template") for url in root.iterfind("o:Url", names)}
    assert templates["text/html"] == "http://localhost/search?q={searchTerms}&page={startPage?}"
    assert templates["application/x-suggestions+json"] == "http://localhost/suggest?q={searchTerms}"
    assert client.get("/opensearch.xml", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


_TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
    "null": type(None),
}  # fmt: skip


def fits(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Assert that `value` is as `schema` says, with no name that the schema does not have."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert any(isinstance(value, _TYPES[name]) for name in types), (value, schema)
    if isinstance(value, dict) and "properties" in schema:
        assert set(value) <= set(schema["properties"]) and set(schema.get("required", ())) <= set(value), value
        for name, part in value.items():
            fits(part, schema["properties"][name], schemas)
    if isinstance(value, list):
        for place, part in enumerate(value):
            given = schema.get("prefixItems")
            fits(part, given[place] if given else schema["items"], schemas)
    if "enum" in schema:
        assert value in schema["enum"]
