"""What continuing sources gave before: the memory by which reading a source again changes only what changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from library.catalogue.models import Document, Revision
from library.catalogue.session import writing
from library.extensions import db
from library.ingest import drafting
from library.ingest.extraction import Extraction, Status
from library.ingest.models import ImportedItem
from library.ingest.sources import Item

_OF_READING = ("EXTRACT_", "OCR", "MAX_UPLOAD_MB")


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of an item: as ImportedItem has it, of one moment."""

    digest: str
    document_id: int | None
    revision: int
    receipt: dict[str, Any]

    @property
    def document(self) -> Document | None:
        """The piece that the item became; None when it became none, or that is there no more."""
        return db.session.get(Document, self.document_id) if self.document_id else None


def of(item: Item) -> Memory | None:
    """What is remembered of an item."""
    row = db.session.get(ImportedItem, item.key)
    return Memory(row.digest, row.document_id, row.revision, row.receipt or {}) if row is not None else None


def is_unchanged(memory: Memory, item: Item, sha256: str) -> bool:
    """Whether the item is what it was, its file's SHA-256 now being `sha256`.

    What could not be read is tried again when the library or its settings of reading have changed. A file that comes
    alone is not changed by the description that a manifest once gave it.
    """
    document = memory.document
    if document is None:
        return memory.document_id is None and memory.digest == _unread(item, sha256)
    if memory.digest == item.digest(sha256):
        return True
    return not item.fields and not item.partial and document.file is not None and document.file.sha256 == sha256


def keep(item: Item, sha256: str, document: Document, receipt: dict[str, Any], revision: int | None = None) -> None:
    """Remember what the item became: `revision` of `document`, its latest without. A part of the caller's transaction."""
    _keep(item, item.digest(sha256), receipt, document.id, document.latest.number if revision is None else revision)


def keep_unread(item: Item, sha256: str, receipt: dict[str, Any]) -> None:
    """Remember that the item could not be read, unless it could once: then its piece stays what it is of."""
    memory = of(item)
    if memory is None or memory.document_id is None:
        _keep(item, _unread(item, sha256), receipt, None, 0)


def adopt(item: Item, sha256: str, document: Document) -> bool:
    """Remember a piece that came on another way as this item's, unless it is another item's already."""
    with writing() as session:
        taken = session.scalar(select(ImportedItem.key).where(ImportedItem.document_id == document.id).limit(1))
        if taken is not None:
            return False
        _keep(item, item.digest(sha256), document.latest.receipt, document.id, document.latest.number)
    return True


def receipt(memory: Memory, item: Item, sha256: str) -> dict[str, Any]:
    """The receipt of an item that is as it was: what was understood then, and where it is now."""
    then = memory.receipt
    blank = Extraction(file=item.name, status=Status.ok, sha256=sha256).receipt()
    known = blank | {key: then[key] for key in blank if key in then} | {"file": item.name}
    document = memory.document
    if document is None:
        return known
    reason = _("The library has this file already, as “%(title)s”.", title=_title(document))
    return known | {"reason": reason, "document": drafting.receipt_of(document), "duplicate_of": document.slug}


def _title(document: Document) -> str:
    """The title that is shown, without loading texts: there may be thousands of items."""
    shown = select(Revision.title).where(Revision.document_id == document.id)
    shown = shown.where(Revision.id == document.live_id) if document.live_id else shown
    return db.session.scalar(shown.order_by(Revision.number.desc()).limit(1)) or document.slug


def _keep(item: Item, digest: str, receipt: dict[str, Any] | None, document: int | None, revision: int) -> None:
    with writing() as session:
        memory = session.get(ImportedItem, item.key)
        if memory is None:
            memory = ImportedItem(key=item.key)
            session.add(memory)
        # Names of files may hold bytes that are no text, which databases refuse.
        named = " ".join(f"{item.kind} {item.identity} {item.id}".replace("\0", " ").split())
        memory.item = named.encode("utf-8", "replace").decode("utf-8")
        memory.digest, memory.receipt = digest, receipt
        memory.document_id, memory.revision, memory.at = document, revision, datetime.now(UTC)


def _unread(item: Item, sha256: str) -> str:
    said = json.dumps([item.digest(sha256), _reader(), _settings()], default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _settings() -> list[tuple[str, Any]]:
    return sorted((key, value) for key, value in current_app.config.items() if key.startswith(_OF_READING))


@cache
def _reader() -> list[Any]:
    """What could make another reading end otherwise: the library's version, programs that it calls."""
    return [version("knowledge-library"), *(shutil.which(name) for name in ("ocrmypdf", "tesseract"))]
