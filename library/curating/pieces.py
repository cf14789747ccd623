"""Pieces at the desk: written, checked against what was understood, described, published, withdrawn."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from library.access.models import User
from library.access.policy import Action, allowed, may_edit, requires
from library.catalogue import documents, pictures, suggestions, topics
from library.catalogue.errors import BadMetadata, CatalogueError
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document, Kind, Status
from library.catalogue.rendering import relative
from library.curating import duplicates, overview
from library.curating.blueprint import bp
from library.curating.errors import attach
from library.curating.forms import PieceForm, ShowingForm, WithdrawForm
from library.ingest import copies, covering
from library.ingest.receiving import largest

Answer = str | Response | tuple[str, int]


@bp.get("/drafts/")
@requires(Action.UPLOAD)
def drafts() -> str:
    """Everything that is not published as it stands."""
    gone = overview.withdrawn() if allowed(Action.EDIT) else []
    return render_template("curate/drafts.html", drafts=overview.drafts(current_user), withdrawn=gone)


@bp.route("/new", methods=["GET", "POST"])
@requires(Action.UPLOAD)
def new() -> Answer:
    """Write a piece in Markdown."""
    form = PieceForm(kind=Kind.ARTICLE, language="en")
    if form.validate_on_submit():
        document = documents.create(form.metadata(), form.text(), by=person(), note=form.note.data or "")
        flash(_("Saved as a draft."), "success")
        return redirect(url_for("curating.edit", slug=document.slug))
    page = render_template("curate/new.html", form=form, roots=topics.roots())
    return page, 400 if form.errors else 200


@bp.route("/documents/<slug>/", methods=["GET", "POST"])
@requires(Action.UPLOAD)
def edit(slug: str) -> Answer:
    """What was understood of a piece, and the form that corrects it."""
    document = piece_or_404(slug)
    form = PieceForm.of(document.latest)
    newer = None
    if form.validate_on_submit():
        if form.base.data == str(document.latest.number):
            _correct(document, form)
            flash(_("Saved. Readers see it once it is published."), "success")
            return redirect(url_for("curating.edit", slug=document.slug))
        # Somebody else saved meanwhile: both texts stay on the page, and saving again is a choice.
        newer = document.latest
        form.base.data = form.base.raw_data = None
        form.form_errors.append(
            _("%(name)s saved another revision while you were writing. Nothing of yours is lost: compare, then save again.",
              name=(newer.created_by.name or newer.created_by.email) if newer.created_by else _("Somebody"))
        )  # fmt: skip
    status = 409 if newer else 400 if form.errors else 200
    return _editor(document, form, newer_number=newer.number if newer else document.latest.number), status


@bp.get("/documents/<slug>/preview")
@requires(Action.UPLOAD)
def preview(slug: str) -> str:
    """The latest revision as readers will see it, on one page."""
    document = piece_or_404(slug)
    sections = document.latest.sections
    chapters = dict.fromkeys(section.chapter for section in sections)
    html = []
    for section in sections:
        text = section.html
        for chapter in chapters:
            text = text.replace(f'href="{relative(section.chapter, chapter)}#', 'href="#')
        html.append(text)
    return render_template("curate/preview.html", document=document, sections=zip(sections, html, strict=True))


@bp.post("/documents/<slug>/publish")
@requires(Action.PUBLISH)
def publish(slug: str) -> Response:
    """Show the latest revision to readers."""
    document = piece_or_404(slug)
    significant = document.published_at is None or "significant" in request.form
    documents.publish(document, by=person(), note=request.form.get("note", ""), significant=significant)
    suggestions.seen(document)
    flash(_("Published. It is searchable in a moment."), "success")
    return redirect(url_for("curating.edit", slug=document.slug))


@bp.route("/documents/<slug>/withdraw", methods=["GET", "POST"])
@requires(Action.PUBLISH)
def withdraw(slug: str) -> Answer:
    """Take a piece out of sight, saying why."""
    document = piece_or_404(slug)
    form = WithdrawForm()
    if form.validate_on_submit():
        documents.withdraw(document, form.reason.data or "", by=person())
        flash(_("Withdrawn. Publishing it again brings it back."), "success")
        return redirect(url_for("curating.edit", slug=document.slug))
    return render_template("curate/withdraw.html", document=document, form=form), 400 if form.errors else 200


@bp.route("/documents/<slug>/discard", methods=["GET", "POST"])
@requires(Action.UPLOAD)
def discard(slug: str) -> Answer:
    """Delete a draft that was never published, after asking."""
    document = piece_or_404(slug)
    if request.method == "GET":
        return render_template("curate/discard.html", document=document)
    title = document.latest.title
    documents.discard(document, by=person())
    flash(_("“%(title)s” has been discarded.", title=title), "success")
    return redirect(url_for("curating.drafts"))


@bp.post("/documents/<slug>/showing")
@requires(Action.EDIT)
def showing(slug: str) -> Answer:
    """Change a piece's address, who sees it, its original, its cover, what it translates."""
    document = piece_or_404(slug)
    form = ShowingForm.of(document)
    if not form.validate_on_submit():
        return _editor(document, PieceForm.of(document.latest), form), 400
    try:
        original = _translated(form.translation_of.data or "")
        documents.move(document, (form.slug.data or "").strip(), by=person())
        if original != document.translation_of:
            documents.translate(document, original, by=person())
    except CatalogueError as error:
        attach(form, error)
        return _editor(document, PieceForm.of(document.latest), form), 400
    documents.curate(
        document,
        featured=form.featured.data,
        original=form.original.data,
        access=form.access.data,
        cover=form.cover.data,
        by=person(),
    )
    flash(_("Saved."), "success")
    return redirect(url_for("curating.edit", slug=document.slug))


def piece_or_404(slug: str) -> Document:
    """The piece at an address, old ones too, for somebody who may change it."""
    found = documents.by_slug(slug)
    if found is None or not may_edit(current_user, found.document):
        abort(404)
    return found.document


def person() -> User:
    """The account of this request as a row, not as Flask-Login's proxy."""
    user: User = current_user._get_current_object()
    return user


def _correct(document: Document, form: PieceForm) -> None:
    """Save what the form says, with the proposals that were ticked in it."""
    before = Metadata.of(document.latest)
    used = request.form.getlist("use")
    said = suggestions.with_accepted(form.metadata(), document, used, request.form.getlist("also_countries"))
    documents.revise(document, said, form.text(), by=person(), note=form.note.data or "")
    suggestions.settle(document, before, {*used, *request.form.getlist("looked_at")})


def _editor(
    document: Document, form: PieceForm, showing: ShowingForm | None = None, newer_number: int | None = None
) -> str:
    return render_template(
        "curate/edit.html",
        document=document,
        latest=document.latest,
        cleaning=copies.told(document),
        changed=document.status == Status.PUBLISHED and document.live_id != document.latest.id,
        form=form,
        base=newer_number or document.latest.number,
        # Beside a refused description: filled from the document, not from the other form's fields.
        showing=showing or ShowingForm.of(document, **({} if request.method == "GET" else {"formdata": None})),
        covering=covering.told(document),
        roots=topics.roots(),
        undescribed=pictures.undescribed(document.latest.sections),
        guesses=suggestions.open_for(document),
        ticked=request.form.getlist("use") + request.form.getlist("also_countries"),
        alike=duplicates.of(document),
        largest_mb=largest() // 10**6,
    )


def _translated(slug: str) -> Document | None:
    if not slug.strip():
        return None
    found = documents.by_slug(slug.strip())
    if found is None:
        raise BadMetadata(_("There is no piece at the address “%(slug)s”.", slug=slug.strip()), "translation_of")
    return found.document
