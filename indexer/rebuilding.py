"""A new generation beside the live one: built from the source, caught up, checked, judged, then switched to."""

import errno
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from indexer import generations, judging, querying
from indexer.analysis import terms
from indexer.bulk import BuildFailed, build_segments
from indexer.facets import allowed
from indexer.generations import IndexDamaged, Pointer
from indexer.ranking import Ranking
from indexer.records import Entry, Source
from indexer.snapshot import Snapshot, open_generation, open_snapshot
from indexer.writing import GenerationWriter

logger = logging.getLogger(__name__)
CHANGES_AT_ONCE = 200
SAMPLES = 20
ATTEMPTS = 5

Progress = Callable[[int, int], None]
"""Called with documents done and documents in all."""


class RebuildFailed(Exception):
    """The new generation did not come about; the live one is untouched. The message says why."""


def rebuild(
    source: Source, root: Path, progress: Progress = lambda done, total: None, *, force: bool = False
) -> Pointer:
    """Build, check and switch to a new generation; the one before is kept for rollback.

    Changes that are published meanwhile are in it. The lock "writer" is held only for the last few of them. A
    generation that finds less of the source's judged queries than the live one is refused, unless `force`.
    Raises Busy while another rebuild runs, RebuildFailed, or what the source raises; then nothing has changed.
    """
    with generations.lock(root, "rebuild", "rebuilds the index"):
        generations.tidy(root)
        folder = generations.create_generation(root)
        try:
            pointer = _build_and_switch(source, root, folder, progress, force=force)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise RebuildFailed(
                    "The disk is full: the index was not rebuilt, the one before stays. Free some space and try again."
                ) from error
            raise
        except BuildFailed as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise RebuildFailed(f"{error} The index was not rebuilt, the one before stays.") from error
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        generations.tidy(root)
    return pointer


def _build_and_switch(source: Source, root: Path, folder: Path, progress: Progress, *, force: bool) -> Pointer:
    change = source.latest_change()
    writer = GenerationWriter(folder, create=True)
    wanted = list(source.documents())
    writer.adopt(build_segments(folder, _read(source, wanted, progress)), change)
    catch_up(source, writer)
    built = open_generation(folder, thorough=True)
    _check(built, source)
    if not force:
        _judge(built, source, root)
    with generations.lock(root, "writer", "writes to the index", wait=60):
        catch_up(source, writer)
        pointer = Pointer(folder.name, _live(root))
        generations.write_pointer(root, pointer)
    return pointer


def _read(source: Source, wanted: Sequence[tuple[str, int]], progress: Progress) -> Iterator[Sequence[Entry]]:
    for done, (document, _) in enumerate(wanted, 1):
        yield source.entries(document)
        progress(done, len(wanted))


def catch_up(source: Source, writer: GenerationWriter) -> None:
    """Apply the changes that are there now and that the generation lacks; later ones are the follower's."""
    newest = source.latest_change()
    while writer.change < newest and (changes := source.changes_after(writer.change, CHANGES_AT_ONCE)):
        documents = dict.fromkeys(change.document for change in changes)
        writer.apply(((document, source.entries(document)) for document in documents), changes[-1].id)


def _check(snapshot: Snapshot, source: Source) -> None:
    """Count and samples: all documents are there, and their own words find them. Raises RebuildFailed.

    A document may be published or withdrawn between the two looks; only what is wrong on both counts.
    """
    missing = [document for document, _ in source.documents() if document not in snapshot.place]
    changed = {change.document for change in source.changes_after(snapshot.change, 10_000)}
    lost = [document for document in missing if document not in changed and source.entries(document)]
    if lost:
        raise RebuildFailed(
            f"The new index lacks {len(lost)} documents (such as {lost[0]}); it was thrown away, the one before stays."
        )
    places = sorted(snapshot.place.values())
    for at in places[:: max(1, len(places) // SAMPLES)]:
        if not _finds(snapshot, at):
            raise RebuildFailed(
                f"The new index does not find document {snapshot.document(at)} by its title; "
                "it was thrown away, the one before stays."
            )


def _judge(built: Snapshot, source: Source, root: Path) -> None:
    """Hold the new generation to the judged queries. Raises RebuildFailed where the live one does better by them."""
    judgements = source.judgements()
    if not judgements:
        return
    try:
        live = open_snapshot(root, thorough=True)
    except IndexDamaged as damage:
        logger.info("The judged queries have nothing to be compared with: %s", damage)
        return
    moved = judging.moves(live, built, judgements)
    worse = judging.worse(moved)
    if worse:
        raise RebuildFailed(
            f"The new index does worse for {len(worse)} of {len(moved)} judged queries: "
            f"{'; '.join(map(str, worse))}. It was thrown away, the one before stays; "
            "`indexer rebuild --force` switches all the same."
        )


def _finds(snapshot: Snapshot, at: int) -> bool:
    about = snapshot.about(at)
    found = terms(about.title)[:8]
    if not found:
        return True
    words = querying.AllClause(tuple(querying.WordClause(term, "") for term in found if len(term) > 1))
    if not words.clauses:
        return True
    match = Ranking(snapshot).find(words).match & snapshot.live
    visible = allowed(snapshot, (about.access,), about.document)
    return bool(np.any(match & visible[snapshot.document_of]))


def _live(root: Path) -> str | None:
    """The live generation if it is sound enough to go back to."""
    try:
        pointer = generations.read_pointer(root)
        generations.check(generations.generation_folder(root, pointer.current), thorough=False)
    except IndexDamaged as damage:
        logger.info("Nothing to roll back to: %s", damage)
        return None
    return pointer.current


def differences(snapshot: Snapshot, source: Source) -> list[str]:
    """Sentences on what the index has differently from the source; empty when they agree."""
    found: list[str] = []
    expected: set[str] = set()
    for document, revision in source.documents():
        count = len(source.entries(document))
        if not count:
            continue
        expected.add(document)
        at = snapshot.place.get(document)
        if at is None:
            found.append(f"Document {document} is missing from the index.")
            continue
        about = snapshot.about(at)
        sections = int(snapshot.live[snapshot.first[at] : snapshot.last[at] + 1].sum())
        if about.revision != revision:
            found.append(f"Document {document} is indexed as revision {about.revision} instead of {revision}.")
        elif sections != count:
            found.append(f"Document {document} has {sections} sections in the index instead of {count}.")
    found += [f"Document {d} is in the index and should not be." for d in snapshot.place if d not in expected]
    doubled = snapshot.live_documents - len(snapshot.place)
    if doubled:
        found.append(f"{doubled} documents are in the index twice.")
    return found
