"""A small library in memory, and an index of it in a folder."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from indexer.querying import parse
from indexer.ranking import Ranking
from indexer.rebuilding import rebuild
from indexer.records import Block, Change, Entry, Judgement
from indexer.searching import Index
from indexer.snapshot import Snapshot, open_generation
from indexer.snippets import Best, Marker
from indexer.writing import GenerationWriter


def section(document: str, text: str, **values: Any) -> Entry:
    """An entry; paragraphs of `text` are parted by empty lines."""
    position = values.get("position", 0)
    defaults: dict[str, Any] = {
        "document": document,
        "revision": 1,
        "position": position,
        "anchor": f"s-{position}",
        "chapter": "",
        "title": f"Piece {document}",
        "heading": "",
        "blocks": tuple(Block(f"p-{position}-{i}", part) for i, part in enumerate(text.split("\n\n")) if part),
        "page": None,
        "language": "en",
        "kind": "article",
        "topics": (),
        "topic_names": (),
        "countries": (),
        "year": 2024,
        "authors": (),
        "published": "2024-01-01",
        "summary": "",
        "access": "public",
    }
    return Entry(**(defaults | values))


def snapshot_of(folder: Path, *batches: Sequence[Entry]) -> Snapshot:
    """A generation in `folder`, one segment for each batch of entries of whole documents."""
    writer = GenerationWriter(folder, create=True)
    for batch in batches:
        documents = {entry.document: [e for e in batch if e.document == entry.document] for entry in batch}
        writer.apply(documents.items(), 1)
    return open_generation(folder)


def shown(folder: Path, question: str, *entries: Entry) -> list[Best]:
    """What is shown of the sections of a new generation, in order."""
    snapshot = snapshot_of(folder, entries)
    clause = parse(question).clause
    ranking = Ranking(snapshot)
    ranking.find(clause)
    return list(Marker(ranking, clause).best(range(snapshot.sections)).values())


@dataclass
class MemorySource:
    """A catalogue in memory: what is published, its outbox, its judged queries."""

    pieces: dict[str, list[Entry]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    judged: list[Judgement] = field(default_factory=list)
    fails: int = 0

    def publish(self, *entries: Entry) -> None:
        self.pieces[entries[0].document] = list(entries)
        self.changes.append(Change(len(self.changes) + 1, entries[0].document))

    def withdraw(self, document: str) -> None:
        del self.pieces[document]
        self.changes.append(Change(len(self.changes) + 1, document))

    def latest_change(self) -> int:
        return len(self.changes)

    def changes_after(self, change: int, limit: int) -> Sequence[Change]:
        if self.fails:
            self.fails -= 1
            raise OSError("database is locked")
        return self.changes[change : change + limit]

    def documents(self) -> Iterator[tuple[str, int]]:
        for document, entries in list(self.pieces.items()):
            yield document, entries[0].revision

    def entries(self, document: str) -> Sequence[Entry]:
        return self.pieces.get(document, [])

    def judge(self, query: str, document: str) -> None:
        self.judged.append(Judgement(query, document))

    def judgements(self) -> Sequence[Judgement]:
        return [judgement for judgement in self.judged if judgement.document in self.pieces]

    @contextmanager
    def opened(self) -> Iterator["MemorySource"]:
        yield self


@pytest.fixture
def source() -> MemorySource:
    return MemorySource()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def indexed(source: MemorySource, root: Path) -> Iterator[Callable[..., Index]]:
    """Publish entries (grouped by document), rebuild, and give the index."""
    opened: list[Index] = []

    def build(*entries: Entry) -> Index:
        for document in dict.fromkeys(entry.document for entry in entries):
            source.publish(*(entry for entry in entries if entry.document == document))
        rebuild(source, root)
        opened.append(Index(root))
        return opened[-1]

    yield build
    for index in opened:
        index.close()
