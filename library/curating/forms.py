"""The forms of the desk."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type stubs
from wtforms.validators import DataRequired, Length, Optional, Regexp, ValidationError

from library.catalogue import covers
from library.catalogue.judgements import LONGEST
from library.catalogue.metadata import COUNTRY_CODE, LANGUAGE_TAG, Metadata, from_front_matter, to_front_matter
from library.catalogue.models import Document, Kind, Revision
from library.forms import Form
from library.reading.context import kind_name


class PieceForm(Form):
    """A piece's description and text. `base` is the revision that the form was filled from."""

    base = HiddenField()
    title = StringField(_("Title"), [DataRequired(_("A piece needs a title.")), Length(max=500)])
    summary = TextAreaField(
        _("Summary"), description=_("Two or three sentences; shown in lists and feeds."), render_kw={"rows": 3}
    )
    kind = SelectField(_("Kind"), validate_choice=True)
    language = StringField(
        _("Language"),
        [
            DataRequired(_("Write the language, such as en, fr or pt-BR.")),
            Regexp(LANGUAGE_TAG, message=_("Write a language tag such as en, fr or pt-BR.")),
        ],
        description=_("A tag such as en, fr, ar or pt-BR; und when unknown."),
    )
    topics = SelectMultipleField(_("Topics"), validate_choice=False)
    countries = StringField(
        _("Countries"), [Optional()], description=_("Two-letter codes, separated by commas: GH, KE.")
    )
    authors = TextAreaField(_("Authors"), description=_("One on each line."), render_kw={"rows": 2})
    publisher = StringField(_("Publisher"))
    published = StringField(_("Date of the piece"), [Optional()], description=_("2024-05-31, or the year alone."))
    licence = StringField(_("Licence"), [Length(max=100)], description=_("An SPDX identifier such as CC-BY-4.0."))
    source = StringField(
        _("Source"),
        [
            Optional(),
            Regexp(r"https?://\S+$", message=_("The source is an address that starts with https:// or http://.")),
        ],
        description=_("Where the piece was published first."),
    )
    body = TextAreaField(
        _("Text"),
        description=_("Markdown. “##” begins a chapter, “###” a section."),
        render_kw={"rows": 28, "spellcheck": "true", "class": "manuscript"},
    )
    note = StringField(_("What changed, and why"), [Length(max=500)], description=_("Readers see it in the history."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [SelectChoice(str(kind), kind_name(kind)) for kind in Kind]

    def validate_countries(self, field: StringField) -> None:
        """Each is two letters."""
        for code in (part.strip() for part in (field.data or "").split(",")):
            if code and not COUNTRY_CODE.match(code):
                raise ValidationError(_("“%(code)s” is no country code; write two letters, like GH or KE.", code=code))

    def validate_published(self, field: StringField) -> None:
        """A date or a year."""
        _found, warnings = from_front_matter({"published": field.data}, "x")
        if warnings:
            raise ValidationError(_("Write a date like 2024-05-31, or a year."))

    @classmethod
    def of(cls, revision: Revision) -> PieceForm:
        """The form filled from a revision (and from the request, where there is one)."""
        fields = to_front_matter(Metadata.of(revision))
        return cls(
            base=str(revision.number),
            title=revision.title,
            summary=revision.summary,
            kind=revision.kind,
            language=revision.language,
            topics=list(revision.topics),
            countries=", ".join(revision.countries),
            authors="\n".join(revision.authors),
            publisher=revision.publisher,
            published=str(fields.get("published", "")),
            licence=revision.licence,
            source=revision.source_url,
            body=revision.body,
        )

    def metadata(self) -> Metadata:
        """What the form says of the piece. Raises BadMetadata."""
        found, _warnings = from_front_matter(
            {
                "title": self.title.data,
                "summary": self.summary.data,
                "kind": self.kind.data,
                "language": self.language.data,
                "topics": self.topics.data or [],
                "countries": self.countries.data,
                "authors": (self.authors.data or "").splitlines(),
                "publisher": self.publisher.data,
                "published": self.published.data,
                "licence": self.licence.data,
                "source": self.source.data,
            },
            self.title.data or "",
        )
        return found

    def text(self) -> str:
        """The Markdown with line ends as they are kept."""
        return (self.body.data or "").replace("\r\n", "\n").replace("\r", "\n")


class ShowingForm(Form):
    """How a piece is shown: its address, who sees it, its original, what it translates."""

    slug = StringField(_("Address"), [DataRequired(_("A piece needs an address.")), Length(max=120)])
    translation_of = StringField(
        _("Translation of"), [Optional()], description=_("The address of the piece that this one translates.")
    )
    access = SelectField(
        _("For"),
        choices=[SelectChoice("public", _("everyone")), SelectChoice("members", _("members, after signing in"))],
    )
    featured = BooleanField(_("Show first on the home page"))
    original = SelectField(
        _("Original file"),
        default="",
        choices=[
            SelectChoice("", _("as the site does it")),
            SelectChoice("withheld", _("withheld")),
            SelectChoice("cleaned", _("offered without what it says about people and machines")),
            SelectChoice("offered", _("offered as it is")),
        ],
    )

    cover = RadioField(_("Cover"))

    @classmethod
    def of(cls, document: Document, **kwargs: Any) -> ShowingForm:
        """The form filled from a document (and from the request, where there is one; `formdata=None`: not from it)."""
        form = cls(
            slug=document.slug,
            translation_of=document.translation_of.slug if document.translation_of else "",
            access=document.access,
            featured=document.featured,
            original=document.original,
            cover=document.cover,
            **kwargs,
        )
        pictures = [(picture.name, _("Picture %(n)d", n=n)) for n, picture in enumerate(covers.offered(document), 1)]
        page = [(covers.PAGE, _("the first page, or the cover of the book"))] if covers.has_front(document) else []
        form.cover.choices = [(covers.SITE, _("as the site does it")), (covers.DRAWN, _("drawn from topic and title"))]
        form.cover.choices += page + pictures
        return form


class WithdrawForm(Form):
    """Why a piece is taken out of sight."""

    reason = TextAreaField(
        _("Reason"),
        [DataRequired(_("Say in a sentence why; readers who follow a link to the piece will read it."))],
        description=_("Readers who follow a link to the piece will read this."),
        render_kw={"rows": 2},
    )


class TopicForm(Form):
    """A topic in the languages of the interface."""

    slug = StringField(_("Address"), [DataRequired(_("A topic needs an address."))])
    parent = SelectField(_("Below"), validate_choice=True)

    def __init__(self, *args: Any, parents: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parent.choices = [SelectChoice("", "–"), *(SelectChoice(slug, name) for slug, name in parents)]


class QueryForm(Form):
    """A query, and the piece that it must find."""

    query = StringField(
        _("Query"),
        [DataRequired(_("Write the words that a reader would search for.")), Length(max=LONGEST)],
        description=_("As a reader would type it."),
        render_kw={"autocomplete": "off"},
    )
    piece = StringField(
        _("Piece"),
        [DataRequired(_("Write the title or the address of the piece."))],
        description=_("Its title or its address."),
        render_kw={"autocomplete": "off", "list": "ui-pieces"},
    )
