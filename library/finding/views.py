"""The search page, suggestions for search boxes, and the description that browsers read to search here."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import Response, current_app, jsonify, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from library.access.policy import visible_to
from library.catalogue import topics
from library.extensions import csrf
from library.finding import dressing, helping, leading, narrowing, opensearch, starting
from library.finding.asking import Search, clean, read
from library.finding.blueprint import bp
from library.finding.labels import labeller
from library.finding.opened import index
from library.serving.urls import absolute

RETRY_SECONDS = 10
SUGGESTIONS = 8


@bp.get("/search")
def search() -> Response:
    """Results of the search that the address tells; its words stand in the address, so that it can be kept and sent."""
    return _results(read(request.args), private=False)


@bp.post("/search")
def private_search() -> Response:
    """The same, with the words out of the address: not in the history, not in logs, not in what is sent to other sites.

    `then`: where to go from results shown before (another page, a filter), as an address without the words has it.
    """
    parameters: MultiDict[str, str] = MultiDict(request.form)
    if "then" in parameters:
        parameters = MultiDict(_pairs(parameters["then"]))
        parameters["q"] = request.form.get("q", "")
    response = _results(read(parameters), private=True)
    response.headers["Cache-Control"] = "no-store"
    return response


# A question changes nothing: a forged one would show its results to the reader and to no one else.
csrf.exempt(private_search)


@bp.get("/suggest")
def suggest() -> Response:
    """Completions of what was typed so far (OpenSearch Suggestions 1.1)."""
    return _suggestions(request.args.get("q", ""))


@bp.post("/suggest")
def private_suggest() -> Response:
    """The same, with what was typed out of the address."""
    response = _suggestions(request.form.get("q", ""))
    response.headers["Cache-Control"] = "no-store"
    return response


csrf.exempt(private_suggest)


@bp.get("/opensearch.xml", endpoint="opensearch")
def description() -> Response:
    """How a browser or another program searches here (OpenSearch 1.1)."""
    response = Response(opensearch.description(), mimetype="application/opensearchdescription+xml")
    response.add_etag()
    response.make_conditional(request)
    return response


def _suggestions(text: str) -> Response:
    typed = clean(text[:400])
    found = index().suggest(typed, limit=SUGGESTIONS, access=visible_to(current_user)) if typed else []
    addresses = [absolute(url_for("finding.search", q=text)) for text in found]
    response = jsonify([typed, found, ["" for _ in found], addresses])
    response.content_type = "application/x-suggestions+json"
    return response


def _results(search: Search, *, private: bool) -> Response:
    opened = index()
    if not opened.state().ready:
        response = make_response(render_template("finding/not_ready.html", search=search, private=private), 503)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    access = visible_to(current_user)
    size = 0 if search.starting else current_app.config["RESULTS_PER_PAGE"]
    answer = opened.ask(search.question(access, size))
    pages = max(1, -(-answer.total // size)) if size else 1
    if search.page > pages:  # an old link, or fewer pieces than before: the last page there is
        search = search.on_page(pages)
        answer = opened.ask(search.question(access, size))
    label = labeller()
    queries = leading.Queries(search, words=not private)
    shown: dict[str, Any] = {
        "search": search,
        "private": private,
        "answer": answer,
        "groups": narrowing.groups(answer, queries, label),
        "chips": narrowing.chips(search, label),
        "said": narrowing.said(search, label),
        "label": label,
    }
    if search.starting:
        first = [(one, narrowing.said(one, label)) for one in starting.first_words(answer, label)]
        shown |= {"first_words": first, "examples": starting.examples(answer, label)}
        shown["topics"] = topics.roots()
    elif answer.total:
        shown |= {
            "found": dressing.found(answer, access, label, mark=not private),
            "partly_searchable": dressing.partly_searchable(answer),
            "pages": leading.pages(queries, pages) if pages > 1 else [],
            "orders": leading.orders(queries) if answer.total > 1 else [],
            "first": (search.page - 1) * size + 1,
        }
    else:
        everywhere = topics.all_topics()
        shown |= {
            "plain_words": helping.plain_words(search.text),
            "near": helping.near(search.text, everywhere),
            "topics": [topic for topic in everywhere if topic.parent_id is None],
        }
    return make_response(render_template("finding/search.html", **shown))


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, max_num_fields=200)
    except ValueError:
        return []
