"""What an index entry looks like: searchable fields, their boosts, what is kept of a document, Whoosh's schema."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from whoosh import fields

from indexer.analysis import LibraryAnalyzer, primary
from indexer.records import Entry

FORMAT = 7
"""Raised whenever fields or analysis change: an index of another format is rebuilt by itself."""


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """How a field counts in BM25F. `boost`: per occurrence; `b`: how strongly its length is evened out."""

    name: str
    boost: float
    b: float


WEIGHTS: tuple[FieldWeight, ...] = (
    FieldWeight("title", 3.0, 0.5),
    FieldWeight("heading", 1.6, 0.5),
    FieldWeight("text", 1.0, 0.7),
    FieldWeight("topics", 0.6, 0.5),
    FieldWeight("summary", 0.8, 0.6),
    FieldWeight("author", 0.8, 0.4),
)
SEARCHED: tuple[str, ...] = tuple(weight.name for weight in WEIGHTS)
TEXT = SEARCHED.index("text")


@dataclass(frozen=True, slots=True)
class About:
    """What holds for all the sections of a document; written once."""

    document: str
    revision: int
    sections: int
    title: str
    kind: str
    language: str
    topics: tuple[str, ...]
    topic_names: tuple[str, ...]
    countries: tuple[str, ...]
    year: int | None
    authors: tuple[str, ...]
    published: str
    access: str
    reading: str = ""


def schema() -> fields.Schema:
    """A new Whoosh schema."""
    layout = fields.Schema(document=fields.STORED(), anchor=fields.STORED(), language=fields.STORED())
    for name in SEARCHED:
        layout.add(name, fields.TEXT(analyzer=LibraryAnalyzer(), phrase=True, stored=False))
    return layout


def about(entries: Sequence[Entry]) -> About:
    """What the entries of one document have in common."""
    first = entries[0]
    return About(
        document=first.document, revision=first.revision, sections=len(entries), title=first.title, kind=first.kind,
        language=primary(first.language), topics=first.topics, topic_names=first.topic_names,
        countries=first.countries, year=first.year, authors=first.authors, published=first.published,
        access=first.access, reading=first.reading,
    )  # fmt: skip


def write_about(about: About) -> bytes:
    """As it stands in a segment."""
    return json.dumps([getattr(about, name) for name in About.__slots__], ensure_ascii=False).encode()


def read_about(value: bytes) -> About:
    """The reverse of `write_about`."""
    parts: list[Any] = [tuple(part) if isinstance(part, list) else part for part in json.loads(value)]
    return About(*parts)
