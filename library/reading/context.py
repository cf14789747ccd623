"""What every template may call: the site, names of topics, languages, countries and kinds, who sees what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from flask import Flask, current_app, url_for
from flask_babel import force_locale, format_date, get_locale
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup, escape

from library.access.policy import Action, allowed, rank, visible_to
from library.catalogue import topics
from library.catalogue.models import Document, Kind, Topic
from library.catalogue.receipts import partly_read, unread_pages
from library.catalogue.scripts import direction
from library.reading import covers
from library.reading.words import minutes
from library.serving.urls import site_root


@dataclass(frozen=True, slots=True)
class Site:
    """The library's name and what stands beside it; `logo` is the address of its picture."""

    name: str
    tagline: str
    contact: str
    logo: str


def init_app(app: Flask) -> None:
    """Give the names to every template, those imported as macros too."""
    app.jinja_env.globals.update(
        topic_name=topic_name,
        topic_description=topic_description,
        language_name=language_name,
        own_name=own_name,
        country_name=country_name,
        direction=direction,
        kind_name=kind_name,
        partly_read=partly_read,
        unread_pages=unread_pages,
        cover=cover,
        main_topic=main_topic,
        day=day,
        listed=listed,
        reading_minutes=lambda revision: minutes(revision.characters, revision.language),
        interface_language=interface_language,
        invitation=invitation,
        site_root=site_root,
        allowed=allowed,
        signed_in=lambda: bool(rank(current_user)),
        Action=Action,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def given() -> dict[str, Any]:
        return {"site": site(), "visible": visible_to(current_user)}


def site() -> Site:
    """The settings that make this library this one."""
    config = current_app.config
    logo = url_for("reading.logo") if config["SITE_LOGO"] else ""
    return Site(config["SITE_NAME"], config["SITE_TAGLINE"], config["SITE_CONTACT"], logo)


def interface_language() -> str:
    """Language tag of the interface (BCP 47)."""
    return str(get_locale() or "en").replace("_", "-")


def invitation(tag: str) -> str:
    """In the language `tag`: that this page can be had in it."""
    with force_locale(tag.replace("-", "_")):
        return str(_("Use the library in English"))


def topic_name(topic: Topic) -> str:
    """The topic's name in the language of the interface, where it has one."""
    return topics.name(topic, interface_language())


def topic_description(topic: Topic) -> str:
    """One sentence about the topic; "" when there is none."""
    return topics.description(topic, interface_language())


def language_name(tag: str) -> str:
    """A language's name, in the language of the interface; the tag itself for one that is not known."""
    if tag.split("-")[0].lower() in ("und", "mul", "zxx", ""):
        return str(_("Language not stated"))
    return _named(tag, str(get_locale() or "en"))


@lru_cache(maxsize=2_000)
def _named(tag: str, locale: str) -> str:
    """A language's name in another; kept, because Babel takes a millisecond for it."""
    try:
        name = Locale.parse(tag.replace("-", "_")).get_display_name(locale)
    except (UnknownLocaleError, ValueError):
        name = Locale.parse(locale).languages.get(tag.split("-")[0].lower())
    return str(name[:1].upper() + name[1:]) if name else tag


def own_name(tag: str) -> str:
    """A language's name in that language itself."""
    try:
        name = Locale.parse(tag.replace("-", "_")).get_display_name()
    except (UnknownLocaleError, ValueError):
        name = None
    return name[:1].upper() + name[1:] if name else language_name(tag)


def country_name(code: str) -> str:
    """A country's name, in the language of the interface; the code itself for one that is not known."""
    return str((get_locale() or Locale("en")).territories.get(code.upper(), code))


def kind_name(kind: str) -> str:
    """What a kind of piece is called."""
    names = {
        Kind.GUIDEBOOK: _("Guidebook"),
        Kind.ARTICLE: _("Article"),
        Kind.INTERVIEW: _("Interview"),
        Kind.TOOLKIT: _("Toolkit"),
        Kind.REPORT: _("Report"),
        Kind.CASE_STUDY: _("Case study"),
        Kind.PAGE: _("Page"),
    }
    return str(names.get(Kind(kind), kind)) if kind in set(Kind) else kind


def cover(document: Document) -> Markup:
    """The drawn cover of a piece."""
    topic = main_topic(document)
    return covers.draw(topic.slug if topic else document.shown.kind, document.shown.title)


def main_topic(document: Document) -> Topic | None:
    """The topic that the piece's writer named first, of those that there are."""
    named = {topic.slug: topic for topic in document.topics}
    return next((named[slug] for slug in document.shown.topics if slug in named), None)


def listed(items: Iterable[Any]) -> Markup:
    """Things in a row as the interface's language joins them: “a, b and c”. Each is a text or a piece of HTML."""
    return Markup(format_list([str(escape(item)) for item in items], locale=get_locale() or Locale("en")))  # noqa: S704


def day(moment: date | datetime) -> Markup:
    """A date as a `<time>` element in the manner of the interface's language."""
    iso = (moment.date() if isinstance(moment, datetime) else moment).isoformat()
    return Markup('<time datetime="{}">{}</time>').format(iso, format_date(moment, "d MMMM yyyy"))
