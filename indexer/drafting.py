"""A segment before it is written: what a builder or a merge has, as the arrays that stand in the file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold
from indexer.arrays import Array, pack, smallest
from indexer.hints import hint_arrays
from indexer.keywords import keyword_arrays
from indexer.postings import Keys, Postings, invert
from indexer.schema import About, write_about
from indexer.stem_groups import Stems

TITLE_KEY = 24  # bytes of a folded title by which titles are ordered
FACETS = ("topic", "kind", "lang", "country", "year", "reading")
TABLES = (*FACETS, "author", "access", "topic_name")


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a draft. `row`: as `write_row` made it. `document`: its place among the draft's."""

    row: bytes
    language: str
    document: int


@dataclass
class Draft:
    """A segment before it is written. `terms`: sorted. `occurrences`: keys.

    `lengths`: shape (fields, sections). `hints`: as `hint_arrays` wants them.
    """

    terms: list[bytes]
    occurrences: Keys
    stems: Stems
    lengths: NDArray[np.int64]
    sections: list[Section]
    documents: list[About]
    hints: list[tuple[int, str, int]]

    def arrays(self) -> tuple[dict[str, Array], dict[str, object]]:
        """Arrays and values for `write_arrays`."""
        arrays = pack("terms", self.terms)
        postings = invert(self.occurrences)
        arrays |= postings
        arrays |= pack("stems", self.stems.names)
        arrays["stems.first"] = self.stems.first.astype(np.uint32)
        arrays["stems.terms"] = self.stems.terms.astype(np.int32)
        arrays["lengths"] = smallest(self.lengths.ravel())
        languages = sorted({section.language for section in self.sections})
        arrays["language_of"] = smallest(
            np.array([languages.index(section.language) for section in self.sections], np.int64)
        )
        arrays["document_of"] = smallest(np.array([section.document for section in self.sections], np.int64))
        arrays |= keyword_arrays(
            Postings.of(postings), self.terms, self.stems, self.lengths, arrays["language_of"], languages
        )
        arrays |= pack("rows", (section.row for section in self.sections))
        arrays |= hint_arrays(self.hints)
        tables: dict[str, list[str]] = {}
        for key in TABLES:
            pairs = [(i, value) for i, shared in enumerate(self.documents) for value in _values(shared, key)]
            tables[key] = sorted({value for _, value in pairs})
            code = {value: i for i, value in enumerate(tables[key])}
            arrays[f"{key}.codes"] = smallest(np.array([code[value] for _, value in pairs], np.int64))
            arrays[f"{key}.documents"] = smallest(np.array([i for i, _ in pairs], np.int64))
        arrays |= pack("documents", (d.document.encode() for d in self.documents))
        arrays |= pack("about", (write_about(d) for d in self.documents))
        arrays["published"] = np.array([_moment(d.published) for d in self.documents], np.int64)
        arrays["titles"] = np.array([fold(d.title).encode()[:TITLE_KEY] for d in self.documents], f"S{TITLE_KEY}")
        return arrays, {"languages": languages, "tables": tables, "sections": len(self.sections)}


def _values(shared: About, key: str) -> Iterable[str]:
    match key:
        case "topic":
            return dict.fromkeys(shared.topics)
        case "topic_name":
            return dict.fromkeys(shared.topic_names)
        case "country":
            return dict.fromkeys(country.upper() for country in shared.countries)
        case "author":
            return dict.fromkeys(fold(author) for author in shared.authors)
        case "year":
            return () if shared.year is None else (str(shared.year),)
        case "lang":
            return (shared.language,)
        case "reading":
            return (shared.reading,) if shared.reading else ()
        case _:
            return (str(getattr(shared, key)),)


def _moment(published: str) -> int:
    """Microseconds since 1970 of an ISO 8601 moment, 0 when there is none."""
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1_000_000)
