"""Which terms of a segment share a stem: from a stem ("en/polici") to the words that have it."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import Array, distinct

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stems:
    """`names`: stems, sorted. The terms of stem i are `terms[first[i]:first[i + 1]]`, ascending.

    `first`: shape (stems + 1,). `terms`: shape (pairs,).
    """

    names: Sequence[bytes]
    first: Numbers
    terms: Numbers

    @classmethod
    def of(cls, names: Sequence[bytes], stem: Array, term: Array) -> "Stems":
        """Out of pairs.

        Args:
            names: Different stems in any order.
            stem: Place in `names` of each pair's stem; shape (pairs,).
            term: Number of each pair's term; the same pair may come twice; shape (pairs,).
        """
        order = sorted(names)
        number = {name: i for i, name in enumerate(order)}
        rank = np.fromiter(map(number.__getitem__, names), np.int64, len(names))
        pairs = distinct(rank[stem] << 32 | term) if len(names) else np.empty(0, np.int64)
        return cls._of_pairs(order, pairs)

    @classmethod
    def _of_pairs(cls, names: Sequence[bytes], pairs: Numbers) -> "Stems":
        """`names`: sorted. `pairs`: place of the stem << 32 | term, ascending; shape (pairs,)."""
        return cls(names, (pairs >> 32).searchsorted(np.arange(len(names) + 1)), pairs & 0xFFFFFFFF)

    @classmethod
    def together(cls, parts: Sequence["Stems"]) -> "Stems":
        """Of several, whose terms are numbered alike."""
        names = list(dict.fromkeys(sorted(name for part in parts for name in part.names)))  # in runs that are in order
        number = {name: i for i, name in enumerate(names)}
        pairs = [np.empty(0, np.int64)]
        for part in parts:
            stem = np.fromiter(map(number.__getitem__, part.names), np.int64, len(part.names))
            pairs.append(stem.repeat(np.diff(part.first)) << 32 | part.terms)
        return cls._of_pairs(names, distinct(np.concatenate(pairs)))

    def renumbered(self, kept: NDArray[np.bool_], number: Numbers) -> "Stems":
        """Without terms that are not kept, the others by new numbers; stems without terms are left out."""
        of = np.arange(len(self.names)).repeat(np.diff(self.first))
        left = kept[self.terms]
        met, of = np.unique(of[left], return_inverse=True)
        return Stems.of([self.names[i] for i in met.tolist()], of, number[self.terms[left]])

    def of_language(self, language: str) -> tuple[int, int]:
        """First stem of a language (primary subtag) and the one behind its last."""
        begin = f"{language}/".encode()
        return bisect_left(self.names, begin), bisect_left(self.names, begin[:-1] + b"0")
