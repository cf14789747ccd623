"""A piece's pages: whole, or its cover and chapters; its original, other forms, revisions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from flask import Response, abort, current_app, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response as AnyResponse

from library.access.policy import may_edit, may_see, visible_to
from library.catalogue import documents, files
from library.catalogue.models import Document, Kind, Revision, Section, StoredFile
from library.reading import forms, glossaries
from library.reading.access import open_piece, open_revision, open_shown
from library.reading.blueprint import bp
from library.reading.changes import Change, changes
from library.reading.chapters import contents, text
from library.reading.citing import Citation, citation
from library.reading.marking import mark, wanted
from library.reading.network import address
from library.reading.originals import ask, headers_of
from library.reading.pages import original_pdf
from library.reading.related import Nearby, related
from library.reading.typesetting import typeset, with_bare_links
from library.serving.urls import absolute

_WITHIN = re.compile(r'href="(?![a-z]+:|/|#)[^"#]*#')  # from one chapter to another
_HEADING = re.compile(r"<(/?)h([2-5])\b")


@bp.get("/documents/<slug>/")
def document(slug: str) -> str | AnyResponse:
    """An article whole, or a guidebook's cover with its contents."""
    piece = open_shown(slug, current_user)
    revision = piece.shown
    if revision.kind == Kind.PAGE:
        return redirect(address(piece), 301)
    held = contents(revision)
    return render_template(
        "reading/cover.html" if held.chapters else "reading/article.html",
        contents=held,
        text=_text(piece),
        canonical=absolute(forms.path(piece)),
        around=_Around(slug),
        **_about(piece, revision),
    )


class _Around:
    """What stands around the text on a piece's own page: looked up only where a part of the page is not kept."""

    def __init__(self, slug: str) -> None:
        self._slug = slug

    @cached_property
    def piece(self) -> Document:
        """The piece itself, of which everything can be asked."""
        return open_piece(self._slug, current_user)

    @cached_property
    def citation(self) -> Citation:
        """How it is cited."""
        return citation(self.piece, self.piece.shown)

    @cached_property
    def changes(self) -> list[Change]:
        """What changed in it, the latest first."""
        return changes(self.piece)

    @cached_property
    def related(self) -> list[Nearby]:
        """What to read next."""
        return related(self.piece, visible_to(current_user))

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """Bytes of its other forms."""
        return forms.sizes(self.piece, self.piece.shown)


@bp.get("/documents/<slug>/<chapter>/")
def chapter(slug: str, chapter: str) -> str | AnyResponse:
    """One chapter of a guidebook. The anchor of any heading leads to where it stands."""
    piece = open_shown(slug, current_user)
    revision = piece.shown
    held = contents(revision)
    place = held.place(chapter)
    if place is None:
        if (home := held.anchors.get(chapter)) is None:
            abort(404)
        return redirect(f"{forms.path(piece, home)}#{chapter}", 301)
    before, after = held.around(chapter)
    return render_template(
        "reading/chapter.html",
        contents=held,
        chapter=held.chapters[place],
        before=before,
        after=after,
        text=_text(piece, chapter),
        canonical=absolute(forms.path(piece, chapter)),
        **_about(piece, revision),
    )


@bp.get("/documents/<slug>/original")
def original(slug: str) -> AnyResponse:
    """The file that the piece was made from, where readers may have it: as uploaded, or cleaned."""
    piece = open_piece(slug, current_user)
    given = ask(piece, current_user, current_app.config["ORIGINALS"], request.args.get("as", ""))
    inline, headers = headers_of(given.file)
    response = send_file(
        files.path(given.file),
        mimetype=given.file.media_type,
        as_attachment=not inline,
        download_name=given.name,
        etag=given.file.sha256,
        conditional=True,
        max_age=0,
    )
    response.headers.update(headers)
    return response


@bp.get("/documents/<slug>/<name>.<any(md,txt,json):ext>")
def form(slug: str, name: str, ext: str) -> AnyResponse:
    """The live revision as Markdown, plain text or JSON."""
    piece = open_piece(slug, current_user)
    if name != slug:
        abort(404)
    made = {"md": forms.markdown, "txt": forms.text, "json": forms.as_json}[ext](piece, piece.shown)
    response = Response(made, content_type=f"{forms.FORMS[ext]}; charset=utf-8")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Link"] = f'<{absolute(forms.path(piece))}>; rel="canonical"'
    response.headers["Cache-Control"] = "no-cache" if piece.access == "public" else "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


@bp.get("/documents/<slug>/revisions/<int:number>/")
def revision(slug: str, number: int) -> str:
    """A revision on one page, for ever."""
    piece = open_piece(slug, current_user)
    found = open_revision(piece, number, current_user)
    return render_template(
        "reading/revision.html",
        sections=[(section, _on_one_page(section)) for section in found.sections],
        canonical=absolute(forms.path(piece)),
        **_about(piece, found),
    )


def _about(piece: Document, revision: Revision) -> dict[str, Any]:
    """What every page of a piece says about it."""
    in_languages = [other for other in documents.in_languages(piece) if may_see(current_user, other)]
    return {
        "document": piece,
        "revision": revision,
        "translations": in_languages,
        "editable": may_edit(current_user, piece),
        "original": _original(piece),
        "absolute": absolute,
        "revision_url": url_for("reading.revision", slug=piece.slug, number=revision.number),
    }


def _original(piece: Document) -> StoredFile | None:
    """The file that this reader gets of the original, if any."""
    try:
        return ask(piece, current_user, current_app.config["ORIGINALS"]).file
    except (Forbidden, NotFound):
        return None


def _text(piece: Document, chapter: str = "") -> Markup:
    """The HTML of one chapter, or of what stands outside chapters, set for reading, the words of `?hl=` marked in it.

    What the catalogue keeps is safe HTML, and what reading adds is escaped.
    """
    revision = piece.shown
    html = text(revision, chapter)
    entries = glossaries.of(piece, revision, current_user)
    page = None
    if "page-break" in html and original_pdf(piece, current_user) is not None:
        address = url_for("reading.original_page", slug=piece.slug, number=0)
        page = address, _("Page %(number)s of the original", number=0)
    words = wanted(request.args.getlist("hl"), revision.language)
    return Markup(mark(typeset(html, entries, revision.language, page), words))  # noqa: S704


def _on_one_page(section: Section) -> Markup:
    """A section's HTML where all chapters stand on one page: links between them are links within it."""
    html = _WITHIN.sub('href="#', with_bare_links(section.html))
    if section.chapter and not section.chapter.startswith("pages-"):
        html = _HEADING.sub(lambda tag: f"<{tag[1]}h{int(tag[2]) + 1}", html)
    return Markup(html)  # noqa: S704  as above
