"""Judged queries at the desk: said, looked at with the place that each has now, taken back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from indexer.judging import DEPTH, FIRST_PAGE
from indexer.searching import Question
from library.access.policy import Action, requires
from library.catalogue import judgements
from library.catalogue.errors import CatalogueError
from library.catalogue.models import Document, JudgedQuery, Status
from library.curating import overview
from library.curating.blueprint import bp
from library.curating.errors import attach
from library.curating.forms import QueryForm
from library.curating.pieces import person
from library.finding import index

LINES = 50
OFFERED = 200  # titles that the form offers while one types; any other can be written
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """A judged query as it stands. `asked`: the piece is published, so that the index was asked. `place`: from 1."""

    judged: JudgedQuery
    asked: bool
    place: int | None

    @property
    def on_first_page(self) -> bool:
        return self.place is not None and self.place <= FIRST_PAGE


@bp.route("/queries/", methods=["GET", "POST"])
@requires(Action.JUDGE)
def queries() -> Answer:
    """Which piece a query must find, where each query finds it now, and a form for another."""
    form = QueryForm(query=request.args.get("query", ""), piece=request.args.get("piece", ""))
    if form.validate_on_submit():
        try:
            judgements.add(form.query.data or "", judgements.piece_named(form.piece.data or ""), by=person())
        except CatalogueError as error:
            attach(form, error)
        else:
            flash(_("Added. From now on the index is judged by it."), "success")
            return redirect(url_for("curating.queries"))
    pages = max(1, -(-judgements.count() // LINES))
    number = min(max(request.args.get("page", 1, int), 1), pages)
    page = render_template(
        "curate/queries.html",
        form=form,
        standings=[standing(judged) for judged in judgements.listed(LINES, (number - 1) * LINES)],
        ready=index().state().ready,
        offered=overview.titles(OFFERED),
        number=number,
        pages=pages,
        builder=lambda n: url_for("curating.queries", page=n),
    )
    return page, 400 if form.errors else 200


@bp.route("/queries/<int:number>/remove", methods=["GET", "POST"])
@requires(Action.JUDGE)
def remove_query(number: int) -> Answer:
    """Take back that a query must find a piece, after asking."""
    judged = judgements.by_id(number) or abort(404)
    if request.method == "GET":
        return render_template("curate/remove_query.html", judged=judged)
    judgements.remove(judged, by=person())
    flash(_("Removed. The index is no longer judged by it."), "success")
    return redirect(url_for("curating.queries"))


def standing(judged: JudgedQuery) -> Standing:
    """Where a query finds its piece now."""
    asked = judged.document.status == Status.PUBLISHED
    return Standing(judged, asked, _place(judged.query, judged.document) if asked else None)


def _place(query: str, document: Document) -> int | None:
    """Asked as somebody who may see the piece; what is not on the first page is looked for farther down."""
    access = tuple({"public": None, document.access: None})
    for offset, limit in ((0, FIRST_PAGE), (FIRST_PAGE, DEPTH - FIRST_PAGE)):
        answer = index().ask(Question(query, offset=offset, limit=limit, access=access, facets=False))
        found = [hit.document for hit in answer.hits]
        if str(document.id) in found:
            return offset + found.index(str(document.id)) + 1
    return None
