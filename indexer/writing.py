"""Writing to a generation: documents replaced whole, one commit for many changes, small segments merged."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files

from indexer import generations
from indexer.arrays import Array, write_arrays
from indexer.building import Builder
from indexer.codec import ArraySegment
from indexer.flattening import flatten
from indexer.merging import merged
from indexer.records import Entry
from indexer.schema import schema
from indexer.segments import SegmentView

LEVELS = ((1_000, 5_000), (10_000, 20_000))
"""Sections: segments of at most the first are merged to one of at most the second, which takes up to two seconds."""
MANY = 6  # segments of a level that may lie side by side


class GenerationWriter:
    """Adds and deletes documents in one generation. The caller holds the lock "writer" if it is the live one."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open a generation for writing, or `create` an empty one; raises IndexDamaged."""
        self.folder = folder
        self._views: dict[str, SegmentView] = {}
        if create:
            TOC.create(FileStorage(str(folder)), schema(), generations.INDEX_NAME)
            self.manifest = generations.write_manifest(folder, 0)
        else:
            self.manifest = generations.check(folder, thorough=False)

    @property
    def change(self) -> int:
        """The last outbox row that this generation holds."""
        return self.manifest.change

    def skip_to(self, change: int) -> None:
        """Note a change that concerns no document."""
        self.manifest = generations.write_manifest(self.folder, change, self.manifest)

    def apply(self, documents: Iterable[tuple[str, Sequence[Entry]]], change: int, *, replace: bool = True) -> None:
        """Make each document's sections what `documents` says (none: it leaves) and note `change`, in one commit.

        A document must come once only. Applying the same change again leaves the same index. `replace=False` skips
        the deletes for a fresh build. Raises OSError when the disk is full; the generation then stays as it was.
        """
        toc = generations.read_toc(self.folder)
        segments = [segment.copy() for segment in toc.segments]
        views = [self._view(segment) for segment in segments]
        added: list[ArraySegment] = []
        builder = Builder()
        try:
            for document, entries in documents:
                if replace:
                    _delete(document, segments, views)
                if not builder.room_for(len(entries)):
                    added.append(write_segment(self.folder, *builder.draft().arrays()))
                    builder = Builder()
                if entries:
                    builder.add(flatten(entries))
            if builder.sections:
                added.append(write_segment(self.folder, *builder.draft().arrays()))
            self._commit(toc, [*segments, *added], change)
        except BaseException:
            _remove(self.folder, added)
            raise

    def adopt(self, added: Sequence[ArraySegment], change: int) -> None:
        """Take in segments that were written into the folder, and note `change`."""
        toc = generations.read_toc(self.folder)
        self._commit(toc, [*toc.segments, *added], change)

    def merge(self) -> bool:
        """Merge some small segments if there are many; True when there was something to do."""
        toc = generations.read_toc(self.folder)
        chosen = merge_candidates([(segment.live, segment.doc_count_all()) for segment in toc.segments])
        if chosen:
            self._merge(toc, chosen)
        return bool(chosen)

    def merge_all(self) -> None:
        """Make one segment of all; they must not hold more sections than one may."""
        toc = generations.read_toc(self.folder)
        self._merge(toc, range(len(toc.segments)))

    def _merge(self, toc: TOC, chosen: Collection[int]) -> None:
        old = [toc.segments[i] for i in chosen]
        left = [segment for i, segment in enumerate(toc.segments) if i not in chosen]
        parts = [(self._view(segment), frozenset(segment.deleted_docs())) for segment in old if segment.live]
        added = [write_segment(self.folder, *merged(parts))] if parts else []
        try:
            self._commit(toc, [*left, *added], self.change)
        except BaseException:
            _remove(self.folder, added)
            raise

    def _commit(self, toc: TOC, segments: Sequence[ArraySegment], change: int) -> None:
        kept = [segment for segment in segments if segment.live]
        storage = FileStorage(str(self.folder))
        TOC(schema(), kept, toc.generation + 1).write(storage, generations.INDEX_NAME)
        self.manifest = generations.write_manifest(self.folder, change, self.manifest)
        clean_files(storage, generations.INDEX_NAME, toc.generation + 1, kept)
        names = {segment.label for segment in kept}
        self._views = {name: view for name, view in self._views.items() if name in names}

    def _view(self, segment: ArraySegment) -> SegmentView:
        name = segment.label
        if name not in self._views:
            self._views[name] = SegmentView(self.folder / segment.file, name)
        return self._views[name]


def write_segment(
    folder: Path, arrays: Mapping[str, Array], values: Mapping[str, Any], *, lasting: bool = True
) -> ArraySegment:
    """Write a segment's file, out of what `Draft.arrays` or `merged` give; it belongs to the index once a commit names it.

    `lasting`: have the disk keep it. Raises OSError; the file is then gone again.
    """
    segment = ArraySegment(generations.INDEX_NAME, values["sections"])
    path = folder / segment.file
    try:
        write_arrays(path, arrays, values)
        if lasting:
            generations.sync(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return segment


def merge_candidates(counts: Sequence[tuple[int, int]]) -> list[int]:
    """Which segments to merge, given (live, all) sections of each: many small ones, or one half deleted.

    What they make is bounded, so that the follower is back at its changes soon.
    """
    for small, most in LEVELS:
        few = sorted((live, i) for i, (live, _) in enumerate(counts) if live <= small)
        if len(few) > MANY:
            chosen: list[int] = []
            total = 0
            for live, i in few:
                if total + live > most:
                    break
                total += live
                chosen.append(i)
            if len(chosen) > 1:
                return chosen
    for i, (live, everything) in enumerate(counts):
        if live <= LEVELS[-1][1] and everything - live > max(50, live):
            return [i]
    return []


def _delete(document: str, segments: Sequence[ArraySegment], views: Sequence[SegmentView]) -> None:
    for segment, view in zip(segments, views, strict=True):
        place = view.place.get(document)
        if place is not None:
            for section in range(*view.sections_of(place)):
                segment.delete_document(section)


def _remove(folder: Path, segments: Sequence[ArraySegment]) -> None:
    """Take away segments that no commit names: a reader may have the table of contents that does."""
    named = {segment.label for segment in generations.read_toc(folder).segments}
    for segment in segments:
        if segment.label not in named:
            (folder / segment.file).unlink(missing_ok=True)
