"""Room serving: headers, compression, kept pages, health, the front, and the supervisor that runs the processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the supervisor and the front start without Flask
    from flask import Flask


def init_app(app: Flask) -> None:
    """Bind the room to the application."""
    from library.serving import headers, health, parts

    headers.init_app(app)
    parts.init_app(app)
    app.register_blueprint(health.bp)
