"""Room curating."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind the room to the application."""
