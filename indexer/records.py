"""What crosses the door between catalogue and index: entries, changes, judgements, and where they come from."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Block(NamedTuple):
    """A paragraph-sized piece of a section. `anchor` is an HTML id on the section's page ("p-1a2b3c4d")."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A section of the live revision of a published document: one entry of the index.

    `document`: the document's id as a string. `revision`: its number, compared by `indexer verify`.
    `position`: order in the document from 0. `anchor`: the heading's; (document, anchor) is unique and stable.
    `chapter`: the chapter's slug, "" for an article or a cover. `heading`: "" for a lead before the first heading.
    `page`: page of the original from 1. `language`: BCP 47. `topics`: slugs, ancestors included.
    `topic_names`: names and synonyms in all languages, searchable. `countries`: ISO 3166-1 alpha-2, upper case.
    `published`: ISO date-time, for sorting. `access`: "public" or "members". `reading`: "partial" where not everything
    of the original could be read, else "".
    """

    document: str
    revision: int
    position: int
    anchor: str
    chapter: str
    title: str
    heading: str
    blocks: tuple[Block, ...]
    page: int | None
    language: str
    kind: str
    topics: tuple[str, ...]
    topic_names: tuple[str, ...]
    countries: tuple[str, ...]
    year: int | None
    authors: tuple[str, ...]
    published: str
    summary: str
    access: str
    reading: str = ""

    @property
    def text(self) -> str:
        """The section's text, a line a block."""
        return "\n".join([text for _, text in self.blocks])


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the outbox: the document with this id is to be read again."""

    id: int
    document: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """A curator's word that `query`, as a reader would type it, must find the document with this id."""

    query: str
    document: str


class Source(Protocol):
    """What the follower and the rebuild read from. `library.catalogue.source` implements it over the database.

    Every method may raise when the database cannot be reached; the follower waits and tries again.
    """

    def latest_change(self) -> int:
        """The id of the newest outbox row, 0 when there is none."""
        ...

    def changes_after(self, change: int, limit: int) -> Sequence[Change]:
        """Up to `limit` outbox rows with an id above `change`, oldest first."""
        ...

    def documents(self) -> Iterator[tuple[str, int]]:
        """(document id, revision number) of everything that must be in the index."""
        ...

    def entries(self, document: str) -> Sequence[Entry]:
        """The document's sections; empty when it must not be in the index."""
        ...

    def judgements(self) -> Sequence[Judgement]:
        """The library's own judged queries, those of documents that must be in the index."""
        ...


SourceFactory = Callable[[], AbstractContextManager[Source]]
"""Opens a source anew; the follower does so again after an error."""
