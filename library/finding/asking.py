"""From an address (or a form) to a question: every parameter read, bounded and put into normal form.

Nothing here fails: what cannot be used is left out, and `Search.notices` says so in a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import get_args
from urllib.parse import quote_plus

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from indexer.searching import Question, Sort
from library.catalogue.storable import storable

FILTERS = ("kind", "topic", "lang", "country", "year", "author", "reading")
SORTS: tuple[Sort, ...] = get_args(Sort)
LONGEST_TEXT = 2000  # characters of a question
LONGEST_VALUE = 200
MOST_VALUES = 20  # of one filter
LAST_PAGE = 10_000

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # also what neither HTML nor XML may hold
_YEARS = re.compile(r"[0-9]{1,4}|[0-9]{1,4}\.\.(?:[0-9]{1,4})?|\.\.[0-9]{1,4}")
_YEAR = re.compile(r"[0-9]{1,4}")
_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Search:
    """What a reader asked for. `sort` is None where the reader chose none. `notices`: sentences on what was left out."""

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort | None = None
    page: int = 1
    limit: int | None = None
    notices: tuple[str, ...] = ()

    def question(self, access: tuple[str, ...], size: int, *, facets: bool = True) -> Question:
        """What to ask the index for this page of `size` documents."""
        return Question(
            text=self.text,
            filters=self.filters,
            sort=self.sort or "relevance",
            offset=(self.page - 1) * size,
            limit=size,
            access=access,
            facets=facets,
        )

    @property
    def starting(self) -> bool:
        """Whether nothing was asked yet."""
        return not (self.text or self.filters or self.sort or self.page > 1)

    def has(self, key: str, value: str) -> bool:
        """Whether the filter `key` lets `value` through by name."""
        return value in self.filters.get(key, ())

    def toggled(self, key: str, value: str) -> Search:
        """The first page of the same search with one value of a filter put on, or taken off where it is on."""
        values = tuple(v for v in self.filters.get(key, ()) if v != value)
        values = values if self.has(key, value) else (*values, value)
        filters = {**self.filters, key: values}
        return replace(self, filters={k: v for k, v in filters.items() if v}, page=1)

    def unfiltered(self) -> Search:
        return replace(self, filters={}, page=1)

    def saying(self, text: str) -> Search:
        """The same filters with other words."""
        return replace(self, text=text, page=1)

    def sorted_by(self, sort: Sort) -> Search:
        return replace(self, sort=sort, page=1)

    def on_page(self, page: int) -> Search:
        return replace(self, page=page)

    def pairs(self, *, words: bool = True) -> list[tuple[str, str]]:
        """Parameters that lead here again, always in the same order; without `words`, all but the question itself."""
        found = [("q", self.text)] if words and self.text else []
        found += [(key, value) for key in FILTERS for value in self.filters.get(key, ())]
        found += [("sort", self.sort)] if self.sort else []
        found += [("page", str(self.page))] if self.page > 1 else []
        found += [("limit", str(self.limit))] if self.limit else []
        return found

    def query(self, *, words: bool = True) -> str:
        """`pairs` as the query part of an address."""
        return _encoded(self.pairs(words=words))


def read(parameters: MultiDict[str, str]) -> Search:
    """The search that `parameters` (of an address or a form) ask for. Never fails."""
    notices: list[str] = []
    text = _text(parameters.get("q", ""), notices)
    filters = {key: values for key in FILTERS if (values := _values(key, parameters.getlist(key), notices))}
    if years := _span(parameters.get("from", ""), parameters.get("to", ""), notices):
        filters["year"] = (years,)
    wanted = parameters.get("sort", "")
    return Search(
        text=text,
        filters=filters,
        sort=next((sort for sort in SORTS if sort == wanted), None),
        page=_number(parameters.get("page", ""), LAST_PAGE) or 1,
        limit=_number(parameters.get("limit", ""), LAST_PAGE),
        notices=tuple(notices),
    )


def _encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """As `urlencode`; names of parameters are plain."""
    return "&".join(f"{name}={quote_plus(value)}" for name, value in pairs)


def clean(text: str) -> str:
    """`text` without control characters, its white space made single spaces."""
    return " ".join(storable(_CONTROL.sub(" ", text)).split())


def _text(given: str, notices: list[str]) -> str:
    text = clean(given[: 4 * LONGEST_TEXT])
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT].rstrip()
        notices.append(
            _("Your question was very long; its first %(count)s characters were searched.", count=LONGEST_TEXT)
        )
    return text


def _values(key: str, given: list[str], notices: list[str]) -> tuple[str, ...]:
    found = list(dict.fromkeys(value for raw in given if (value := _normal(key, clean(raw[: 2 * LONGEST_VALUE])))))
    if key == "year" and (odd := [value for value in found if not _YEARS.fullmatch(value)]):
        found = [value for value in found if value not in odd]
        notices.append(_("“%(value)s” is no year; write one like 2021, or a range like 2019..2023.", value=odd[0][:40]))
    if len(found) > MOST_VALUES:
        notices.append(
            _("Only the first %(count)s values of the filter “%(name)s” were used.", count=MOST_VALUES, name=key)
        )
    return tuple(found[:MOST_VALUES])


def _span(first: str, last: str, notices: list[str]) -> str:
    """Two years of a form as a value of the filter `year`, the earlier first; "" without any."""
    years = [_digits(clean(year[:LONGEST_VALUE])) for year in (first, last)]
    if odd := [year for year in years if year and not _YEAR.fullmatch(year)]:
        notices.append(_("“%(value)s” is no year; write one like 2021, or a range like 2019..2023.", value=odd[0][:40]))
        return ""
    if all(years):
        years.sort(key=int)
    return years[0] if years[0] == years[1] else "..".join(years)


def _digits(text: str) -> str:
    """`text` with the digits of every script as 0 to 9."""
    return "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in text)


def _normal(key: str, value: str) -> str:
    value = value[:LONGEST_VALUE]
    match key:
        case "country":
            return value.upper()
        case "lang":
            return value.split("-")[0].lower()  # the index tells languages, not their regional forms
        case "author":
            return value
        case "year":
            return _digits(value)
        case _:
            return value.lower()


def _number(given: str, most: int) -> int | None:
    given = given.strip()
    return min(max(int(given), 1), most) if _NUMBER.fullmatch(given) else None
