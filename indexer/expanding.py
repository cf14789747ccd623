"""Chunks → occurrences: each chunk stands for pieces, known once for all its occurrences."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.postings import Keys, place_keys, section_keys, term_keys
from indexer.rows import pack_starts

Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Occurrences:
    """What some chunks of some sections come to.

    `keys`: as `indexer.postings` has them. `which`: the pieces. `pieces`: how many each chunk has, shape (chunks,).
    `lengths`: how many each section has, shape (sections,).
    """

    keys: Keys
    which: Numbers
    pieces: Numbers
    lengths: Numbers


@dataclass(frozen=True, slots=True)
class Pieces:
    """What the chunks of a segment are made of.

    Chunk i is made of the pieces `first[i]` to `first[i] + count[i]`, `shift[i]` characters further on; shapes
    (chunks,). `term`, `step`, `start`: of each piece, shapes (pieces,).
    """

    first: Numbers
    count: Numbers
    shift: Numbers
    term: Numbers
    step: Numbers
    start: Numbers

    def expand(self, field: int, chunks: Numbers, counts: Numbers, section: int = 0) -> Occurrences:
        """The occurrences in a field of neighbouring sections, the first of which is number `section`.

        `chunks`: numbers, shape (chunks,). `counts`: how many each section has, shape (sections,).
        """
        pieces = self.count[chunks]
        which = _ranges(self.first[chunks], pieces)
        behind = _behind(pieces)
        lengths = np.diff(behind[_behind(counts)])
        keys = term_keys(self.term[which], field)
        keys |= section_keys(np.arange(section, section + counts.size)).repeat(lengths)
        keys |= place_keys(_places(self.step[which], lengths))
        return Occurrences(keys, which, pieces, lengths)

    def starts(self, of: Occurrences, chunks: Numbers, characters: Numbers) -> list[bytes]:
        """The characters at which the words of each section begin, as `pack_starts` packs them; shape (sections,).

        `chunks`: those of `of`. `characters`: at which these begin; both of shape (chunks,).
        """
        begins = np.repeat(characters + self.shift[chunks], of.pieces)
        begins += self.start[of.which]
        own = self.step[of.which] > 0  # a second reading stands at the place of the first
        if own.all():
            return pack_starts(begins, of.lengths)
        return pack_starts(begins[own], np.diff(_behind(own)[_behind(of.lengths)]))


def _behind(counts: NDArray[np.int32] | NDArray[np.bool_]) -> Numbers:
    """How many come before each, and all; shape (counts + 1,)."""
    found = np.zeros(counts.size + 1, np.int32)
    np.cumsum(counts, out=found[1:])
    return found


def _ranges(first: Numbers, count: Numbers) -> Numbers:
    """first[0], first[0] + 1, … (count[0] of them), first[1], …"""
    found = np.repeat(first - _behind(count)[:-1], count)
    found += np.arange(found.size, dtype=np.int32)
    return found


def _places(steps: Numbers, counts: Numbers) -> Numbers:
    """Place of each piece in its section, from 0."""
    ends = np.cumsum(counts)
    places = _behind(steps)
    before = places[ends - counts].repeat(counts)
    before += 1
    places = places[1:]
    places -= before
    return np.maximum(places, 0, out=places)
