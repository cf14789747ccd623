"""Codes as people read them: topics, kinds, languages, countries, years, and the filters themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from flask_babel import gettext as _

from library.catalogue import topics
from library.catalogue.receipts import PARTIAL
from library.reading import context
from library.serving.remembered import Remembered

Labeller = Callable[[str, str], str]
_LABELLERS: Remembered[Labeller] = Remembered(most=8)  # by language


def labeller() -> Labeller:
    """A function (filter, value) → label in the language of the interface. It reads the topics once and looks up each
    value once; a value without a name is its own label."""
    return _LABELLERS.get(context.interface_language(), _labeller)


def _labeller() -> Labeller:
    names = {topic.slug: context.topic_name(topic) for topic in topics.all_topics()}

    @lru_cache(maxsize=10_000)  # values of an address can be anything
    def label(key: str, value: str) -> str:
        match key:
            case "filter":  # the filters themselves
                return filter_name(value)
            case "topic":
                return names.get(value, value)
            case "kind":
                return context.kind_name(value)
            case "lang":
                return context.language_name(value)
            case "country":
                return context.country_name(value)
            case "year":
                return value.replace("..", "–")
            case "reading":
                return _("only partly searchable") if value == PARTIAL else value
            case _:
                return value

    return label


def filter_name(key: str) -> str:
    """What a filter is about."""
    match key:
        case "topic":
            return str(_("Topic"))
        case "kind":
            return str(_("Kind"))
        case "lang":
            return str(_("Language"))
        case "country":
            return str(_("Country"))
        case "year":
            return str(_("Year"))
        case "author":
            return str(_("Author"))
        case _:
            return str(_("Original"))
