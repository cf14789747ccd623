"""The packing room: what readers take with them. Packs (EPUB, one HTML file, ZIP) and guides kept on a phone."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind the room to the application: its addresses, and what other rooms' pages say about packs."""
    from library.packing import conforming, kept, offers, views
    from library.packing.blueprint import bp

    assert kept and views  # imported for the addresses that they hang on the blueprint
    app.jinja_env.filters["xml_id"] = conforming.identifier
    app.jinja_env.globals.update(
        packs_of_piece=offers.of_piece,
        packs_of_topic=offers.of_topic,
        packs_of_shelf=offers.of_shelf,
        keeping=kept.offer,
    )
    app.register_blueprint(bp)
