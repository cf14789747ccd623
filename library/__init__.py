"""A knowledge library: what people do with it. The application is made by `create_app`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(instance: Path | None = None, **overrides: Any) -> Flask:
    """The Flask application for one instance folder.

    `instance` defaults to `LIBRARY_INSTANCE` or `./instance`; `overrides` win over every other setting.
    Flask is imported here, not above, so that the extraction child and the indexer start without it.
    """
    from library.app import build

    return build(instance, overrides)
