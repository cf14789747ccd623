"""The description of the API (OpenAPI 3.1), written by hand and held to what the API answers by a test."""

from __future__ import annotations

from typing import Any

from flask import current_app

from library.catalogue.models import Kind
from library.catalogue.receipts import PARTIAL
from library.finding.asking import LONGEST_TEXT, MOST_VALUES, SORTS
from library.serving.urls import absolute

JsonSchema = dict[str, Any]


def described() -> JsonSchema:
    """The document as a JSON object."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{current_app.config['SITE_NAME']}: API",
            "version": "1",
            "description": "Reads what every reader may read. No key is needed. Names may be added, none will change.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": absolute("/").rstrip("/")}],
        "paths": {
            "/api/v1/search": {"get": _search()},
            "/api/openapi.json": {"get": _self()},
            "/suggest": {"get": _suggest()},
        },
        "components": {"schemas": schemas()},
    }


def schemas() -> dict[str, JsonSchema]:
    """Schemas of all that is answered, by name."""
    return {
        "Results": _object(
            query=_text("The words as they were searched."),
            total={"type": "integer", "minimum": 0, "description": "Documents that were found."},
            took_ms={"type": "number", "description": "Milliseconds that the index took."},
            partial={"type": "boolean", "description": "Whether something was too much to look at, so more may exist."},
            partly_searchable={
                "type": "integer",
                "minimum": 0,
                "description": "Of the documents found, those of whose originals something could not be read.",
            },
            suggestion={"type": ["string", "null"], "description": "What may have been meant."},
            hits={"type": "array", "items": _ref("Hit")},
            facets=_object(**{key: _values() for key in ("topic", "kind", "lang", "country", "year")}, required=False),
            next={"type": ["string", "null"], "format": "uri", "description": "The next page."},
        ),
        "Hit": _object(
            document=_ref("Document"),
            score={"type": "number", "description": "Comparable within one answer only."},
            passages={"type": "array", "items": _ref("Passage"), "maxItems": 3},
        ),
        "Document": _object(
            id={"type": "integer"},
            slug=_text("Its name in addresses."),
            url={"type": "string", "format": "uri"},
            title=_text("Its title."),
            summary=_text("A sentence or two; may be empty."),
            kind={"type": "string", "enum": [str(kind) for kind in Kind]},
            language=_text("BCP 47; und when not known."),
            topics={"type": "array", "items": {"type": "string"}, "description": "Slugs."},
            published={"type": ["string", "null"], "format": "date"},
        ),
        "Passage": _object(
            heading=_text("Of the section; empty before the first heading."),
            url={"type": "string", "format": "uri", "description": "Opens at the place."},
            page={"type": ["integer", "null"], "minimum": 1, "description": "Page of the original file."},
            snippet=_text("HTML with no element but mark."),
        ),
        "FacetValue": _object(
            value=_text("What the parameter takes."), label=_text("Its name."), count={"type": "integer", "minimum": 1}
        ),
        "Error": _object(
            error=_object(status={"type": "integer"}, code=_text("Never changes."), message=_text("A sentence."))
        ),
    }


def _search() -> JsonSchema:
    return {
        "operationId": "search",
        "summary": "Search the library",
        "description": "Every question is answered: a parameter that cannot be used is left out.",
        "parameters": [
            _parameter("q", {"type": "string", "maxLength": LONGEST_TEXT}, "Words, or the query language."),
            _repeated("kind", {"type": "string", "enum": [str(kind) for kind in Kind]}, "Kind of piece."),
            _repeated("topic", {"type": "string"}, "Slug of a topic; its sub-topics are included."),
            _repeated("lang", {"type": "string"}, "Language, ISO 639."),
            _repeated("country", {"type": "string"}, "Country, ISO 3166-1 alpha-2."),
            _repeated("year", {"type": "string"}, "A year or a range: 2021, 2019..2023, 2019.., ..2010."),
            _repeated("author", {"type": "string"}, "An author's whole name."),
            _repeated("reading", {"type": "string", "enum": [PARTIAL]}, "Only partly searchable documents."),
            _parameter("sort", {"type": "string", "enum": list(SORTS), "default": "relevance"}, "Order."),
            _parameter("page", {"type": "integer", "minimum": 1, "default": 1}, "Page, from 1."),
            _parameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}, "Hits on a page."),
        ],
        "responses": {
            "200": _json("What was found.", _ref("Results")),
            "503": _json("The index is being prepared; ask again after the seconds in Retry-After.", _ref("Error")),
        },
    }


def _self() -> JsonSchema:
    return {
        "operationId": "description",
        "summary": "This description",
        "responses": {"200": _json("OpenAPI 3.1.", {"type": "object"})},
    }


def _suggest() -> JsonSchema:
    strings = {"type": "array", "items": {"type": "string"}}
    answer = {"type": "array", "prefixItems": [{"type": "string"}, strings, strings, strings]}
    return {
        "operationId": "suggest",
        "summary": "Complete what was typed (OpenSearch Suggestions)",
        "parameters": [_parameter("q", {"type": "string"}, "What was typed so far.")],
        "responses": {
            "200": {
                "description": "The words, completions, their descriptions, their addresses.",
                "content": {"application/x-suggestions+json": {"schema": answer}},
            }
        },
    }


def _object(*, required: bool = True, **properties: JsonSchema) -> JsonSchema:
    found: JsonSchema = {"type": "object", "properties": properties}
    return {**found, "required": list(properties)} if required else found


def _ref(name: str) -> JsonSchema:
    return {"$ref": f"#/components/schemas/{name}"}


def _text(description: str) -> JsonSchema:
    return {"type": "string", "description": description}


def _values() -> JsonSchema:
    return {"type": "array", "items": _ref("FacetValue")}


def _parameter(name: str, schema: JsonSchema, description: str) -> JsonSchema:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _repeated(name: str, item: JsonSchema, description: str) -> JsonSchema:
    schema = {"type": "array", "items": item, "maxItems": MOST_VALUES}
    return {**_parameter(name, schema, f"{description} May be repeated; one of them has to fit."), "explode": True}


def _json(description: str, schema: JsonSchema) -> JsonSchema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
