"""Files within files in an import: each part with a receipt of its own, before that of the file which holds it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from flask_babel import gettext as _

from library.catalogue.session import writing
from library.extensions import db
from library.ingest import drafting, parts
from library.ingest.extraction import Extraction, Part
from library.ingest.models import ImportedItem
from library.ingest.parts import Room

Receipt = dict[str, Any]
Named = tuple[str, Receipt]
"""What a file is called, seen from the one that was named for the import, and its receipt."""


class Read(Protocol):
    """A file that is being read: see `ahead.Reading`."""

    @property
    def sha256(self) -> str: ...
    @property
    def kept(self) -> Path: ...
    def result(self) -> Extraction | None: ...
    def limited(self, extraction: Extraction) -> Read: ...
    def known(self, sha256: str) -> Read: ...
    def parts(self, parts: Iterable[Part]) -> list[Any]: ...


@dataclass(slots=True)
class Unrolling:
    """How an import reads items and settles what was read: the receipt."""

    read: Callable[[Iterable[Any]], Iterator[Any]]
    settle: Callable[[Any], Receipt]
    room: Room = field(default_factory=Room)

    def receipts(self, reading: Read, name: str) -> Iterator[Named]:
        """(name, receipt) of every part of what is read, of the parts' parts, and last of the file itself.

        So a file that is in the library has all its parts there too, whenever an import is broken off.
        """
        if (remembered := _remembered(reading.sha256)) is not None:
            yield from self._again(remembered, reading, name)
            return
        try:
            extraction = reading.result()
        except OSError:  # whoever settles it meets the same error and says so
            extraction = None
        if extraction is None or not extraction.parts or not extraction.readable:
            yield name, self.settle(reading)
            return
        extraction = parts.within(extraction, reading.kept, self.room)
        seen: list[Named] = []
        self.room.depth -= 1
        for part in self.read(reading.parts(extraction.parts)):
            for one in self.receipts(part, f"{name}/{part.item.name}"):
                seen.append(one)
                yield one
        self.room.depth += 1
        receipt = self.settle(reading.limited(extraction))
        if extraction.batch:
            _remember(extraction.sha256, name, receipt, seen)
        yield name, receipt

    def _again(self, remembered: Receipt, reading: Read, name: str) -> Iterator[Named]:
        for called, sha256, receipt in remembered["parts"]:
            yield f"{name}{called}", receipt or self.settle(reading.known(sha256))
        reason = _("Everything in it is in the library already.")
        yield name, remembered["receipt"] | {"reason": reason}


def remembered(sha256: str) -> bool:
    """Whether an archive with these bytes was taken in before and all that was in it is still there."""
    return _remembered(sha256) is not None


def _remembered(sha256: str) -> Receipt | None:
    found = db.session.get(ImportedItem, _key(sha256))
    if found is None or found.receipt is None:
        return None
    wanted = (sha256 for _called, sha256, receipt in found.receipt["parts"] if receipt is None)
    return found.receipt if all(drafting.of_bytes(sha256) is not None for sha256 in wanted) else None


def _remember(sha256: str, name: str, receipt: Receipt, seen: list[Named]) -> None:
    """Remember an archive of which every file is in the library now; of any other, the next import tries again."""
    rows: list[tuple[str, str, Receipt | None]] = []
    for called, one in seen:
        batch = bool(one.get("parts")) and not one["characters"]
        if one["document"] is None and not batch:
            return
        rows.append((called.removeprefix(name), one["sha256"], one if batch else None))
    with writing() as session:
        item = session.get(ImportedItem, _key(sha256)) or ImportedItem(key=_key(sha256))
        item.item, item.digest, item.receipt = name, sha256, {"receipt": receipt, "parts": rows}
        session.add(item)


def _key(sha256: str) -> str:
    return hashlib.sha256(f"archive {sha256}".encode()).hexdigest()
