"""What narrows a search: filters with their counts, the years as columns, and what is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count as counting

from indexer.searching import Answer
from library.finding import labels
from library.finding.asking import FILTERS, Search
from library.finding.labels import Labeller
from library.finding.leading import Queries
from library.reading.saying import numeral
from library.templating import ngettext

GROUPS = ("topic", "year", "kind", "lang", "country")
SHOWN = 8  # values of a filter that stand open; the others are a click away
ENOUGH = 3  # years or countries of which a picture says more than a list
COLUMNS = 10  # of the picture of the years; each must be wide enough for a finger


@dataclass(slots=True)  # not frozen: a hundred are made for a page
class Choice:
    """A value of a filter with the pieces it has; `query`: parameters of the search with it on, or off where it is on.

    `share`: of the value that has most, in percent, where there is a picture of it.
    """

    value: str
    label: str
    count: int
    on: bool
    share: int
    query: str

    @property
    def number(self) -> str:
        """The count as the language writes it."""
        return numeral(self.count)

    @property
    def state(self) -> bool:
        """What its row differs by."""
        return self.on


@dataclass(slots=True)
class Column:
    """A year, or some side by side, and its pieces; `within`: the filter lets it through, whether by name or in a span."""

    label: str
    count: int
    share: int
    on: bool
    within: bool
    query: str

    @property
    def number(self) -> str:
        """The count as the language writes it."""
        return numeral(self.count)

    @property
    def said(self) -> str:
        """The column for who does not see it."""
        return ngettext(
            "%(years)s: %(count)s piece", "%(years)s: %(count)s pieces", self.count, years=self.label, count=self.number
        )

    @property
    def height(self) -> int:
        """In percent of the picture, which leaves room for the number above."""
        return round(self.share * 0.8)

    @property
    def top(self) -> int:
        """Where it begins, in percent from above."""
        return 100 - self.height

    @property
    def state(self) -> str:
        """What its row differs by."""
        if not self.count:
            return "empty"
        return "on" if self.on else "within" if self.within else "off"


@dataclass(frozen=True, slots=True)
class Group:
    """A filter with its values, of which `rest` need not be seen at once. `pictured`: a picture says more than they."""

    key: str
    name: str
    first: Sequence[Choice]
    rest: Sequence[Choice]
    pictured: bool = False
    columns: Sequence[Column] = ()
    span: tuple[str, str] = ("", "")  # the years from and to, where one span is on

    @property
    def choices(self) -> list[Choice]:
        return [*self.first, *self.rest]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter value that is on; `search` is the search without it."""

    name: str
    label: str
    search: Search


def groups(answer: Answer, queries: Queries, label: Labeller) -> list[Group]:
    """The filters with their counts; one that has a single value which is off would narrow nothing and is left out."""
    made = [_group(key, answer, queries, label) for key in GROUPS]
    return [group for group in made if len(group.choices) > 1 or any(c.on for c in group.choices)]


def counts(answer: Answer, label: Labeller) -> dict[str, list[tuple[str, str, int]]]:
    """(value, label, count) of every filter's values."""
    return {key: [(v.value, label(key, v.value), v.count) for v in answer.facets.get(key, ())] for key in GROUPS}


def chips(search: Search, label: Labeller) -> list[Chip]:
    """The filter values that are on."""
    return [
        Chip(label("filter", key), label(key, value), search.toggled(key, value))
        for key in FILTERS
        for value in search.filters.get(key, ())
    ]


def said(search: Search, label: Labeller | None = None) -> str:
    """The search in one line, for titles of pages and feeds: its words, then its filters."""
    label = label or labels.labeller()
    filters = [label(key, value) for key in FILTERS for value in search.filters.get(key, ())]
    return " · ".join([text for text in (search.text, *filters) if text])


def _group(key: str, answer: Answer, queries: Queries, label: Labeller) -> Group:
    found = [v for v in answer.facets.get(key, ()) if v.value]
    counted = {v.count for v in found}
    most = max(counted, default=1)
    pictured = key in ("country", "year") and len(found) >= ENOUGH and len(counted) > 1
    on = queries.search.filters.get(key, ())
    choices = [
        Choice(v.value, label(key, v.value), v.count, v.value in on, _share(v.count, most) if pictured else 0, query)
        for v, query in zip(found, queries.toggled(key, [v.value for v in found]), strict=True)
    ]
    if key == "year":
        choices.sort(key=lambda choice: choice.value, reverse=True)
        if pictured and (columns := _columns(choices, queries, label)):
            return Group(key, label("filter", key), (), choices, pictured, columns, _span(queries.search))
    first = [*choices[:SHOWN], *[c for c in choices[SHOWN:] if c.on]]
    rest = [c for c in choices[SHOWN:] if not c.on]
    if len(rest) == 1:
        first, rest = [*first, *rest], []
    return Group(key, label("filter", key), first, rest, pictured and key == "country")


def _columns(choices: Sequence[Choice], queries: Queries, label: Labeller) -> list[Column]:
    """The pieces over time: as many years to a column as keep the columns few; empty ones keep their place."""
    pieces = {int(choice.value): choice.count for choice in choices if choice.value.isdecimal()}
    if len(pieces) < ENOUGH:
        return []
    first, last = min(pieces), max(pieces)
    step = next(s for n in counting() for s in (10**n, 2 * 10**n, 5 * 10**n) if last // s - first // s < COLUMNS)
    spans = [(max(at, first), min(at + step - 1, last)) for at in range(first // step * step, last + 1, step)]
    sums = [sum(pieces.get(year, 0) for year in range(low, high + 1)) for low, high in spans]
    values = [str(low) if low == high else f"{low}..{high}" for low, high in spans]
    on = queries.search.filters.get("year", ())
    wanted = [_bounds(value) for value in on]
    most = max(sums)
    return [
        Column(
            label=label("year", value),
            count=count,
            share=_share(count, most),
            on=value in on,
            within=any(low <= until and since <= high for since, until in wanted),
            query=query,
        )
        for (low, high), value, count, query in zip(spans, values, sums, queries.toggled("year", values), strict=True)
    ]


def _bounds(value: str) -> tuple[int, int]:
    """The first and the last year that a value of the filter lets through."""
    first, dots, last = value.partition("..")
    return int(first or 0), int((last or 9999) if dots else first)


def _span(search: Search) -> tuple[str, str]:
    """The one year or span that is on, as the form for it shows it."""
    wanted = search.filters.get("year", ())
    if len(wanted) != 1:
        return "", ""
    first, dots, last = wanted[0].partition("..")
    return first, last if dots else first


def _share(count: int, most: int) -> int:
    """`count` of `most` in percent, and never so little that nothing is seen of something."""
    return max(round(100 * count / most), 2) if count else 0
