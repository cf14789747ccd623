"""Where a search leads: to itself with another filter, to the other pages of its results, to another order of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote_plus

from library.finding.asking import FILTERS, SORTS, Search
from library.templating import gettext as _

NEAR = 2  # pages on each side that are listed, beside the first and the last; the farther ones may be left out
ASKS_NOTHING = "q="  # a link with an empty query would lead nowhere
_PLACES = {name: place for place, name in enumerate(("q", *FILTERS, "sort", "page", "limit"))}
_quoted = lru_cache(maxsize=10_000)(quote_plus)  # values that the library has, not what readers type


class Queries:
    """The queries of the searches next to one. A page has a hundred of them, so what they share is encoded once."""

    def __init__(self, search: Search, *, words: bool = True) -> None:
        """Without `words` the question itself is kept out of the queries."""
        self.search = search
        self._words = words
        pairs = search.on_page(1).pairs(words=words)
        self._parts = [(_PLACES[name], f"{name}={quote_plus(value)}") for name, value in pairs]

    def toggled(self, key: str, values: Iterable[str]) -> list[str]:
        """What `search.toggled(key, value).query()` gives for each of `values`."""
        before, after = self._around(key, _PLACES[key] + 1)
        on = self.search.filters.get(key, ())
        return [
            f"{before}{_quoted(value)}{after}"
            if value not in on
            else self.search.toggled(key, value).query(words=self._words) or ASKS_NOTHING
            for value in values
        ]

    def changed(self, key: str, values: Iterable[str]) -> list[str]:
        """The query with `key` (sort or page) set to each of `values`, or not there for ""; other orders begin at page 1."""
        before, after = self._around(key, _PLACES[key])
        without = "&".join(part for place, part in self._parts if place != _PLACES[key]) or ASKS_NOTHING
        return [f"{before}{value}{after}" if value else without for value in values]

    def _around(self, key: str, place: int) -> tuple[str, str]:
        """What stands before a new value of a parameter and behind it, `place` being the first that is behind."""
        before = "".join([f"{part}&" for at, part in self._parts if at < place])
        after = "".join([f"&{part}" for at, part in self._parts if at >= place and at != _PLACES[key]])
        return f"{before}{key}=", after


@dataclass(slots=True)
class Way:
    """A link; `query`: of the search it leads to. `said`: for who hears it, "" where the label says all."""

    label: str
    said: str
    state: str
    query: str


def orders(queries: Queries) -> list[Way]:
    """The orders of results, that of this search being "on"."""
    names = {"relevance": _("Best match"), "newest": _("Newest"), "oldest": _("Oldest"), "title": _("Title")}
    present = queries.search.sort or "relevance"
    return [
        Way(names[sort], "", "on" if sort == present else "off", query)
        for sort, query in zip(SORTS, queries.changed("sort", SORTS), strict=True)
    ]


def pages(queries: Queries, count: int) -> list[Way]:
    """The first, the last and the nearest of `count` pages, with those before and behind this one at the ends."""
    here = queries.search.page
    listed = [("previous", here - 1)] if here > 1 else []
    for n in sorted({1, *range(max(here - NEAR, 1), min(here + NEAR, count) + 1), count}):
        left_out = abs(n - here) == NEAR and n not in (1, count)
        listed.append(("on" if n == here else "gap" if left_out else "off", n))
    listed += [("next", here + 1)] if here < count else []
    addresses = queries.changed("page", [str(n) if n > 1 else "" for _state, n in listed])
    return [
        Way(str(n), _("Page %(n)d of %(all)d", n=n, all=count), state, query)
        for (state, n), query in zip(listed, addresses, strict=True)
    ]
