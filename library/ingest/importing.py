"""Items of sources into the catalogue: the pipeline of an upload, run here and now."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from library import ingest
from library.access.models import User
from library.catalogue import documents, files, topics
from library.catalogue.errors import BadTopic, StorageFull
from library.catalogue.models import Document, StoredFile
from library.catalogue.session import writing
from library.ingest import ahead, drafting, remembering, renewing
from library.ingest.ahead import Reading
from library.ingest.extraction import Extraction, Status
from library.ingest.receiving import largest
from library.ingest.remembering import Memory
from library.ingest.sources import Item, NoSuchPath, Sources, collect

__all__ = ["Item", "NoSuchPath", "Outcome", "Sources", "Tally", "check_topics", "collect", "take_in"]

Told = Callable[[dict[str, Any]], None]
"""Called with each receipt, in the order of the items, after what it tells of is committed."""
Begun = Callable[[Item], None]
"""Called with the item that is waited for."""


class Outcome(StrEnum):
    """What became of an item."""

    NEW = "new"
    CHANGED = "changed"
    THERE = "there already"
    UNREAD = "not read"


@dataclass(slots=True)
class Tally:
    """What an import did. `statuses`: receipts by status; `linked`: translations whose original came later.

    `outcomes`: how many items had a (format, status, outcome); `unread`: why a file gave no text, by the file.
    """

    files: int = 0
    drafted: int = 0
    published: int = 0
    revised: int = 0
    duplicates: int = 0
    linked: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str, Outcome]] = field(default_factory=Counter)
    unread: dict[str, str] = field(default_factory=dict)

    def count(self, receipt: dict[str, Any], outcome: Outcome) -> None:
        """Add an item's receipt."""
        self.files += 1
        self.statuses[receipt["status"]] += 1
        self.outcomes[receipt["format"], receipt["status"], outcome] += 1
        self.unread.pop(receipt["file"], None)
        match outcome:
            case Outcome.NEW:
                self.drafted += 1
            case Outcome.CHANGED:
                self.revised += 1
            case Outcome.THERE:
                self.duplicates += 1
            case Outcome.UNREAD:
                self.unread[receipt["file"]] = receipt["reason"]


@dataclass(frozen=True, slots=True)
class Orders:
    """What is asked of an import. `dry`: nothing is written, the receipts say what would be."""

    by: User | None = None
    topics: Sequence[str] = ()
    publish: bool = False
    dry: bool = False


def check_topics(slugs: Iterable[str]) -> None:
    """Raises BadTopic for a slug that is no topic's."""
    for slug in slugs:
        if topics.by_slug(slug) is None:
            known = ", ".join(topic.slug for topic in topics.all_topics()) or _("none yet")
            raise BadTopic(
                _(
                    "There is no topic “%(slug)s”; the topics are: %(known)s.",
                    slug=slug,
                    known=known,
                )
            )


def take_in(
    items: Iterable[Item],
    told: Told,
    *,
    by: User | None = None,
    topics: Sequence[str] = (),
    publish: bool = False,
    dry: bool = False,
    begun: Begun | None = None,
    tally: Tally | None = None,
) -> Tally:
    """Import each item; one that cannot be read gets its receipt and the next one is taken.

    Every piece is committed by itself: interrupted, an import leaves whole pieces, and run again it finds them there.
    `tally`: one to go on counting in, which holds what was done also when the import is interrupted. Raises
    StorageFull, after which what was committed stays.
    """
    tally = Tally() if tally is None else tally
    orders = Orders(by, topics, publish, dry)
    later: list[tuple[int, str]] = []
    readings = ahead.read(items)
    try:
        for reading in readings:
            if begun is not None:
                begun(reading.item)
            receipt, outcome = _settle(reading, orders, tally, later)
            receipt = receipt | {"file": reading.item.shown}
            tally.count(receipt, outcome)
            told(receipt)
    finally:
        readings.close()
    for number, original in later:  # items come in the order of their source: a translation may precede its original
        document = documents.by_id(number)
        tally.linked += document is not None and drafting.link(document, original, by=by)
    return tally


def _settle(
    reading: Reading, orders: Orders, tally: Tally, later: list[tuple[int, str]]
) -> tuple[dict[str, Any], Outcome]:
    """Write what was read; the receipt, and what became of the item."""
    item = reading.item
    if reading.path is None:
        return Extraction(item.name, item.status, item.reason).receipt(), Outcome.UNREAD
    if reading.unchanged and reading.memory is not None:
        receipt = remembering.receipt(reading.memory, item, reading.sha256)
        return receipt, Outcome.THERE if receipt["document"] else Outcome.UNREAD
    try:
        extraction = reading.extraction.result() if reading.extraction else None
        if not _is_revision(reading):
            known = drafting.of_bytes(extraction.sha256 if extraction else reading.sha256)
            if known is not None:
                return _duplicate(item, known, orders), Outcome.THERE
        if extraction is None:  # it was there when we looked, and is no more
            extraction = _read_again(reading.path, item)
        return _written(reading, extraction, orders, tally, later)
    except OSError as error:
        return _unopened(item, error), Outcome.UNREAD


def _written(
    reading: Reading, extraction: Extraction, orders: Orders, tally: Tally, later: list[tuple[int, str]]
) -> tuple[dict[str, Any], Outcome]:
    item, path = reading.item, reading.path
    assert path is not None, "there is something to write"
    if extraction.readable and not orders.dry:
        with path.open("rb") as stream:
            file = files.store(stream, ingest.shown_name(item.name), limit=largest())
        if file.sha256 != extraction.sha256:  # it changed between being read and being kept
            extraction = _read_again(files.path(file), item)
    if not extraction.readable:
        receipt = extraction.receipt()
        if not orders.dry:
            remembering.keep_unread(item, extraction.sha256, receipt)
        return receipt, Outcome.UNREAD
    prepared = drafting.prepare(_described(extraction, item), orders.topics)
    if orders.dry:
        return prepared.extraction.receipt(), Outcome.CHANGED if _is_revision(reading) else Outcome.NEW
    document = reading.memory.document if reading.memory else None
    if reading.memory is not None and document is not None:
        return _revised(reading.memory, document, item, prepared, orders)
    return _created(item, prepared, orders, tally, later)


def _created(
    item: Item, prepared: drafting.Prepared, orders: Orders, tally: Tally, later: list[tuple[int, str]]
) -> tuple[dict[str, Any], Outcome]:
    sha256 = prepared.extraction.sha256
    with writing():
        known = drafting.of_bytes(sha256)  # another import or upload may have been quicker
        if known is not None:
            return _duplicate(item, known, orders), Outcome.THERE
        document = drafting.write(prepared, _kept(prepared.extraction), by=orders.by, publish=orders.publish)
        receipt = prepared.extraction.receipt(drafting.receipt_of(document))
        remembering.keep(item, sha256, document, receipt)
    tally.published += document.live is not None
    if prepared.translation_of and document.translation_of is None:
        later.append((document.id, prepared.translation_of))
    return receipt, Outcome.NEW


def _revised(
    memory: Memory, document: Document, item: Item, prepared: drafting.Prepared, orders: Orders
) -> tuple[dict[str, Any], Outcome]:
    with writing():
        before = document.latest.number
        renewal = renewing.revise(
            document,
            prepared,
            _kept(prepared.extraction),
            origin=item.origin.name,
            known=memory.revision,
            by=orders.by,
            publish=orders.publish,
        )
        changed = document.latest.number != before
        warnings = (*prepared.extraction.warnings, renewal.told) if changed else prepared.extraction.warnings
        receipt = replace(prepared.extraction, warnings=warnings).receipt(drafting.receipt_of(document))
        # What was edited here stays known as edited, however often the source changes.
        revision = memory.revision if renewal.edited else document.latest.number
        remembering.keep(item, prepared.extraction.sha256, document, receipt, revision)
    return receipt, Outcome.CHANGED if changed else Outcome.THERE


def _described(extraction: Extraction, item: Item) -> Extraction:
    """What was read, with what the source says of it: that goes before what the file says."""
    metadata = {**extraction.metadata, **item.fields}
    warnings = (*extraction.warnings, *item.warnings)
    described = replace(
        extraction, metadata=metadata, warnings=warnings, title=item.fields.get("title") or extraction.title
    )
    if item.partial:
        described = replace(described, status=Status.partial, reason=item.partial)
    own = extraction.title
    if own and described.title != own and extraction.text.lstrip().startswith(own) and own not in described.title:
        # The file's own heading was taken out as its title; another title stands there now, and no word is lost.
        described = replace(described, markdown=f"**{own}**\n\n{extraction.markdown}")
    return described


def _duplicate(item: Item, known: Document, orders: Orders) -> dict[str, Any]:
    sha256 = known.file.sha256 if known.file else ""
    adopted = not orders.dry and remembering.adopt(item, sha256, known)
    receipt = drafting.duplicate_receipt(known, item.name, sha256)
    if adopted and item.fields:
        receipt["warnings"] = [
            *receipt["warnings"],
            _("What the source says of it was not used, since the library has the file already."),
        ]
    return receipt


def _is_revision(reading: Reading) -> bool:
    return reading.memory is not None and reading.memory.document_id is not None


def _kept(extraction: Extraction) -> StoredFile:
    file = files.by_sha256(extraction.sha256)
    assert file is not None, "stored a moment ago"
    file.media_type = extraction.media_type or file.media_type
    return file


def _read_again(path: Path, item: Item) -> Extraction:
    return ingest.extract(path, item.name, drafting.limits(), files.folder().parent / "tmp")


def _unopened(item: Item, error: OSError) -> dict[str, Any]:
    """The receipt of a file that this process may not open. Raises StorageFull where our own disk is the trouble."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise StorageFull(_("The disk is full: the import stopped at “%(name)s”.", name=item.name)) from error
    reason = _(
        "“%(name)s” could not be opened: %(why)s.",
        name=item.name,
        why=error.strerror or error,
    )
    return Extraction(file=item.name, status=Status.unsupported, reason=reason).receipt()
