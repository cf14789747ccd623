"""Dates, numbers, sizes and lists as the language of the interface writes them.

Digits are Western ones in every language: Arabic is read with both kinds, texts and addresses have these, and a page
that mixes them is harder to read than either.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit
from flask_babel import ngettext
from markupsafe import Markup, escape

from library import interface

_WORLD = Locale("en", "001")  # the English of most countries: 31 May 2024
MOST_MINUTES = 99
_UNITS = ("byte", "kilobyte", "megabyte", "gigabyte")  # of 1000 each, as Babel names them


def locale() -> Locale:
    """The locale that dates and lists are written in."""
    found = interface.locale()
    return _WORLD if found.language == "en" and found.territory is None else found


def day(moment: date | datetime) -> Markup:
    """A date as a `<time>` element in the manner of the interface's language."""
    plain = moment.date() if isinstance(moment, datetime) else moment
    return _day(plain, locale())


@lru_cache(maxsize=4_000)
def _day(plain: date, spoken: Locale) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(plain.isoformat(), format_date(plain, "long", spoken))


def numeral(count: int) -> str:
    """A count with the language's marks between thousands."""
    return str(count) if 0 <= count < 1_000 else _numeral(count, locale())


@lru_cache(maxsize=4_000)
def _numeral(count: int, spoken: Locale) -> str:
    return str(format_decimal(count, locale=spoken))


def piece_count(count: int) -> str:
    """So many pieces, in words."""
    return str(ngettext("%(count)s piece", "%(count)s pieces", count, count=numeral(count)))


def file_size(size: int) -> str:
    """The size of a file of so many bytes, in the unit that keeps it short."""
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = "#,##0.#" if unit and value < 9.95 else "#,##0"
    return str(format_unit(value, f"digital-{_UNITS[unit]}", "short", digits, locale()))


def duration(minutes: int) -> str:
    """So many minutes; hours, rounded, where minutes are too many to be thought of."""
    value, unit = (minutes, "minute") if minutes <= MOST_MINUTES else (round(minutes / 60), "hour")
    return str(format_unit(value, f"duration-{unit}", "long", locale=locale()))


def listed(names: Iterable[object]) -> Markup:
    """Names in a sentence, each in its own direction: “Ada, Ben and Cem”, with the language's own commas and word."""
    parts = [str(Markup("<bdi>{}</bdi>").format(escape(name))) for name in names]
    return Markup(format_list(parts, "standard", locale()))  # noqa: S704  each part is escaped, the pattern is Babel's
