"""Building segments on several cores: documents are handed out, each process writes segments of its own."""

import gc
import logging
import multiprocessing
import os
from collections.abc import Iterable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

from indexer.building import Builder
from indexer.codec import ArraySegment
from indexer.merging import merged
from indexer.postings import MOST_SECTIONS
from indexer.records import Entry
from indexer.segments import SegmentView
from indexer.writing import write_segment

logger = logging.getLogger(__name__)
PROCESSES = 2
AT_ONCE = 500  # sections handed over at a time
ALONE = 3_000  # sections that are built here before others are started; that takes about a second

Batch = list[Sequence[Entry]]


class BuildFailed(Exception):
    """A process that builds segments ended without saying why."""


def build_segments(folder: Path, documents: Iterable[Sequence[Entry]]) -> list[ArraySegment]:
    """Write segments of these documents into `folder`; no commit names them yet.

    Raises OSError when the disk is full, BuildFailed, or what `documents` raises; what was written may then be left.
    """
    batches = _batches(documents)
    first: list[Batch] = []
    sections = 0
    for batch in batches:
        first.append(batch)
        sections += sum(map(len, batch))
        if sections > ALONE and (os.cpu_count() or 1) > 1:
            return _joined(folder, _in_processes(folder, first, batches))
    return _write(folder, first)


def _joined(folder: Path, segments: Sequence[ArraySegment]) -> list[ArraySegment]:
    """Segments made of as many of these as fit into one: what is asked of fewer segments is answered sooner."""
    joined: list[ArraySegment] = []
    group: list[ArraySegment] = []
    for segment in segments:
        if group and sum(one.live for one in group) + segment.live > MOST_SECTIONS:
            joined.append(_one(folder, group))
            group = []
        group.append(segment)
    return [*joined, _one(folder, group)] if group else joined


def _one(folder: Path, group: Sequence[ArraySegment]) -> ArraySegment:
    if len(group) == 1:
        return group[0]
    views = [SegmentView(folder / segment.file, segment.label) for segment in group]
    whole = write_segment(folder, *merged([(view, frozenset()) for view in views]))
    for segment in group:
        (folder / segment.file).unlink()
    return whole


def _batches(documents: Iterable[Sequence[Entry]]) -> Iterable[Batch]:
    batch: Batch = []
    sections = 0
    for entries in documents:
        batch.append(entries)
        sections += len(entries)
        if sections >= AT_ONCE:
            yield batch
            batch, sections = [], 0
    if batch:
        yield batch


def _write(folder: Path, batches: Iterable[Batch]) -> list[ArraySegment]:
    written: list[ArraySegment] = []
    builder = Builder()
    for batch in batches:
        for entries in batch:
            if not builder.room_for(len(entries)):
                written.append(write_segment(folder, *builder.draft().arrays()))
                builder = Builder()
            builder.add(entries)
    if builder.sections:
        written.append(write_segment(folder, *builder.draft().arrays()))
    return written


def _in_processes(folder: Path, first: Sequence[Batch], rest: Iterable[Batch]) -> list[ArraySegment]:
    context = multiprocessing.get_context("spawn")  # a fork would copy locks that other threads hold
    builders: list[tuple[SpawnProcess, Connection]] = []
    try:
        for _ in range(PROCESSES):
            ours, theirs = context.Pipe()
            process = context.Process(target=_build, args=(folder, theirs), daemon=True, name="index-builder")
            process.start()
            theirs.close()
            builders.append((process, ours))
        number = 0
        for batches in (first, rest):
            for batch in batches:
                builders[number % PROCESSES][1].send(batch)
                number += 1
        for _, connection in builders:
            connection.send(None)
        written: list[ArraySegment] = []
        for _, connection in builders:
            written += _result(connection)
        return written
    except (BrokenPipeError, ConnectionResetError):
        for _, connection in builders:  # the one that ended may have said why
            if connection.poll():
                _result(connection)
        raise BuildFailed("A process that builds the index ended early.") from None
    finally:
        for process, connection in builders:
            connection.close()
            process.terminate()
            process.join()


def _result(connection: Connection) -> list[ArraySegment]:
    try:
        told: list[ArraySegment] | Exception = connection.recv()
    except EOFError:
        raise BuildFailed("A process that builds the index ended early.") from None
    if isinstance(told, Exception):
        raise told
    return told


def _build(folder: Path, connection: Connection) -> None:
    """What a building process does. It ends when the one that started it does."""
    gc.disable()  # millions of small objects live to the end; looking through them takes a third of the time
    try:
        told: list[ArraySegment] | Exception = _write(folder, iter(connection.recv, None))
    except EOFError:
        return
    except Exception as error:
        told = error
    connection.send(told)
