"""The published pieces most like a text, asked of a real index."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from indexer.rebuilding import rebuild
from library.catalogue import topics
from library.catalogue.models import Document, Kind
from library.catalogue.source import CatalogueSource
from library.extensions import db
from library.ingest.understanding import Piece, alike

LAMPS = "Lanterns light the marches, and stewards carry lanterns with spare lamps. "
RECORDS = "Records are asked for by letter, and offices answer such letters about records. "


def told(text: str) -> Piece:
    return Piece("Carrying lanterns", "en", (), (text * 3,))


def test_without_an_index_nothing_is_alike(app: Flask) -> None:
    assert alike.pieces(told(LAMPS)) == []


def test_the_pieces_most_alike_come_with_their_topics_and_pages_of_the_network_do_not(
    app: Flask, piece: Callable[..., Document]
) -> None:
    topics.create("marches", {"en": "Marches"})
    piece(LAMPS * 4, title="Lanterns at night", topics=("marches",))
    piece(RECORDS * 4, title="Asking for records")
    piece(LAMPS * 4, title="About our lanterns", kind=Kind.PAGE)
    rebuild(CatalogueSource(), Path(app.instance_path) / "index")
    db.session.rollback()
    found = alike.pieces(told(LAMPS))
    app.extensions.pop(alike.KEY).close()
    assert [(near.title, near.topics) for near in found][0] == ("Lanterns at night", ("marches",))
    assert "About our lanterns" not in [near.title for near in found]
