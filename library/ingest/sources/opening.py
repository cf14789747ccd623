"""What a path is a source of, and all its items in one order, each once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from flask_babel import gettext as _

from library.catalogue.errors import CatalogueError
from library.ingest.sources import csl, feeds, folders, manifests, oai, sitemaps, wordpress, xmlfile, zotero
from library.ingest.sources.items import BadSource, Item, Remarks

Reader = Callable[[Path, Remarks], Iterator[Item]]

ENDINGS = frozenset((".xml", ".rdf", ".rss", ".atom", ".json", ".jsonl", ".ndjson", ".csv"))
MOST_JSON = 100 * 2**20  # bytes of a JSON file that is looked into
_XML = (wordpress, feeds, sitemaps, oai, zotero)
_READERS: dict[str, Reader] = {
    manifests.KIND: manifests.read,
    wordpress.KIND: wordpress.read,
    feeds.KIND: feeds.read,
    sitemaps.KIND: sitemaps.read,
}
_OF_RECORDS = {oai.KIND: oai.read, zotero.KIND: zotero.read, csl.KIND: csl.read}
KINDS = (folders.KIND, *_READERS, *_OF_RECORDS)


class NoSuchPath(CatalogueError):
    """A path to import from is not there."""


class Sources:
    """The items of several paths, each once, in the order of the paths; may be gone through again.

    `remarks`: what was left out, known when all items have been asked for. `kind`: what every file named is, where
    somebody says so; `stubs`: whether records without a text become pieces.
    """

    def __init__(self, paths: Iterable[Path], kind: str | None = None, stubs: bool = False) -> None:
        self.paths = list(paths)
        self.remarks = Remarks()
        self._kind, self._stubs = kind, stubs
        self._folders: dict[Path, tuple[list[Path], dict[Path, str]]] = {}
        self._length: int | None = None

    def __len__(self) -> int:
        if self._length is None:
            self._length = sum(1 for _item in self._once(Remarks()))
        return self._length

    def __iter__(self) -> Iterator[Item]:
        return self._once(self.remarks)

    def _once(self, remarks: Remarks) -> Iterator[Item]:
        seen: set[str] = set()
        for path in self.paths:
            for item in self._below(path, remarks) if path.is_dir() else self._file(path, remarks):
                if item.key not in seen:
                    seen.add(item.key)
                    yield item

    def _file(self, path: Path, remarks: Remarks) -> Iterator[Item]:
        kind = self._kind or kind_of(path)
        if kind == folders.KIND:
            yield folders.item(path)
        else:
            yield from self._read(kind, path, remarks)

    def _below(self, folder: Path, remarks: Remarks) -> Iterator[Item]:
        """What a folder's manifests and exports offer, then its files that none of them told of."""
        wanted = None if self._kind in (None, folders.KIND) else self._kind
        files, tellers = self._looked_through(folder)
        told: set[Path] = set()
        for path, kind in tellers.items():
            if wanted in (None, kind):
                told.add(path)
                for item in self._read(kind, path, remarks):
                    told.update(item.stands_for if item.path is None else (item.path, *item.stands_for))
                    yield item
        if wanted is None:
            yield from (folders.item(path) for path in files if path not in told)

    def _looked_through(self, folder: Path) -> tuple[list[Path], dict[Path, str]]:
        """The files below a folder, and the kinds of the manifests and exports among them."""
        if folder not in self._folders:
            files = folders.below(folder)
            tellers = {} if self._kind == folders.KIND else {path: kind for path in files if (kind := _told_by(path))}
            self._folders[folder] = files, tellers
        return self._folders[folder]

    def _read(self, kind: str, path: Path, remarks: Remarks) -> Iterator[Item]:
        try:
            if kind in _OF_RECORDS:
                yield from _OF_RECORDS[kind](path, remarks, stubs=self._stubs)
            else:
                yield from _READERS[kind](path, remarks)
        except BadSource as error:
            yield Item(
                kind, str(path.resolve()), "", path, path.name, path=path, status=error.status, reason=str(error)
            )


def collect(paths: Iterable[Path], kind: str | None = None, *, stubs: bool = False) -> Sources:
    """The items of the files named and of the folders named with all below them. Raises NoSuchPath."""
    paths = list(paths)
    for path in paths:
        if not path.exists():
            raise NoSuchPath(_("There is no file or folder “%(path)s”.", path=path))
    return Sources(paths, kind, stubs)


def kind_of(path: Path) -> str:
    """The kind of source that a file is by its content; "files" for one that is its own text."""
    try:
        found = xmlfile.root(path)
        if found is not None:
            return next((kind.KIND for kind in _XML if kind.recognises(*found)), folders.KIND)
        if kind := _of_json(path):
            return kind
        return manifests.KIND if manifests.recognises(path) else folders.KIND
    except OSError:
        return folders.KIND  # whoever reads it meets the same error and says so


def _told_by(path: Path) -> str:
    """The kind of a manifest or export within a folder; "" for a file that is its own text.

    Tables and lists that are not called manifest are texts there, whatever their columns.
    """
    if path.suffix.lower() not in ENDINGS:
        return ""
    kind = kind_of(path)
    if kind == manifests.KIND and path.name.lower() not in manifests.NAMES:
        return ""
    return "" if kind == folders.KIND else kind


def _of_json(path: Path) -> str:
    """ "feed" or "csl" for JSON that is one, else ""."""
    with path.open("rb") as file:
        head = file.read(100).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith((b"{", b"[")) or path.stat().st_size > MOST_JSON:
        return ""
    try:
        loaded = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return ""
    if feeds.recognises_json(loaded):
        return feeds.KIND
    return csl.KIND if csl.recognises_json(loaded) else ""
