"""Occurrences of terms → postings of all fields: one sort of 64-bit keys inverts a segment.

A key is an occurrence: term (24 bits), field (3 bits), section (16 bits), place in the field (21 bits).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import Array, run_starts, smallest

MOST_SECTIONS = 1 << 16
"""Sections of one segment."""
LAST_PLACE = (1 << 21) - 1
RARE = 48  # postings; so few are looked through faster one by one than by array operations
_TERM, _FIELD, _SECTION = np.uint64(40), np.uint64(37), np.uint64(21)
_PAIR_BITS = 3  # of a pair (term << 3 | field) that are the field

Keys = NDArray[np.uint64]


def term_keys(terms: Array, field: int) -> Keys:
    """The upper part of the keys of terms in a field; shape (terms,)."""
    return (terms.astype(np.uint64) << _TERM) | (np.uint64(field) << _FIELD)


def section_keys(sections: Array) -> Keys:
    """The middle part of the keys of sections; shape (sections,)."""
    return sections.astype(np.uint64) << _SECTION


def place_keys(places: Array) -> Keys:
    """The lower part of the keys of places; shape (places,). Places behind LAST_PLACE count as the last."""
    found: Keys = places.astype(np.uint64)
    return np.minimum(found, np.uint64(LAST_PLACE), out=found) if places.max(initial=0) > LAST_PLACE else found


def invert(occurrences: Keys) -> dict[str, Array]:
    """The arrays of postings; `occurrences` are sorted in place.

    A posting says that a section has a term in a field. `pairs`: term << 3 | field, those that occur, ascending, shape
    (n,). `at`: (n + 1,) where a pair's postings begin. `ids`, `frequencies`: shape (postings,). `places_at`: (n + 1,)
    where a pair's places begin. `places`: (occurrences,).
    """
    occurrences.sort()
    of = occurrences >> _SECTION
    first = run_starts(of)
    of = of[first]
    frequencies = np.diff(first, append=occurrences.size)
    pairs = of >> np.uint64(16)
    begin = run_starts(pairs)
    return {
        "pairs": pairs[begin].astype(np.int32),
        "at": np.append(begin, of.size).astype(np.uint32),
        "ids": (of & np.uint64(MOST_SECTIONS - 1)).astype(np.uint16),
        "frequencies": smallest(frequencies),
        "places_at": np.append(first[begin], occurrences.size).astype(np.uint32),
        "places": smallest((occurrences & np.uint64(LAST_PLACE)).astype(np.uint32)),
    }


@dataclass(frozen=True, slots=True)
class Postings:
    """The postings of all fields as they lie in the file; shapes as in `invert`."""

    pairs: Array
    at: Array
    ids: Array
    frequencies: Array
    places_at: Array
    places: Array

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> "Postings":
        """Out of arrays named as in `invert`."""
        return cls(*(arrays[name] for name in cls.__slots__))

    @property
    def fields(self) -> Array:
        """The field of each pair."""
        return self.pairs & ((1 << _PAIR_BITS) - 1)

    @property
    def terms(self) -> Array:
        """The term of each pair."""
        return self.pairs >> _PAIR_BITS

    def pairs_of(self, terms: Array) -> tuple[list[int], list[int]]:
        """Of each term its first pair and the one behind its last."""
        wanted = terms.astype(np.int32) << _PAIR_BITS
        return self.pairs.searchsorted(wanted).tolist(), self.pairs.searchsorted(wanted + (1 << _PAIR_BITS)).tolist()

    def find(self, field: int, terms: Array) -> tuple[Array, Array]:
        """Which of `terms` occur in a field, and their pairs; both of shape (found,)."""
        wanted = (terms.astype(np.int32) << _PAIR_BITS) + np.int32(field)
        where = self.pairs.searchsorted(wanted)
        where[where == self.pairs.size] = 0
        found = (self.pairs[where] == wanted).nonzero()[0] if self.pairs.size else np.empty(0, np.int64)
        return found, where[found]

    def surely_lacks(self, pair: int, sections: frozenset[int]) -> bool:
        """Whether a pair is so rare that a glance tells that it stands in none of some sections."""
        first, last = self.at[pair : pair + 2].tolist()
        return last - first <= RARE and sections.isdisjoint(self.ids[first:last].tolist())

    def places_in(self, pair: int, sections: Array) -> tuple[Array, Array]:
        """Occurrences of a pair in wanted sections: places among these sections, and places in the field.

        `sections`: ascending, of the dtype of `ids`.
        """
        first, last = int(self.at[pair]), int(self.at[pair + 1])
        ids = self.ids[first:last]
        at = ids.searchsorted(sections)
        np.minimum(at, ids.size - 1, out=at)
        has = (ids[at] == sections).nonzero()[0]
        if not has.size:
            return _NONE, _NONE
        at = at[has]
        frequencies = self.frequencies[first : first + int(at[-1]) + 1]
        counts = frequencies[at]
        begins = frequencies.cumsum(dtype=np.int64)[at] - counts + int(self.places_at[pair])
        if int(counts.max()) == 1:
            return has, self.places[begins]
        ends = counts.cumsum(dtype=np.int64)
        which = np.repeat(begins - ends + counts, counts)
        which += np.arange(which.size)
        return np.repeat(has, counts), self.places[which]

    def occurrences(self, pair: int, sections: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Section << 24 | place of a pair's occurrences in the wanted sections, ascending.

        `sections`: shape (sections of the segment,).
        """
        first, last = int(self.at[pair]), int(self.at[pair + 1])
        ids, frequencies = self.ids[first:last], self.frequencies[first:last]
        wanted = sections[ids]
        places = self.places[int(self.places_at[pair]) : int(self.places_at[pair + 1])]
        if not wanted.all():
            places = places[np.repeat(wanted, frequencies)]
            ids, frequencies = ids[wanted], frequencies[wanted]
        return (np.repeat(ids, frequencies).astype(np.int64) << 24) | places


_NONE: Array = np.empty(0, np.int64)
