"""Occurrences of terms → postings: one sort of 64-bit keys inverts a field.

A key is an occurrence: term (24 bits), section (16 bits), place in the field (24 bits).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import Array, smallest

MOST_SECTIONS = 1 << 16
"""Sections of one segment."""
MOST_TERMS = 1 << 24
LAST_PLACE = (1 << 24) - 1

Keys = NDArray[np.uint64]


def keys(terms: Array, sections: Array, places: Array) -> Keys:
    """Keys of occurrences; all of shape (occurrences,)."""
    found = terms.astype(np.uint64) << np.uint64(40)
    found |= sections.astype(np.uint64) << np.uint64(24)
    found |= np.minimum(places.astype(np.uint64), np.uint64(LAST_PLACE))
    return found


def invert(name: str, occurrences: Keys) -> dict[str, Array]:
    """The arrays of a field's postings.

    `terms`: those that occur, ascending, shape (n,). `at`: (n + 1,) where a term's postings begin. `ids`,
    `frequencies`: shape (postings,). `places_at`: (n + 1,) where a term's places begin. `places`: (occurrences,).
    """
    occurrences.sort()
    of = occurrences >> np.uint64(24)
    first = _firsts(of)
    of = of[first]
    frequencies = np.diff(first, append=occurrences.size)
    of_term = of >> np.uint64(16)
    begin = _firsts(of_term)
    return {
        f"{name}.terms": of_term[begin].astype(np.int32),
        f"{name}.at": np.append(begin, of.size).astype(np.uint32),
        f"{name}.ids": (of & np.uint64(0xFFFF)).astype(np.uint16),
        f"{name}.frequencies": smallest(frequencies),
        f"{name}.places_at": np.append(first[begin], occurrences.size).astype(np.uint32),
        f"{name}.places": smallest(occurrences & np.uint64(LAST_PLACE)),
    }


@dataclass(frozen=True, slots=True)
class Field:
    """The postings of one field as they lie in the file; shapes as in `invert`."""

    terms: Array
    at: Array
    ids: Array
    frequencies: Array
    places_at: Array
    places: Array

    def find(self, terms: Array) -> tuple[Array, Array]:
        """Which of `terms` (ascending) occur, and where in `self.terms`; both of shape (found,)."""
        where = np.searchsorted(self.terms, terms)
        where[where == self.terms.size] = 0
        found = np.flatnonzero(self.terms[where] == terms) if self.terms.size else np.empty(0, np.int64)
        return found, where[found]

    def keys(self) -> Keys:
        """All occurrences, as `invert` was given them."""
        terms = np.repeat(self.terms, np.diff(self.at))
        return keys(np.repeat(terms, self.frequencies), np.repeat(self.ids, self.frequencies), self.places)

    def places_in(self, where: int, sections: NDArray[np.int64]) -> tuple[Array, Array]:
        """Occurrences of a term in wanted sections (ascending): places among these sections, and places in the field."""
        first, last = int(self.at[where]), int(self.at[where + 1])
        ids = self.ids[first:last]
        at = np.searchsorted(ids, sections)
        at[at == ids.size] = 0
        has = np.flatnonzero(ids[at] == sections)
        if not has.size:
            return _NONE, _NONE
        at = at[has]
        frequencies = self.frequencies[first : first + int(at[-1]) + 1]
        ends = np.cumsum(frequencies, dtype=np.int64)[at] + int(self.places_at[where])
        counts = frequencies[at]
        which = np.repeat(ends - np.cumsum(counts, dtype=np.int64), counts)
        which += np.arange(which.size)
        return np.repeat(has, counts), self.places[which]

    def occurrences(self, where: int, sections: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Section << 24 | place of a term's occurrences in the wanted sections, ascending.

        `where`: of the term in `self.terms`. `sections`: shape (sections of the segment,).
        """
        first, last = int(self.at[where]), int(self.at[where + 1])
        ids, frequencies = self.ids[first:last], self.frequencies[first:last]
        wanted = sections[ids]
        places = self.places[int(self.places_at[where]) : int(self.places_at[where + 1])]
        if not wanted.all():
            places = places[np.repeat(wanted, frequencies)]
            ids, frequencies = ids[wanted], frequencies[wanted]
        return (np.repeat(ids, frequencies).astype(np.int64) << 24) | places


_NONE: Array = np.empty(0, np.int64)


def _firsts(values: Array) -> NDArray[np.int64]:
    """Where runs of equal values begin."""
    if not values.size:
        return np.empty(0, np.int64)
    return np.concatenate([[0], np.flatnonzero(values[1:] != values[:-1]) + 1])
