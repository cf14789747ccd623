"""Finding: the search page, suggestions and the search API. Asks the index, dresses the answer.

To other rooms it offers `index` (the process's open index), `Search` and `read` (a search as an address tells it),
`said` (a search in one line) and `labels` (codes as people read them).
"""

from __future__ import annotations

from flask import Flask

from library.finding import labels, opened
from library.finding.asking import Search, read
from library.finding.narrowing import said
from library.finding.opened import index

__all__ = ["Search", "index", "init_app", "labels", "read", "said"]


def init_app(app: Flask) -> None:
    """Bind the room to the application."""
    from library.finding import api, views
    from library.finding.blueprint import bp

    opened.init_app(app)
    assert api and views  # imported for the addresses that they hang on the blueprint
    app.register_blueprint(bp)
