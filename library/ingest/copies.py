"""Cleaned copies of originals: which are wanted, and made one after another by the job worker while it is idle.

Nothing is queued: a copy is wanted while a piece's original is to be offered cleaned and its file has neither a copy nor
a reason why there is none. So a worker that is killed leaves nothing behind, and a changed setting needs no step.
"""

from __future__ import annotations

import logging

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select

from library.catalogue import files
from library.catalogue.errors import FileMissing
from library.catalogue.models import Document, Original, Status, StoredFile
from library.catalogue.session import writing
from library.extensions import db
from library.ingest import drafting, sandbox
from library.ingest.extraction import Refusal

logger = logging.getLogger(__name__)


def clean_next() -> bool:
    """Make the copy that has been wanted longest, or note why there is none; False when none is wanted."""
    file = db.session.scalar(
        select(StoredFile)
        .join(Document, Document.file_id == StoredFile.id)
        .where(_wanted(), StoredFile.cleaned == "", StoredFile.uncleanable == "")
        .order_by(StoredFile.id)
        .limit(1)
    )
    if file is None:
        db.session.rollback()
        return False
    make(file)
    return True


def make(file: StoredFile) -> None:
    """Keep a cleaned copy of `file`, or why there is none. Raises OSError and CatalogueError for faults of the disk."""
    name, number, media_type = file.name, file.id, file.media_type
    try:
        path = files.path(file)
    except FileMissing as error:
        _note(number, uncleanable=str(error))  # it would stand in the way of all others for ever
        return
    db.session.rollback()  # no transaction is open while the file is read
    with drafting.keeping() as keep:
        try:
            found = sandbox.run(path, name, drafting.limits(), keep.parent, keep=keep, child=sandbox.CLEANER)
            reason = str(found["reason"])
        except Refusal as refusal:
            found, reason = {"parts": []}, refusal.reason
        if reason:
            _note(number, uncleanable=reason)
            return
        with (keep / found["parts"][0]["kept"]).open("rb") as stream:
            copy = files.store(stream, name)
    with writing():
        copy.media_type = media_type
    _note(number, cleaned=copy.sha256)


def told(document: Document) -> str:
    """How it stands with the cleaned copy of a piece's original, for a curator; "" where none is wanted."""
    file = document.file
    if file is None or (document.original or current_app.config["ORIGINALS"]) != Original.CLEANED:
        return ""
    if file.uncleanable:
        return file.uncleanable
    if file.cleaned:
        return str(_("Readers get a copy that was cleaned of what the file says about people and machines."))
    return str(_("The file is being cleaned; readers can have it when that is done."))


def _note(number: int, *, cleaned: str = "", uncleanable: str = "") -> None:
    with writing() as session:
        file = session.get(StoredFile, number)
        if file is not None:
            file.cleaned, file.uncleanable = cleaned, uncleanable


def _wanted() -> ColumnElement[bool]:
    """Whether a document's original is to be offered cleaned."""
    chosen = Document.original == Original.CLEANED
    if current_app.config["ORIGINALS"] == Original.CLEANED:
        chosen = or_(chosen, Document.original == Original.SITE)
    return and_(chosen, Document.status != Status.WITHDRAWN)
