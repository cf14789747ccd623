"""Covers that show a file: which are wanted, and drawn one after another by the job worker.

As with cleaned copies nothing is queued: a cover is wanted while a piece's choice leads to a file or picture of which
nothing is known yet. So a worker that is killed leaves nothing behind, pieces that were there before get theirs, and a
changed setting needs no step.
"""

from __future__ import annotations

import logging
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from library.catalogue import covers, files, pictures
from library.catalogue.errors import FileMissing
from library.catalogue.models import Document
from library.extensions import db
from library.ingest import drafting, sandbox
from library.ingest.extraction import Picture, Refusal

logger = logging.getLogger(__name__)
DRAWER = "library.ingest.fronts.child"


def draw_next() -> bool:
    """Draw the cover that is wanted first, or note why there is none; False when none is wanted."""
    source = covers.wanted(current_app.config["ORIGINALS"])
    if not source:
        db.session.rollback()
        return False
    make(source)
    return True


def make(source: str) -> None:
    """Keep what a cover shows of `source` (see `library.catalogue.covers`), or why it shows nothing.

    Raises OSError and CatalogueError for faults of the disk.
    """
    try:
        path = _path(source)
    except FileMissing as error:
        covers.note(source, [], str(error))
        return
    db.session.rollback()  # no transaction is open while the file is read
    with drafting.keeping() as keep:
        try:
            found = sandbox.run(path, source, drafting.limits(), keep.parent, keep=keep, child=DRAWER)
            reason = str(found["reason"])
        except Refusal as refusal:
            found, reason = {"pictures": []}, refusal.reason
        made = [Picture(**one) for one in found["pictures"]]
        pictures.store(keep, made)
    covers.note(source, [picture.kept for picture in made], reason)


def told(document: Document) -> str:
    """How it stands with a cover that shows something of the piece's file, for a curator; "" where all is well."""
    setting = current_app.config["ORIGINALS"]
    if not covers.source(document, setting):
        return ""
    found = covers.drawn(document, setting)
    if found is None:
        return str(_("The cover is being made; until then a drawn one is shown."))
    return found.reason


def _path(source: str) -> Path:
    """Where the file or picture lies. Raises FileMissing."""
    file = files.by_sha256(source)
    if file is not None:
        return files.path(file)
    picture = pictures.by_name(source)
    if picture is None:
        raise FileMissing(f"There is no file or picture {source}.")
    return pictures.path(picture)
