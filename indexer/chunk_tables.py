"""Chunks → numbers, a text at a time: hash tables of arrays, in which the bytes of a chunk are the key.

A chunk of up to eight bytes is one 64-bit word, a longer one several. There is a table for each number of words, and a
chunk is found only where all its words are the same: however unlucky a hash, no chunk is taken for another.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.chunking import PADDING, Chunks

FEW = 2_000  # chunks that are looked up one by one in less time than by arrays
_LONGEST = 6  # words of a chunk that is kept in a table
_SMALLEST = 1 << 10  # slots
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)  # of the first bytes of a word
_ODD = tuple(
    np.uint64(number)
    for number in (
        0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F,
        0xE7037ED1A0B428DB,
    )
)  # fmt: skip

Words = NDArray[np.uint64]
Numbers = NDArray[np.int32]
_Places = NDArray[np.int64]


class ChunkTables:
    """The numbers of chunks. `number` is asked once for each that is met; again for very long ones and among few."""

    def __init__(self, number: Callable[[str], int]) -> None:
        self._number = number
        self._tables: list[_Table] = []

    def numbers(self, chunks: Chunks) -> Numbers:
        """The number of each chunk; shape (chunks,)."""
        sizes = chunks.ends - chunks.begins
        if sizes.size < FEW:
            return np.fromiter(map(self._number, chunks.everything()), np.int32, sizes.size)
        if not self._tables:
            self._tables = [_Table(words) for words in range(1, _LONGEST + 1)]
        words = (sizes + 7) >> 3
        _leave_out(chunks, words)
        letters = np.frombuffer(chunks.data, "<u8", len(chunks.data) // 8)
        found = np.empty(sizes.size, np.int32)
        for table in self._tables:
            (here,) = (words == table.words).nonzero()
            if here.size:
                keys = _keys(letters, chunks.begins[here], sizes[here], table.words)
                slots, new, first = table.place(keys)
                table.numbers[new] = [self._number(chunk) for chunk in chunks.texts(here[first])]
                found[here] = table.numbers[slots]
        (far,) = (words > _LONGEST).nonzero()
        found[far] = [self._number(chunk) for chunk in chunks.texts(far)]
        return found


class _Table:
    """Open addressing. `keys`: `words` arrays of shape (slots,). `numbers`: shape (slots,)."""

    def __init__(self, words: int) -> None:
        self.words = words
        self._filled = 0
        self._clear(_SMALLEST)

    def _clear(self, slots: int) -> None:
        self._shift = np.uint64(65 - slots.bit_length())
        self._last = slots - 1
        self._keys = [np.zeros(slots, np.uint64) for _ in range(self.words)]  # no chunk's first word is 0
        self._met_by = np.zeros(slots, np.int64)
        self.numbers: Numbers = np.zeros(slots, np.int32)

    def place(self, keys: Sequence[Words]) -> tuple[_Places, _Places, _Places]:
        """The slot of each key, shape (keys,); slots that are new, and a key for each of these, both of shape (new,)."""
        while 2 * (self._filled + keys[0].size) > self._last:
            self._grow()
        slots, new, first = self._place(keys)
        self._filled += new.size
        return slots, new, first

    def _place(self, keys: Sequence[Words]) -> tuple[_Places, _Places, _Places]:
        slots = self._begin(keys)
        left, at = np.arange(slots.size), slots
        new: list[_Places] = []
        first: list[_Places] = []
        while True:
            (free,) = (self._keys[0][at] == 0).nonzero()
            if free.size:
                mine, to = left[free], at[free]
                self._met_by[to] = mine  # of several keys one stays
                chosen = self._met_by[to] == mine
                mine, to = mine[chosen], to[chosen]
                for known, own in zip(self._keys, keys, strict=True):
                    known[to] = own[mine]
                new.append(to)
                first.append(mine)
            same = self._keys[0][at] == keys[0][left]
            for known, own in zip(self._keys[1:], keys[1:], strict=True):
                same &= known[at] == own[left]
            (other,) = (~same).nonzero()
            if not other.size:
                break
            left = left[other]
            at = (at[other] + 1) & self._last
            slots[left] = at
        return slots, _joined(new), _joined(first)

    def _begin(self, keys: Sequence[Words]) -> _Places:
        mixed = keys[0] * _ODD[0]
        for own, odd in zip(keys[1:], _ODD[1:], strict=False):
            mixed ^= mixed >> np.uint64(32)
            mixed += own
            mixed *= odd
        mixed ^= mixed >> np.uint64(29)
        mixed *= _ODD[-1]
        mixed >>= self._shift
        return mixed.astype(np.int64)

    def _grow(self) -> None:
        (filled,) = self._keys[0].nonzero()
        keys, numbers = [own[filled] for own in self._keys], self.numbers[filled]
        self._clear(4 * (self._last + 1))
        self.numbers[self._place(keys)[0]] = numbers


def _leave_out(chunks: Chunks, words: NDArray[np.int32]) -> None:
    """Make chunks that have zeros in them longer than any table holds: filled up, "a" and "a\\0" were one key."""
    if b"\0" not in chunks.data[:-PADDING]:
        return
    (zeros,) = (np.frombuffer(chunks.data, np.uint8, len(chunks.data) - PADDING) == 0).nonzero()
    words[chunks.begins.searchsorted(zeros, "right") - 1] = _LONGEST + 1  # a zero is no space: it is in a chunk


def _keys(letters: Words, begins: NDArray[np.int32], sizes: NDArray[np.int32], words: int) -> list[Words]:
    """The bytes of chunks as `words` numbers each, filled up with zeros; shape (chunks,)."""
    at = begins >> 3
    right = ((begins & 7) << 3).astype(np.uint64)
    left = np.uint64(64) - right  # shifted by 64 nothing is left
    found = []
    low = letters[at]
    for i in range(words):
        high = letters[at + (i + 1)]
        key = low >> right
        key |= high << left
        found.append(key)
        low = high
    found[-1] &= _MASKS[sizes - 8 * (words - 1)]
    return found


def _joined(parts: list[_Places]) -> _Places:
    return np.concatenate(parts) if parts else np.empty(0, np.int64)
