"""Feeds: Atom, RSS and JSON Feed from one list of entries; the sitemap and other files for programs."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind the room to the application."""
    from library.feeds import standing, views

    assert standing  # imported for the addresses that it hangs on the blueprint
    app.register_blueprint(views.bp)
