"""Room curating: the desk, where pieces are uploaded, checked, described, published and withdrawn."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind the room to the application."""
    from library.curating import (
        arriving,
        design,
        errors,
        history,
        jobs,
        people,
        pieces,
        queries,
        sending,
        topics,
        uploads,
        versions,
        words,
    )
    from library.curating.blueprint import bp

    for module in (uploads, sending, jobs, pieces, history, versions, topics, queries, people, design):
        assert module.bp is bp  # each adds its views to the one blueprint when it is imported
    arriving.init_app(app)
    jobs.init_app(app)
    words.init_app(app)
    errors.init_app()
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
