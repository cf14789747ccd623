"""Arrays in one file, memory-mapped: what all workers read they share, nothing is read before it is needed.

<8 bytes "LIBSEG01"> <8 bytes: size of the head, little-endian> <head: JSON> <arrays, each at a multiple of 64 bytes>
The head: {"values": anything, "arrays": {name: [dtype, offset from the end of the head, number of items]}}
"""

import json
import mmap
import os
import struct
import weakref
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"LIBSEG01"
ALIGNED = 64
_HEAD = struct.Struct("<8sQ")

Array = NDArray[Any]


class NotAnArrayFile(Exception):
    """A file is not one of these or is cut short."""


def write_arrays(path: Path, arrays: Mapping[str, Array], values: object) -> None:
    """Write a new file. Each array has one dimension and an integer or byte dtype, written little-endian."""
    table: dict[str, tuple[str, int, int]] = {}
    at = 0
    for name, array in arrays.items():
        table[name] = (array.dtype.newbyteorder("<").str, at, array.size)
        at += -(-array.nbytes // ALIGNED) * ALIGNED
    head = json.dumps({"values": values, "arrays": table}, ensure_ascii=False).encode()
    head += b" " * (-(_HEAD.size + len(head)) % ALIGNED)
    with open(path, "wb") as file:
        file.write(_HEAD.pack(MAGIC, len(head)))
        file.write(head)
        for array in arrays.values():
            data = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
            file.write(data.tobytes() if data.size < 1 << 16 else data.data.cast("B"))
            file.write(b"\0" * (-array.nbytes % ALIGNED))


class ArrayFile:
    """An opened file: arrays are mapped, so that all processes share them; strings are read when they are wanted."""

    def __init__(self, path: Path) -> None:
        """Open the file; raises NotAnArrayFile or OSError."""
        self._descriptor = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)
        start = os.pread(self._descriptor, _HEAD.size, 0)
        if len(start) < _HEAD.size:
            raise NotAnArrayFile(f"{path.name} is too short.")
        magic, size = _HEAD.unpack(start)
        if magic != MAGIC:
            raise NotAnArrayFile(f"{path.name} is not a segment.")
        try:
            head = json.loads(self.read(_HEAD.size, size))
            self.values: Any = head["values"]
            self._table: dict[str, tuple[str, int, int]] = head["arrays"]
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise NotAnArrayFile(f"The head of {path.name} cannot be read.") from error
        self._start = _HEAD.size + size
        self._map = mmap.mmap(self._descriptor, 0, access=mmap.ACCESS_READ)

    def names(self) -> set[str]:
        """What its arrays are called."""
        return set(self._table)

    def array(self, name: str) -> Array:
        """An array, shape (items,), read-only."""
        dtype, at, items = self._table[name]
        if not items:
            return np.empty(0, dtype)
        return np.frombuffer(self._map, dtype, items, self._start + at)

    def strings(self, name: str) -> "Strings":
        """Strings that `pack` made into the arrays `<name>.bytes` and `<name>.at`."""
        kind, first, items = self._table[f"{name}.at"]
        _, text, _ = self._table[f"{name}.bytes"]
        first += self._start
        mapped = memoryview(self._map)[first : first + items * np.dtype(kind).itemsize]
        return Strings(self, self._start + text, mapped.cast("Q" if kind == "<u8" else "I"))

    def read(self, start: int, size: int) -> bytes:
        """Bytes of the file. Cheaper than the map for what is read once: no page has to be mapped, none is counted."""
        return os.pread(self._descriptor, size, start)

    def mapped(self, start: int, size: int) -> bytes:
        """Bytes of the file through the map. Cheaper than `read` for what is read by every question."""
        return self._map[start : start + size]


class Strings(Sequence[bytes]):
    """Byte strings behind each other. With sorted ones, `find` and `beginning_with` take a binary search."""

    _GUIDE = 64  # every so many-th string is kept in memory to begin a search with

    def __init__(self, file: ArrayFile, start: int, at: "memoryview[int]") -> None:
        self._file, self._start, self._at = file, start, at
        self._length = len(at) - 1

    def __len__(self) -> int:
        """How many."""
        return self._length

    def __getitem__(self, index: Any) -> Any:
        """The string at a place from 0."""
        if not 0 <= index < self._length:
            raise IndexError(index)
        first = self._at[index]
        return self._file.read(self._start + first, self._at[index + 1] - first)

    def __iter__(self) -> Iterator[bytes]:
        """All of them in order."""
        return iter(self.part(0, self._length))

    def part(self, first: int, last: int) -> list[bytes]:
        """Those from place `first` to before `last`, out of one read."""
        at = self._at[first : last + 1].tolist()
        begin = at[0]
        whole = self._file.read(self._start + begin, at[-1] - begin)
        return [whole[a - begin : b - begin] for a, b in pairwise(at)]

    def some(self, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], bytes]:
        """The sizes of the strings at these places, ascending, and the strings behind each other."""
        at = np.asarray(self._at).astype(np.int64)
        sizes = np.diff(at)[places]
        if places.size == self._length:
            return sizes, self._file.read(self._start, int(at[-1]))
        return sizes, b"".join([self[place] for place in places.tolist()])

    def find(self, text: bytes) -> int:
        """The place of a string among sorted ones, -1 when it is not there."""
        place, found = self._search(text)
        return place if found else -1

    def beginning_with(self, prefix: bytes) -> tuple[int, int]:
        """First place and the place behind the last of the sorted strings that begin with `prefix`."""
        return self._search(prefix)[0], self._search(prefix + b"\xff" * 8)[0]

    def _search(self, text: bytes) -> tuple[int, bool]:
        """How many of the sorted strings are smaller, and whether the next one is this."""
        low = max(0, bisect_right(self._guides, text) - 1) * self._GUIDE
        last = high = min(low + self._GUIDE, self._length)
        at = self._at
        base = at[low]
        block = self._file.mapped(self._start + base, at[high] - base)
        while low < high:
            middle = (low + high) // 2
            if block[at[middle] - base : at[middle + 1] - base] < text:
                low = middle + 1
            else:
                high = middle
        return low, low < last and block[at[low] - base : at[low + 1] - base] == text

    @cached_property
    def _guides(self) -> list[bytes]:
        whole = self._file.read(self._start, self._at[self._length])
        return [whole[self._at[i] : self._at[i + 1]] for i in range(0, self._length, self._GUIDE)]


def pack(name: str, strings: Iterable[bytes]) -> dict[str, Array]:
    """The two arrays of strings, for `write_arrays`."""
    found = list(strings)
    at = np.zeros(len(found) + 1, np.uint64)
    np.cumsum(np.fromiter(map(len, found), np.uint64, len(found)), out=at[1:])
    small = at.astype(np.uint32) if int(at[-1]) < 2**32 else at
    return {f"{name}.at": small, f"{name}.bytes": np.frombuffer(b"".join(found), np.uint8)}


def join_strings(name: str, parts: "Iterable[tuple[Strings, NDArray[np.int64]]]") -> dict[str, Array]:
    """The two arrays, as `pack` makes them, of some strings (places, ascending) of each of several."""
    taken = [strings.some(places) for strings, places in parts]
    at = np.append(0, np.cumsum(np.concatenate([sizes for sizes, _ in taken]))).astype(np.uint64)
    small = at.astype(np.uint32) if int(at[-1]) < 2**32 else at
    return {f"{name}.at": small, f"{name}.bytes": np.concatenate([np.frombuffer(text, np.uint8) for _, text in taken])}


def smallest(array: Array) -> Array:
    """The same whole numbers ≥ 0 in the smallest unsigned dtype that holds them."""
    top = int(array.max(initial=0))
    kind = next(k for k in (np.uint8, np.uint16, np.uint32, np.uint64) if top <= np.iinfo(k).max)
    return array.astype(kind, copy=False)


def best_places(values: Array, count: int) -> NDArray[np.int64]:
    """Places of the `count` highest values and of all that equal the last of them, ascending.

    A look at every 16th value leaves few to choose among; partitioning all of them would take five times as long.
    """
    likely = None
    if values.size > max(1_000, 32 * count):
        sample = values[::16]
        enough = 2 * count // 16 + 8
        likely = np.flatnonzero(values >= np.partition(sample, sample.size - enough)[sample.size - enough])
    if likely is None or likely.size < count:
        likely = np.arange(values.size)
    if likely.size > count:
        chosen = values[likely]
        likely = likely[chosen >= np.partition(chosen, chosen.size - count)[chosen.size - count]]
    return likely


def distinct(values: Array) -> Array:
    """The different values, ascending. NumPy's `unique` hashes whole numbers first, which takes far longer here."""
    found = np.sort(values)
    return found[run_starts(found)]


def run_starts(values: Array) -> NDArray[np.int64]:
    """Where runs of equal values begin; shape (runs,)."""
    if not values.size:
        return np.empty(0, np.int64)
    begins = np.empty(values.size, np.bool_)
    begins[0] = True
    np.not_equal(values[1:], values[:-1], out=begins[1:])
    return begins.nonzero()[0]
