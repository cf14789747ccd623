"""Texts → chunks: what stands between spaces and signs that are never inside a word, found by array work on bytes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PADDING = 64
"""Bytes behind the last chunk, so that whole 64-bit words may be read there."""
_NEVER_INSIDE = b'_/\\|=<>()[]{}",;:!?*&%$@~^`'  # of no word; one byte each in UTF-8
_SPACES = np.zeros(0x3002, np.bool_)
_SPACES[[code for code in range(0x3002) if chr(code).isspace()]] = True
_BETWEEN = bytes(code for code in range(128) if _SPACES[code]) + _NEVER_INSIDE
_AS_SPACES = bytes.maketrans(_BETWEEN, b" " * len(_BETWEEN))

Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Chunks:
    """The chunks of some texts.

    `data`: the texts with spaces around them, then PADDING. `begins`, `ends`: bytes of `data`, ascending, shape
    (chunks,). `characters`: at which character of its text each begins, shape (chunks,). `counts`: of each text, shape
    (texts,).
    """

    data: bytes
    begins: Places
    ends: Places
    characters: Places
    counts: Places

    def everything(self) -> list[str]:
        """All chunks; shape (chunks,)."""
        return str(self.data[:-PADDING], "utf-8", "surrogatepass").split()

    def texts(self, places: NDArray[np.int64]) -> list[str]:
        """The chunks at some places; shape (n,)."""
        begins, ends, data = self.begins[places].tolist(), self.ends[places].tolist(), self.data
        return [str(data[begin:end], "utf-8", "surrogatepass") for begin, end in zip(begins, ends, strict=True)]


def cut(texts: Sequence[bytes]) -> Chunks:
    """Chunks of texts in UTF-8, surrogates passed: of each what `separated(text).split()` gives."""
    data = b"".join((b" ", b" ".join(texts), b" ", bytes(PADDING))).translate(_AS_SPACES)
    letters = np.frombuffer(data, np.uint8, len(data) - PADDING)
    spaces = letters == 0x20
    plain = data.isascii()
    if not plain:
        _mark_wide(letters, spaces)
    edges = np.flatnonzero(spaces[1:] != spaces[:-1]).astype(np.int32)
    edges += 1
    begins, ends = np.ascontiguousarray(edges[0::2]), np.ascontiguousarray(edges[1::2])
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    first = np.ones(len(texts) + 1, np.int32)
    first[1:] += np.cumsum(sizes + 1).astype(np.int32)
    counts = np.diff(begins.searchsorted(first)).astype(np.int32)
    if plain:
        return Chunks(data, begins, ends, begins - first[:-1].repeat(counts), counts)
    inner = np.cumsum((letters & 0xC0) == 0x80, dtype=np.int32)  # bytes of characters that are not their first
    first = first[:-1]
    characters = begins - inner[begins]
    characters -= (first - inner[first - 1]).repeat(counts)
    return Chunks(data, begins, ends, characters, counts)


def separated(text: str) -> str:
    """The text with spaces for what is never inside a word, so that few different chunks are left."""
    return str(text.encode("utf-8", "surrogatepass").translate(_AS_SPACES), "utf-8", "surrogatepass")


def _mark_wide(letters: NDArray[np.uint8], spaces: NDArray[np.bool_]) -> None:
    """Add to `spaces` those of two and three bytes; both of shape (bytes,), the last of which is a space."""
    (two,) = (letters == 0xC2).nonzero()
    codes = letters[two + 1]
    two = two[_SPACES[codes]]
    (three,) = ((letters >= 0xE1) & (letters <= 0xE3)).nonzero()
    codes = (letters[three].astype(np.int32) & 0x0F) << 12
    codes |= (letters[three + 1].astype(np.int32) & 0x3F) << 6
    codes |= letters[three + 2] & 0x3F
    three = three[_SPACES[np.minimum(codes, _SPACES.size - 1)]]
    for found, size in ((two, 2), (three, 3)):
        for i in range(size):
            spaces[found + i] = True
