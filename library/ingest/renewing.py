"""An item that changed at its source becomes a new revision of the piece that it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from library.access.models import User
from library.catalogue import documents
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document, Status, StoredFile
from library.catalogue.session import writing
from library.ingest import drafting


@dataclass(frozen=True, slots=True)
class Renewal:
    """What became of a changed item. `told`: a sentence, none where nothing differs for readers.

    `edited`: somebody had changed the piece here meanwhile.
    """

    told: tuple[str, ...]
    edited: bool


_KEPT = ("summary", "countries", "authors", "publisher", "licence", "source_url")


def revise(
    document: Document,
    prepared: drafting.Prepared,
    file: StoredFile,
    *,
    origin: str,
    known: int,
    by: User | None,
    publish: bool,
) -> Renewal:
    """Write the new revision, in one transaction or as a part of the caller's.

    It is published where the piece is and `publish` says so; not over what somebody wrote here since revision `known`,
    which is the last that came from the source: that is for a curator to compare.
    """
    with writing() as session:
        session.refresh(document)
        before = document.latest
        edited = before.number != known
        metadata = _continued(Metadata.of(before), prepared.metadata, prepared.extraction.metadata)
        note = _("Imported again from %(origin)s.", origin=origin)
        revision = documents.revise(
            document,
            metadata,
            prepared.extraction.markdown,
            by=by,
            note=note,
            receipt=prepared.extraction.receipt(drafting.receipt_of(document)),
        )
        live = document.status == Status.PUBLISHED
        if not live or (publish and not edited):
            document.file = file  # the original that goes with what is shown
        drafting.link(document, prepared.translation_of, by=by)
        if live and publish and not edited and prepared.says_something:
            documents.publish(document, by=by, note=note)
        told = _told(document, revision.number, edited, live)
        return Renewal((told,) if revision.id != before.id else (), edited)


def _told(document: Document, number: int, edited: bool, live: bool) -> str:
    if edited:
        said = _(
            "It changed at its source and was edited here too: revision %(number)d of “%(title)s” waits for a curator.",
            number=number,
            title=document.latest.title,
        )
    elif live and document.live is not None and document.live.number != number:
        said = _(
            "It changed at its source: revision %(number)d of “%(title)s” waits to be published.",
            number=number,
            title=document.latest.title,
        )
    else:
        said = _(
            "It changed at its source: now revision %(number)d of “%(title)s”.",
            number=number,
            title=document.latest.title,
        )
    return str(said)


def _continued(before: Metadata, now: Metadata, said: Mapping[str, Any]) -> Metadata:
    """The new description; what it leaves open stays as it was, topics that were given are not taken away."""
    kept: dict[str, Any] = {name: getattr(before, name) for name in _KEPT if not getattr(now, name)}
    if not now.year:
        kept |= {"published_on": before.published_on, "year": before.year}
    if now.language == "und":
        kept["language"] = before.language
    if "kind" not in said:
        kept["kind"] = before.kind
    return replace(now, **kept, topics=tuple(dict.fromkeys([*now.topics, *before.topics])))
