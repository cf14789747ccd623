"""The shelf's filters as the address has them, as links with counts, as chips."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from library.catalogue import topics
from library.catalogue.listing import SORTS, Shelf
from library.catalogue.storable import line
from library.reading.context import country_name, kind_name, language_name, topic_name

KEYS = ("kind", "topic", "lang", "country", "year")
MOST_VALUES = 20  # of one filter


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter. `url`: the list with it, or without it where it is on."""

    label: str
    url: str
    count: int = 0
    on: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A filter with its values."""

    key: str
    label: str
    choices: list[Choice]


def from_address(args: MultiDict[str, str], access: tuple[str, ...]) -> Shelf:
    """What the address asks for; values that mean nothing are left out, order and repetition do not matter."""
    values = {key: tuple(dict.fromkeys(v for v in map(line, args.getlist(key)) if v))[:MOST_VALUES] for key in KEYS}
    years = tuple(int(year) for year in values["year"] if year.isascii() and year.isdigit() and len(year) <= 4)
    sort = args.get("sort", SORTS[0])
    return Shelf(
        kind=values["kind"],
        topic=values["topic"],
        lang=values["lang"],
        country=tuple(code.upper() for code in values["country"]),
        year=years,
        access=access,
        sort=sort if sort in SORTS else SORTS[0],
    )


def address(wanted: Shelf, page: int = 1) -> str:
    """The shelf's address for a choice of filters."""
    values: dict[str, object] = {key: list(chosen) for key in KEYS if (chosen := getattr(wanted, key))}
    if wanted.sort != SORTS[0]:
        values["sort"] = wanted.sort
    if page > 1:
        values["page"] = page
    return url_for("reading.shelf", **values)  # type: ignore[arg-type]


def groups(wanted: Shelf, counts: Mapping[str, list[tuple[str, int]]]) -> list[Group]:
    """Every filter with a link for each value that would leave something, and for each that is on."""
    made = []
    for key in KEYS:
        label, name = _label(key), _namer(key)
        chosen = {str(value) for value in getattr(wanted, key)}
        counted = dict(counts.get(key, []))
        values = [*(v for v in chosen if v not in counted), *counted]
        values.sort(key=lambda v: v not in chosen)  # what is on stays in sight
        choices = [Choice(name(v), address(_toggled(wanted, key, v)), counted.get(v, 0), v in chosen) for v in values]
        made.append(Group(key, label, choices if len(choices) > 1 or chosen else []))
    return made


def chips(wanted: Shelf) -> list[Choice]:
    """What the list is narrowed to, each with the address without it."""
    return [
        Choice(name(str(value)), address(_toggled(wanted, key, str(value))), on=True)
        for key in KEYS
        if getattr(wanted, key)
        for name in [_namer(key)]
        for value in getattr(wanted, key)
    ]


def sorts(wanted: Shelf) -> list[Choice]:
    """The orders that the list can have."""
    names = {"newest": _("Newest first"), "oldest": _("Oldest first"), "title": _("By title")}
    return [Choice(names[sort], address(replace(wanted, sort=sort)), on=sort == wanted.sort) for sort in SORTS]


def _toggled(wanted: Shelf, key: str, value: str) -> Shelf:
    now = [str(v) for v in getattr(wanted, key)]
    now = [v for v in now if v != value] if value in now else [*now, value]
    changed: tuple[object, ...] = tuple(int(v) for v in now) if key == "year" else tuple(now)
    return replace(wanted, **{key: changed})  # type: ignore[arg-type]


def _label(key: str) -> str:
    """What a filter is called."""
    names = {"kind": _("Kind"), "topic": _("Topic"), "lang": _("Language"), "country": _("Country"), "year": _("Year")}
    return str(names[key])


def _namer(key: str) -> Callable[[str], str]:
    """What names the values of a filter; that of topics has asked for all of them."""
    match key:
        case "kind":
            return kind_name
        case "topic":
            known = {topic.slug: topic_name(topic) for topic in topics.all_topics()}
            return lambda slug: known.get(slug, slug)
        case "lang":
            return language_name
        case "country":
            return country_name
        case _:
            return str
