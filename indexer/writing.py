"""Writing to a generation: documents replaced whole, one commit for many changes, small segments merged."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from indexer import generations
from indexer.records import Entry
from indexer.schema import about, row, schema

MEMORY_MB = 64
SMALL = 1_000  # sections; segments below are merged when there are many
MANY = 6  # small segments that may lie side by side
MERGE_AT_ONCE = 2_500  # sections; bounds how long a publish may have to wait for a merge


class GenerationWriter:
    """Adds and deletes documents in one generation. The caller holds the lock "writer" if it is the live one."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open a generation for writing, or `create` an empty one; raises IndexDamaged."""
        self.folder = folder
        storage = FileStorage(str(folder))
        if create:
            self._index = FileIndex.create(storage, schema(), generations.INDEX_NAME)
            self.manifest = generations.write_manifest(folder, 0)
        else:
            self.manifest = generations.check(folder, thorough=False)
            self._index = FileIndex(storage, schema(), generations.INDEX_NAME)

    def skip_to(self, change: int) -> None:
        """Note a change that concerns no document."""
        self.manifest = generations.write_manifest(self.folder, change, self.manifest)

    @property
    def change(self) -> int:
        """The last outbox row that this generation holds."""
        return self.manifest.change

    def apply(self, documents: Iterable[tuple[str, Sequence[Entry]]], change: int, *, replace: bool = True) -> None:
        """Make each document's sections what `documents` says (none: it leaves) and note `change`, in one commit.

        A document must come once only. `documents` may be a generator; nothing of it is kept in memory.

        Applying the same change again leaves the same index. `replace=False` skips the deletes for a fresh build.
        Raises OSError when the disk is full; the generation then stays as it was.
        """
        writer = self._writer()
        try:
            for document, entries in documents:
                if replace:
                    writer.delete_by_term("document", document)
                _add(writer, entries)
        except BaseException:
            with suppress(Exception):  # on a full disk closing fails as well; what counts is the first error
                writer.cancel()
            raise
        writer.commit(mergetype=_drop_empty)
        self.manifest = generations.write_manifest(self.folder, change, self.manifest)

    def merge(self) -> bool:
        """Merge some small segments if there are many; True when there was something to do."""
        segments = self._index._segments()
        chosen = merge_candidates([(s.doc_count(), s.doc_count_all()) for s in segments])
        if not chosen:
            return False
        names = {segments[i].segment_id() for i in chosen}
        self._writer().commit(mergetype=lambda writer, found: _merge(writer, found, names))
        self.manifest = generations.write_manifest(self.folder, self.change, self.manifest)
        return True

    def _writer(self) -> SegmentWriter:
        return SegmentWriter(self._index, timeout=5.0, limitmb=MEMORY_MB)


def merge_candidates(counts: Sequence[tuple[int, int]]) -> list[int]:
    """Which segments to merge, given (live, all) sections of each: many small ones, or one half deleted.

    Never more than MERGE_AT_ONCE sections, so that the follower is back at its changes soon.
    """
    small = sorted((live, i) for i, (live, _) in enumerate(counts) if live <= SMALL)
    if len(small) > MANY:
        chosen: list[int] = []
        total = 0
        for live, i in small:
            if total + live > MERGE_AT_ONCE:
                break
            total += live
            chosen.append(i)
        if len(chosen) > 1:
            return chosen
    for i, (live, everything) in enumerate(counts):
        if live <= MERGE_AT_ONCE and everything - live > max(50, live):
            return [i]
    return []


def _add(writer: SegmentWriter, entries: Iterable[Entry]) -> None:
    ordered = sorted(entries, key=lambda entry: entry.position)
    shared = about(ordered) if ordered else None
    for entry in ordered:
        writer.add_document(**row(entry, shared))
        shared = None


def _drop_empty(_: SegmentWriter, segments: list[Any]) -> list[Any]:
    return [segment for segment in segments if segment.doc_count() > 0]


def _merge(writer: SegmentWriter, segments: list[Any], names: set[str]) -> list[Any]:
    for segment in segments:
        if segment.segment_id() in names:
            reader = SegmentReader(writer.storage, writer.schema, segment)
            writer.add_reader(reader)
            reader.close()
    return [segment for segment in _drop_empty(writer, segments) if segment.segment_id() not in names]
