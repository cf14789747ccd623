"""A document's entries → few plain values: all that a segment keeps of them, and cheap to hand to another process."""

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from indexer.analysis import primary
from indexer.records import Entry
from indexer.rows import row_head
from indexer.schema import About, about


class FlatSection(NamedTuple):
    """`language`: primary subtag. `head`: as `row_head` made it. `sizes`: characters of the blocks, as 32-bit numbers.

    `text`: the section's text in UTF-8, surrogates passed.
    """

    language: str
    heading: str
    head: bytes
    sizes: bytes
    text: bytes


class FlatDocument(NamedTuple):
    """A document with its sections in order."""

    about: About
    summary: str
    sections: list[FlatSection]


def flatten(entries: Sequence[Entry]) -> FlatDocument:
    """What the entries of a document, at least one, come to."""
    ordered = sorted(entries, key=lambda entry: entry.position)
    return FlatDocument(about(ordered), ordered[0].summary, [_section(entry) for entry in ordered])


def _section(entry: Entry) -> FlatSection:
    anchors, texts = zip(*entry.blocks, strict=True) if entry.blocks else ((), ())
    return FlatSection(
        primary(entry.language),
        entry.heading,
        row_head(entry.anchor, entry.chapter, entry.heading, entry.page, anchors),
        array("i", map(len, texts)).tobytes(),
        "\n".join(texts).encode("utf-8", "surrogatepass"),
    )
