"""What an index entry looks like inside Whoosh: searchable fields, their boosts, columns and stored values."""

import json
import struct
from dataclasses import dataclass
from typing import Any

from whoosh import columns, fields
from whoosh.formats import Frequency

from indexer.analysis import Analysed, LibraryAnalyzer, primary, stem_terms
from indexer.records import Entry

FORMAT = 2
"""Raised whenever fields or analysis change: an index of another format is rebuilt by itself."""


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """How a field counts in BM25F. `boost`: per occurrence; `b`: how strongly its length is evened out."""

    name: str
    boost: float
    b: float


WEIGHTS: tuple[FieldWeight, ...] = (
    FieldWeight("title", 2.0, 0.5),
    FieldWeight("heading", 1.6, 0.5),
    FieldWeight("text", 1.0, 0.7),
    FieldWeight("topics", 0.6, 0.5),
    FieldWeight("summary", 0.8, 0.6),
    FieldWeight("author", 0.8, 0.4),
)
SEARCHED: tuple[str, ...] = tuple(weight.name for weight in WEIGHTS)
_LENGTHS = struct.Struct(f"<{len(WEIGHTS)}I")


@dataclass(frozen=True, slots=True)
class About:
    """What holds for all the sections of a document; written once, with its first section."""

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


def stem_field(name: str) -> str:
    """The field that holds the stems of a searched field."""
    return f"{name}_stem"


def schema() -> fields.Schema:
    """A new Whoosh schema."""
    layout = fields.Schema()
    layout.add("document", fields.ID())
    layout.add("document_of", fields.COLUMN(columns.VarBytesColumn()))
    layout.add("about", fields.COLUMN(columns.VarBytesColumn()))
    layout.add("lengths", fields.COLUMN(columns.VarBytesColumn()))
    layout.add("shown", fields.STORED())
    for name in SEARCHED:
        layout.add(name, fields.TEXT(analyzer=LibraryAnalyzer(), phrase=True, stored=False))
        layout.add(stem_field(name), _StemField())
    return layout


def row(entry: Entry, about: About | None) -> dict[str, Any]:
    """The keyword arguments of Whoosh's `add_document` for an entry; `about` goes with a document's first."""
    texts = {
        "title": Analysed(entry.title),
        "heading": Analysed(entry.heading),
        "text": Analysed(entry.text),
        "topics": Analysed("\n".join(entry.topic_names)),
        "summary": Analysed(entry.summary if about else ""),
        "author": Analysed("\n".join(entry.authors)),
    }
    values: dict[str, Any] = {
        "document": entry.document,
        "document_of": entry.document.encode(),
        "lengths": _LENGTHS.pack(*(sum(len(word.pieces) for word in texts[name].found) for name in SEARCHED)),
        "shown": (
            entry.anchor, entry.chapter, entry.heading, entry.page, tuple((b.anchor, b.text) for b in entry.blocks),
        ),
    }  # fmt: skip
    if about:
        values["about"] = json.dumps([getattr(about, name) for name in About.__slots__], ensure_ascii=False).encode()
    for name, text in texts.items():
        if text.found:
            values[name] = text
            values[stem_field(name)] = stem_terms(text, entry.language)
    return values


def about(entries: list[Entry]) -> About:
    """What the entries of one document have in common."""
    first = entries[0]
    return About(
        document=first.document, revision=first.revision, sections=len(entries), title=first.title, kind=first.kind,
        language=primary(first.language), topics=first.topics, topic_names=first.topic_names,
        countries=first.countries, year=first.year, authors=first.authors, published=first.published,
        access=first.access,
    )  # fmt: skip


def read_about(value: bytes) -> About:
    """The reverse of what `row` writes."""
    parts: list[Any] = [tuple(part) if isinstance(part, list) else part for part in json.loads(value)]
    return About(*parts)


class _StemField(fields.FieldType):
    """Stems of a section with their frequencies: handed over as a list, no places, no lengths."""

    def __init__(self) -> None:
        self.format = Frequency()
        self.analyzer = LibraryAnalyzer()
        self.scorable = False
        self.stored = False
        self.unique = False
        self.vector = None
        self.column_type = None
        self.spelling = False
