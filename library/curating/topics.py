"""The tree of topics at the desk."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from library.access.policy import Action, requires
from library.catalogue import topics as tree
from library.catalogue.errors import CatalogueError
from library.catalogue.models import Topic
from library.curating.blueprint import bp
from library.curating.errors import attach
from library.curating.forms import TopicForm
from library.curating.pieces import person
from library.reading.context import topic_name

LANGUAGES = ("en", "fr", "es", "ar")
Answer = str | Response | tuple[str, int]


@bp.get("/topics/")
@requires(Action.TOPICS)
def topics() -> str:
    """The tree, with the number of pieces of each topic."""
    return render_template("curate/topics.html", roots=tree.roots(), counts=tree.counts())


@bp.route("/topics/new", methods=["GET", "POST"])
@requires(Action.TOPICS)
def new_topic() -> Answer:
    """Add a topic."""
    form = TopicForm(parents=_parents())
    if form.validate_on_submit():
        try:
            tree.create(
                (form.slug.data or "").strip(),
                _said("names"),
                parent=tree.by_slug(form.parent.data),
                synonyms=_synonyms(),
                descriptions=_said("descriptions"),
                by=person(),
            )
        except CatalogueError as error:
            attach(form, error)
        else:
            flash(_("The topic has been added."), "success")
            return redirect(url_for("curating.topics"))
    return _page(form, None), 400 if form.errors else 200


@bp.route("/topics/<slug>/", methods=["GET", "POST"])
@requires(Action.TOPICS)
def topic(slug: str) -> Answer:
    """Rename, describe or move a topic."""
    found = tree.by_slug(slug) or abort(404)
    below = {t.slug for t in (found, *tree.descendants(found))}
    parents = [(value, name) for value, name in _parents() if value not in below]
    form = TopicForm(parents=parents, slug=found.slug, parent=found.parent.slug if found.parent else "")
    if form.validate_on_submit():
        try:
            tree.change(
                found,
                names=_said("names"),
                synonyms=_synonyms(),
                descriptions=_said("descriptions"),
                parent=tree.by_slug(form.parent.data),
                by=person(),
            )
        except CatalogueError as error:
            attach(form, error)
        else:
            flash(_("The topic has been changed; its pieces are being indexed again."), "success")
            return redirect(url_for("curating.topics"))
    return _page(form, found), 400 if form.errors else 200


@bp.post("/topics/<slug>/delete")
@requires(Action.TOPICS)
def delete_topic(slug: str) -> Response:
    """Delete a topic that nothing uses."""
    tree.delete(tree.by_slug(slug) or abort(404), by=person())
    flash(_("The topic has been deleted."), "success")
    return redirect(url_for("curating.topics"))


def _page(form: TopicForm, topic: Topic | None) -> str:
    typed = request.method == "POST"
    return render_template(
        "curate/topic.html",
        form=form,
        topic=topic,
        languages=LANGUAGES,
        names=_said("names") if typed else (topic.names if topic else {}),
        synonyms=_synonyms() if typed else (topic.synonyms if topic else {}),
        descriptions=_said("descriptions") if typed else (topic.descriptions if topic else {}),
    )


def _parents() -> list[tuple[str, str]]:
    return [(topic.slug, topic_name(topic)) for topic in tree.all_topics()]


def _said(field: str) -> dict[str, str]:
    """Texts by language: the fields `names-en`, `names-fr` … of the request."""
    return {language: request.form.get(f"{field}-{language}", "") for language in LANGUAGES}


def _synonyms() -> dict[str, list[str]]:
    return {language: text.splitlines() for language, text in _said("synonyms").items()}
