"""How a fault is noted: where in the code, of what kind; never what a reader asked for.

Flask notes the address and the error's own words, and those repeat a query, a title, a form. Of a request there is
only its rule (`/documents/<slug>/`) and its method; of the error its type and the lines of code. Whoever looks for a
fault sets LIBRARY_TRACEBACK=1 for that time and has the words as well.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from flask import Flask, request

Told = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


def noted(app: Flask, told: Told) -> None:
    """Log what went wrong in this request."""
    error = told[1] or sys.exc_info()[1]
    rule = request.url_rule.rule if request.url_rule else "no rule"
    lines = "".join(_whole(error) if os.environ.get("LIBRARY_TRACEBACK") else _lines(error))
    app.logger.error("A fault in %s %s\n%s", request.method, rule, lines.rstrip())


def _whole(error: BaseException | None) -> Iterator[str]:
    if error is not None:
        yield from traceback.format_exception(error)


def _lines(error: BaseException | None) -> Iterator[str]:
    """The error and those that led to it, the first one first, without their words."""
    seen: list[BaseException] = []
    each: Any = error
    while each is not None and each not in seen:
        seen.append(each)
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    for each in reversed(seen):
        yield from traceback.format_tb(each.__traceback__)
        yield f"{type(each).__module__}.{type(each).__qualname__}\n"
