"""Codes as people read them: topics, kinds, languages, countries, years, and the filters themselves."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from library.catalogue import topics
from library.catalogue.receipts import PARTIAL
from library.reading import context
from library.serving.remembered import Remembered

Labeller = Callable[[str, str], str]
_LABELLERS: Remembered[Labeller] = Remembered(most=8)  # by language


def labeller() -> Labeller:
    """A function (filter, value) → label in the language of the interface; ("filter", key) gives what a filter is about.

    It reads the topics once and looks up each value once; a value without a name is its own label.
    """
    return _LABELLERS.get(context.interface_language(), _Labels)


class _Labels:
    """The labels of one language. What has no name of its own may be a reader's words, and is not kept."""

    def __init__(self) -> None:
        self._topics = {topic.slug: context.topic_name(topic) for topic in topics.all_topics()}
        self._filters: dict[str, str] = {
            "topic": _("Topic"),
            "kind": _("Kind"),
            "lang": _("Language"),
            "country": _("Country"),
            "year": _("Year"),
            "author": _("Author"),
            "reading": _("Original"),
        }
        self._named: dict[tuple[str, str], str] = {}

    def __call__(self, key: str, value: str) -> str:
        """The label of a filter's value."""
        if key == "year":
            return value.replace("..", "–")
        label = self._named.get((key, value))
        if label is None:
            label = self._name(key, value)
            if label != value:
                self._named[key, value] = label
        return label

    def _name(self, key: str, value: str) -> str:
        match key:
            case "filter":
                return self._filters[value]
            case "topic":
                return self._topics.get(value, value)
            case "kind":
                return context.kind_name(value)
            case "lang":
                return context.language_name(value)
            case "country":
                return context.country_name(value)
            case "reading":
                return _("only partly searchable") if value == PARTIAL else value
            case _:
                return value
