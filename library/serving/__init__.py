"""Room serving: headers, compression, health, and the supervisor that runs the processes."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind the room to the application."""
    from library.serving import headers, health

    headers.init_app(app)
    app.register_blueprint(health.bp)
