"""A file's text becomes a new revision of a piece that the library has: anchors stay, the description stays the piece's.

The revision is not live before somebody publishes it. The original changes to the new file; the one before stays in the
store, and in the receipt of the revisions that were made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update

from library.access.models import User
from library.catalogue import documents, pictures, rendering, resemblance
from library.catalogue.errors import BadMetadata
from library.catalogue.metadata import Metadata, to_front_matter
from library.catalogue.models import Document, Revision, StoredFile
from library.catalogue.session import writing
from library.extensions import db
from library.ingest.models import ImportedItem, Job

_DESCRIBES = ("title", "authors", "publisher", "published", "licence", "source")


@dataclass(frozen=True, slots=True)
class Onto:
    """The piece that a text is to become a revision of, rendered with the anchors of its revision `base`."""

    document: int
    base: int
    rendered: list[rendering.RenderedSection]


def render_onto(document: int, body: str) -> Onto | None:
    """`body` rendered as a revision of a piece; None when the piece is no more."""
    piece = documents.by_id(document)
    if piece is None:
        return None
    latest = piece.latest
    places, shown = rendering.places(latest.sections), pictures.sizes_in(body)
    rendered = rendering.render(body, latest.kind, places, latest.language, shown)
    return Onto(piece.id, latest.number, rendered)


def revise(
    piece: Document,
    onto: Onto,
    body: str,
    *,
    says: Metadata,
    file: StoredFile | None,
    receipt: Mapping[str, Any] | None,
    by: User | None,
) -> Revision:
    """The new revision, within the caller's transaction or one of its own.

    `says`: what the new text says of itself; where that is not what the piece says, it is offered to the curator.
    """
    with writing() as session:
        kept = Metadata.of(piece.latest)
        note = _("New version from the file “%(name)s”", name=file.name) if file else _("New version")
        revision = documents.revise(
            piece,
            kept,
            body,
            by=by,
            note=note,
            receipt=receipt,
            # Somebody may have written a revision since the text was rendered; its anchors are to stay, too.
            rendered=onto.rendered if onto.base == piece.latest.number else None,
        )
        if file is not None:
            piece.file = file
        piece.suggestions = _differing(kept, says) or None
        session.flush()
    return revision


def become(draft: Document, piece: Document, *, by: User | None) -> Revision:
    """Make a draft the newest revision of `piece` and discard the draft. Raises BadMetadata where that cannot be."""
    if draft.id == piece.id or draft.published_at is not None:
        raise BadMetadata(_("Only a draft that was never published can become a revision of another piece."))
    newest = draft.latest
    onto = render_onto(piece.id, newest.body)
    assert onto is not None, "the piece is at hand"
    sketch = resemblance.sketch_of(draft)
    with writing() as session:
        session.refresh(draft)
        session.refresh(piece)
        newest = draft.latest
        revision = revise(
            piece, onto, newest.body, says=Metadata.of(newest), file=draft.file, receipt=newest.receipt, by=by
        )
        for record in (Job, ImportedItem):
            session.execute(update(record).where(record.document_id == draft.id).values(document_id=piece.id))
        if sketch is not None:
            resemblance.keep(session, piece, sketch)
        documents.discard(draft, by=by)
    db.session.expire_all()
    return revision


def _differing(kept: Metadata, says: Metadata) -> dict[str, Any]:
    """What the new text says of itself otherwise than the piece does, as it is offered."""
    old, new = to_front_matter(kept), to_front_matter(says)
    reason = _("the new version says so")
    return {
        field: {"value": _plain(new[field]), "reason": reason, "confidence": 0.5}
        for field in _DESCRIBES
        if new.get(field) and new[field] != old.get(field)
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, list) else str(value)
