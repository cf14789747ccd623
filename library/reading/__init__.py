"""The reading room: home, shelf, pieces, chapters, topics, the network's own pages; and how every page looks."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind the room to the application: its pages, the words and addresses that every template uses, error pages."""
    from library.reading import (
        assets,
        changes,
        citations,
        context,
        errors,
        lists,
        network,
        pages,
        pictures,
        pieces,
        within,
    )
    from library.reading.blueprint import bp

    assert (
        changes and citations and lists and network and pages and pictures and pieces and within
    )  # they add their pages
    assets.init_app(app)
    context.init_app(app)
    errors.init_app(app)
    app.register_blueprint(bp)
