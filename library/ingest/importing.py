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
from library.ingest import ahead, drafting, remembering, renewing, unrolling
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
    UNPACKED = "unpacked"


@dataclass(slots=True)
class Tally:
    """What an import did. `statuses`: receipts by status; `linked`: translations whose original came later.

    `outcomes`: how many items had a (format, status, outcome); `unread`: why a file gave no text, by the file;
    `renewed`: the pieces (by id) that changed.
    """

    files: int = 0
    drafted: int = 0
    published: int = 0
    duplicates: int = 0
    linked: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str, Outcome]] = field(default_factory=Counter)
    unread: dict[str, str] = field(default_factory=dict)
    renewed: set[int] = field(default_factory=set)

    @property
    def revised(self) -> int:
        """How many items changed."""
        return sum(count for (_format, _status, outcome), count in self.outcomes.items() if outcome is Outcome.CHANGED)

    def count(self, receipt: dict[str, Any]) -> None:
        """Add an item's receipt."""
        outcome = self._outcome(receipt)
        self.files += 1
        self.statuses[receipt["status"]] += 1
        self.outcomes[receipt["format"], receipt["status"], outcome] += 1
        self.drafted += outcome is Outcome.NEW
        self.duplicates += outcome is Outcome.THERE
        self.unread.pop(receipt["file"], None)
        if outcome is Outcome.UNREAD:
            self.unread[receipt["file"]] = receipt["reason"]

    def _outcome(self, receipt: dict[str, Any]) -> Outcome:
        if receipt["duplicate_of"]:
            return Outcome.THERE
        if receipt["status"] not in (Status.ok, Status.partial):
            return Outcome.UNREAD
        if receipt["document"] and receipt["document"]["id"] in self.renewed:
            return Outcome.CHANGED
        return Outcome.UNPACKED if receipt.get("parts") and not receipt["characters"] else Outcome.NEW


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
    run = _Import(Orders(by, topics, publish, dry), tally)
    readings = ahead.read(items)
    try:
        for reading in readings:
            if begun is not None:
                begun(reading.item)
            unrolled = unrolling.Unrolling(ahead.read, run.settle)
            for name, receipt in unrolled.receipts(reading, reading.item.shown):
                tally.count(receipt | {"file": name})
                told(receipt | {"file": name})
    finally:
        readings.close()
    run.link()
    return tally


@dataclass(slots=True)
class _Import:
    """An import under way. `later`: translations, (number of the piece, slug of the original), to be linked at its end."""

    orders: Orders
    tally: Tally
    later: list[tuple[int, str]] = field(default_factory=list)

    def settle(self, reading: Reading) -> dict[str, Any]:
        """Write what was read; the receipt, after what it tells of is committed."""
        item = reading.item
        if reading.path is None:
            return Extraction(item.name, item.status, item.reason).receipt()
        if reading.unchanged and reading.memory is not None:
            return remembering.receipt(reading.memory, item, reading.sha256)
        try:
            extraction = reading.result()
            if not _is_revision(reading):
                known = drafting.of_bytes(extraction.sha256 if extraction else reading.sha256)
                if known is not None:
                    return self._duplicate(reading, known)
            if extraction is None:  # it was there when we looked, and is no more
                extraction = _read_again(reading.path, reading)
            return self._written(reading, extraction)
        except OSError as error:
            return _unopened(item, error)

    def link(self) -> None:
        """Link translations: items come in the order of their source, one may precede its original."""
        for number, original in self.later:
            document = documents.by_id(number)
            linked = document is not None and drafting.link(document, original, by=self.orders.by)
            self.tally.linked += linked

    def _written(self, reading: Reading, extraction: Extraction) -> dict[str, Any]:
        item, path = reading.item, reading.path
        assert path is not None, "there is something to write"
        if extraction.readable and not extraction.batch and not self.orders.dry:
            with path.open("rb") as stream:
                file = files.store(stream, ingest.shown_name(item.name), limit=largest())
            if file.sha256 != extraction.sha256:  # it changed between being read and being kept
                extraction = _read_again(files.path(file), reading)
        if extraction.batch:
            return extraction.receipt()
        if not extraction.readable:
            receipt = extraction.receipt()
            if not self.orders.dry:
                remembering.keep_unread(item, extraction.sha256, receipt)
            return receipt
        document = reading.memory.document if reading.memory else None
        if self.orders.dry:
            return self._foretold(drafting.prepare(_described(extraction, item), self.orders.topics), document)
        prepared = drafting.prepare(_described(extraction, item), self.orders.topics, reading.kept)
        if reading.memory is not None and document is not None:
            return self._revised(reading.memory, document, item, prepared)
        return self._created(reading, prepared)

    def _created(self, reading: Reading, prepared: drafting.Prepared) -> dict[str, Any]:
        sha256 = prepared.extraction.sha256
        with writing():
            known = drafting.of_bytes(sha256)  # another import or upload may have been quicker
            if known is not None:
                return self._duplicate(reading, known)
            file = _kept(prepared.extraction)
            document = drafting.write(prepared, file, by=self.orders.by, publish=self.orders.publish)
            receipt = prepared.extraction.receipt(drafting.receipt_of(document))
            remembering.keep(reading.item, sha256, document, receipt)
        self.tally.published += document.live is not None
        if prepared.translation_of and document.translation_of is None:
            self.later.append((document.id, prepared.translation_of))
        return receipt

    def _revised(self, memory: Memory, document: Document, item: Item, prepared: drafting.Prepared) -> dict[str, Any]:
        with writing():
            renewal = renewing.revise(
                document,
                prepared,
                _kept(prepared.extraction),
                origin=item.origin.name,
                known=memory.revision,
                by=self.orders.by,
                publish=self.orders.publish,
            )
            warnings = (*prepared.extraction.warnings, *renewal.told)
            receipt = replace(prepared.extraction, warnings=warnings).receipt(drafting.receipt_of(document))
            # What was edited here stays known as edited, however often the source changes.
            revision = memory.revision if renewal.edited else document.latest.number
            remembering.keep(item, prepared.extraction.sha256, document, receipt, revision)
        if renewal.told:
            self.tally.renewed.add(document.id)
            return receipt
        return receipt | {"duplicate_of": document.slug}  # it reads as before

    def _foretold(self, prepared: drafting.Prepared, document: Document | None) -> dict[str, Any]:
        """The receipt of what would be written."""
        if document is None:
            return prepared.extraction.receipt()
        self.tally.renewed.add(document.id)
        return prepared.extraction.receipt(drafting.receipt_of(document))

    def _duplicate(self, reading: Reading, known: Document) -> dict[str, Any]:
        item, sha256 = reading.item, known.file.sha256 if known.file else ""
        adopted = reading.own and not self.orders.dry and remembering.adopt(item, sha256, known)
        receipt = drafting.duplicate_receipt(known, item.name, sha256)
        if adopted and item.fields:
            unused = _("What the source says of it was not used, since the library has the file already.")
            receipt["warnings"] = [*receipt["warnings"], unused]
        return receipt


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


def _is_revision(reading: Reading) -> bool:
    return reading.memory is not None and reading.memory.document_id is not None


def _kept(extraction: Extraction) -> StoredFile:
    file = files.by_sha256(extraction.sha256)
    assert file is not None, "stored a moment ago"
    file.media_type = extraction.media_type or file.media_type
    return file


def _read_again(path: Path, reading: Reading) -> Extraction:
    """Read here and now what lies at `path`."""
    scratch = files.folder().parent / "tmp"
    return ingest.extract(path, reading.item.name, drafting.limits(), scratch, keep=reading.kept)


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
