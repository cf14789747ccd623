"""The room's blueprint."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

bp = Blueprint("packing", __name__)


@bp.app_url_defaults
def named(endpoint: str, values: dict[str, Any]) -> None:
    """`url_for("packing.piece", slug=…, pack=…)`: the file is called like the piece, or the topic."""
    if endpoint in ("packing.piece", "packing.topic"):
        values.setdefault("name", values["slug"])
