"""What every template may call: the site, names of topics, languages, countries and kinds, who sees what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from flask import Flask, current_app, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from library.access.policy import Action, allowed, rank, visible_to
from library.catalogue import topics
from library.catalogue.models import Document, Kind, Topic
from library.catalogue.receipts import partly_read, unread_pages
from library.catalogue.scripts import direction
from library.interface import locale
from library.reading import covers, fronts, saying
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
        drawn_cover=drawn_cover,
        topic_cover=topic_cover,
        main_topic=main_topic,
        day=saying.day,
        numeral=saying.numeral,
        piece_count=saying.piece_count,
        file_size=saying.file_size,
        listed=saying.listed,
        reading_time=lambda piece: saying.duration(minutes(piece.characters, piece.language)),
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
    return _tag(locale())


@cache
def _tag(spoken: Locale) -> str:
    return str(spoken).replace("_", "-")


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
    try:
        return _named(tag, locale())
    except LookupError:
        return tag


@lru_cache(maxsize=2_000)
def _named(tag: str, spoken: Locale) -> str:
    """A language's name in another; kept, because Babel takes a millisecond for it.

    Raises LookupError for no language, so that nothing is kept that a reader typed where a language belongs.
    """
    try:
        name = Locale.parse(tag.replace("-", "_")).get_display_name(spoken)
    except (UnknownLocaleError, ValueError):
        name = spoken.languages.get(tag.split("-")[0].lower())
    if not name:
        raise LookupError(tag)
    return str(name[:1].upper() + name[1:])


@cache
def _own_name(tag: str) -> str:
    """As `own_name`; "" for a language that is not known."""
    try:
        name = Locale.parse(tag.replace("-", "_")).get_display_name()
    except (UnknownLocaleError, ValueError):
        name = None
    return name[:1].upper() + name[1:] if name else ""


def own_name(tag: str) -> str:
    """A language's name in that language itself."""
    return _own_name(tag) or language_name(tag)


def country_name(code: str) -> str:
    """A country's name, in the language of the interface; the code itself for one that is not known."""
    return str(locale().territories.get(code.upper(), code))


def kind_name(kind: str) -> str:
    """What a kind of piece is called."""
    match kind:
        case Kind.GUIDEBOOK:
            return str(_("Guidebook"))
        case Kind.ARTICLE:
            return str(_("Article"))
        case Kind.INTERVIEW:
            return str(_("Interview"))
        case Kind.TOOLKIT:
            return str(_("Toolkit"))
        case Kind.REPORT:
            return str(_("Report"))
        case Kind.CASE_STUDY:
            return str(_("Case study"))
        case Kind.PAGE:
            return str(_("Page"))
        case _other:
            return _other


def cover(document: Document, place: str = "piece", eager: bool | None = None) -> Markup:
    """The cover of a piece: drawn, or what it shows of its file; see `fronts.cover`. On a piece's own page it is eager."""
    topic = main_topic(document)
    return fronts.cover(document, topic.slug if topic else "", place, place == "piece" if eager is None else eager)


def drawn_cover(document: Document) -> Markup:
    """The cover that is drawn from a piece's topic and title, whatever it shows now."""
    topic = main_topic(document)
    return covers.draw(topic.slug if topic else "", document.shown.title)


def topic_cover(topic: Topic) -> Markup:
    """The figure that covers of the topic's pieces have, as the topic's own picture."""
    return covers.draw(topic.slug, topic.slug)


def main_topic(document: Document) -> Topic | None:
    """The topic that the piece's writer named first, of those that there are."""
    named = {topic.slug: topic for topic in document.topics}
    return next((named[slug] for slug in document.shown.topics if slug in named), None)
