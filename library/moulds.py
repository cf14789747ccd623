"""Rows that are alike but for a few values, as long lists have them: a template writes one, and it is filled for each item.

A loop asks Jinja for every value of every row, and a page of results has a hundred rows. Here a macro writes a row once
for each state that an item can be in, with `field.name` where the item's `name` belongs:

    {% macro choice(state, private) %}<li><a href="{{ field.address }}">{{ field.label }}</a></li>{% endmacro %}
    {{ poured(choices, choice, private) }}

What the macro writes is remembered as parts of pages are (`serving.parts`), and may depend on what it is given alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from operator import attrgetter
from typing import Any, Protocol

from flask import Flask
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from library.interface import spoken
from library.serving.remembered import Remembered

_OPEN, _CLOSE, _BETWEEN = "\ufdd0", "\ufdd1", "\ufdd2"  # not characters of any text (Unicode 3.4, D14)
_FIELD = re.compile(f"{_OPEN}([a-z]+){_CLOSE}")

Mould = tuple[str, Callable[[Any], tuple[Any, ...]]]
"""A row as `%` takes it, and what reads an item's values for it."""
_MOULDS: Remembered[Mould] = Remembered(most=1_000)


class Item(Protocol):
    """What rows are filled with."""

    @property
    def state(self) -> Hashable:
        """What its row differs by from others'."""


class _Fields:
    """Gives the place of any field."""

    def __getattr__(self, name: str) -> Markup:
        return Markup(f"{_OPEN}{name}{_CLOSE}")  # noqa: S704  names of attributes, in templates


def init_app(app: Flask) -> None:
    """Give templates `field` and `poured`."""
    app.jinja_env.globals.update(field=_Fields(), poured=poured)


def poured(items: Iterable[Item], row: Macro, *given: Hashable) -> Markup:
    """The rows of `items` behind each other, as `row(state, *given)` writes them. All values are text and are escaped."""
    moulds: dict[Hashable, Mould] = {}
    rows: list[str] = []
    values: list[object] = []
    for item in items:
        state = item.state
        mould = moulds.get(state)
        if mould is None:
            mould = moulds[state] = _mould(row, (state, *given))
        rows.append(mould[0])
        values += mould[1](item)
    return Markup("".join(rows) % _escaped([*map(str, values)]))  # noqa: S704  rows are the template's


def _escaped(values: Sequence[str]) -> tuple[str, ...]:
    """All of them at once, which takes a tenth of the time."""
    parts = str(escape(_BETWEEN.join(values))).split(_BETWEEN) if values else []
    return tuple(parts if len(parts) == len(values) else map(escape, values))


def _mould(row: Macro, given: tuple[Hashable, ...]) -> Mould:
    return _MOULDS.get((spoken(), row.name, *given), lambda: _made(str(row(*given))))


def _made(row: str) -> Mould:
    names = _FIELD.findall(row)
    mould = _FIELD.sub("%s", row.replace("%", "%%"))
    if len(names) > 1:
        return mould, attrgetter(*names)
    return mould, lambda item: tuple(getattr(item, name) for name in names)
