"""The room's blueprint, and what its views share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request

bp = Blueprint("reading", __name__)


@bp.app_url_defaults
def named(endpoint: str, values: dict[str, Any]) -> None:
    """`url_for("reading.form", slug=…, ext=…)`: the file is called like the piece."""
    if endpoint == "reading.form":
        values.setdefault("name", values["slug"])


def page_number() -> int:
    """`?page=` of the address, 1 without one; what is no number leads nowhere (404)."""
    given = request.args.get("page", "1")
    if not (given.isascii() and given.isdigit() and 0 < len(given) < 7 and int(given)):
        abort(404)
    return int(given)
