"""What narrows a search: filters with their counts, the years as columns, and what is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count as counting

from indexer.searching import Answer
from library.finding import labels
from library.finding.asking import FILTERS, Search
from library.finding.labels import Labeller

GROUPS = ("topic", "year", "kind", "lang", "country")
SHOWN = 8  # values of a filter that stand open; the others are a click away
ENOUGH = 3  # years or countries of which a picture says more than a list
COLUMNS = 10  # of the picture of the years; each must be wide enough for a finger


@dataclass(slots=True)  # not frozen: a hundred are made for a page
class Choice:
    """A value of a filter with the pieces it has; `query`: parameters of the search with it on, or off where it is on.

    `share`: of the value that has most, in percent.
    """

    value: str
    label: str
    count: int
    on: bool
    share: int
    query: str


@dataclass(slots=True)
class Column:
    """A year, or some side by side, and its pieces; `within`: the filter lets it through, whether by name or in a span."""

    label: str
    count: int
    share: int
    on: bool
    within: bool
    query: str


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


def groups(answer: Answer, search: Search, label: Labeller, *, words: bool = True) -> list[Group]:
    """The filters with their counts; one that has a single value which is off would narrow nothing and is left out.

    Without `words` the question itself is kept out of the parameters.
    """
    made = [_group(key, answer, search, label, words) for key in GROUPS]
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


def _group(key: str, answer: Answer, search: Search, label: Labeller, words: bool) -> Group:
    values = [v for v in answer.facets.get(key, ()) if v.value]
    most = max((v.count for v in values), default=1)
    choices = [
        Choice(v.value, label(key, v.value), v.count, search.has(key, v.value), _share(v.count, most), query)
        for v, query in zip(values, search.toggles(key, [v.value for v in values], words=words), strict=True)
    ]
    pictured = key in ("country", "year") and len(choices) >= ENOUGH and len({c.count for c in choices}) > 1
    if key == "year":
        choices.sort(key=lambda choice: choice.value, reverse=True)
        if pictured and (columns := _columns(choices, search, label, words)):
            return Group(key, label("filter", key), (), choices, pictured, columns, _span(search))
    first = [c for n, c in enumerate(choices) if n < SHOWN or c.on]
    rest = [c for n, c in enumerate(choices) if n >= SHOWN and not c.on]
    if len(rest) == 1:
        first, rest = [*first, *rest], []
    return Group(key, label("filter", key), first, rest, pictured and key == "country")


def _columns(choices: Sequence[Choice], search: Search, label: Labeller, words: bool) -> list[Column]:
    """The pieces over time: as many years to a column as keep the columns few; empty ones keep their place."""
    pieces = {int(choice.value): choice.count for choice in choices if choice.value.isdecimal()}
    if len(pieces) < ENOUGH:
        return []
    first, last = min(pieces), max(pieces)
    step = next(s for n in counting() for s in (10**n, 2 * 10**n, 5 * 10**n) if last // s - first // s < COLUMNS)
    spans = [(max(at, first), min(at + step - 1, last)) for at in range(first // step * step, last + 1, step)]
    sums = [sum(pieces.get(year, 0) for year in range(low, high + 1)) for low, high in spans]
    values = [str(low) if low == high else f"{low}..{high}" for low, high in spans]
    wanted = [_bounds(value) for value in search.filters.get("year", ())]
    return [
        Column(
            label=label("year", value),
            count=count,
            share=_share(count, max(sums)),
            on=search.has("year", value),
            within=any(low <= until and since <= high for since, until in wanted),
            query=query,
        )
        for (low, high), value, count, query in zip(
            spans, values, sums, search.toggles("year", values, words=words), strict=True
        )
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
