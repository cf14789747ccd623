"""What a source offers: items, each on its way to a piece, and remarks on what it leaves out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from library.catalogue.errors import CatalogueError
from library.ingest.extraction import Status


class BadSource(CatalogueError):
    """A file is of a kind of source, but cannot be read as one (further); the message says why and what to do."""

    def __init__(self, sentence: str, status: Status = Status.corrupt) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a source offers.

    `kind`, `identity`, `id`: the kind of source, which of its kind, and the item's own name there; together they say
    that it is the same item when the source is read again. `origin`: the file of this machine that tells of it.
    `name`: what its file is called. The text is the file at `path`, else `content` (the bytes of a file).
    `fields`: the contract's front matter, which goes before what the file itself says. `partial`: a sentence, where the
    source holds only a part of the text. `status`, `reason`: what is wrong where there is nothing to read.
    `stands_for`: files beside the source that say the same, so that they are not read by themselves.
    """

    kind: str
    identity: str
    id: str
    origin: Path
    name: str
    path: Path | None = None
    content: bytes = b""
    fields: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    partial: str = ""
    status: Status = Status.ok
    reason: str = ""
    stands_for: tuple[Path, ...] = ()

    @property
    def key(self) -> str:
        """SHA-256 (hexadecimal) of what makes it the same item whenever the source is read."""
        return hashlib.sha256("\0".join((self.kind, self.identity, self.id)).encode("utf-8", "replace")).hexdigest()

    @property
    def shown(self) -> str:
        """What people are shown for it: its file, else the file that tells of it and its name there."""
        return str(self.path) if self.path else f"{self.origin}#{self.id}"

    def digest(self, sha256: str) -> str:
        """SHA-256 (hexadecimal) of what it is now, its file's being `sha256`."""
        said = json.dumps([sha256, dict(self.fields), self.partial], sort_keys=True, default=str)
        return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


class Remarks:
    """Sentences on what a source left out, each said once, in the order in which they came up."""

    def __init__(self) -> None:
        self._said: dict[str, None] = {}

    def add(self, sentence: str) -> None:
        self._said.setdefault(sentence)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._said))
