"""What a segment keeps of a section to show it: a row of bytes, read at once."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import Array

_SIZES = struct.Struct("<III")


@dataclass(slots=True)
class Row:
    """A section as it is shown. `anchors`: of its blocks, which are the lines of `text`.

    `begins`, `starts`: the characters at which blocks and words begin, by `pack_starts`.
    """

    anchor: str
    chapter: str
    heading: str
    page: int | None
    anchors: Sequence[str]
    begins: bytes
    starts: bytes
    text: str


def row_head(anchor: str, chapter: str, heading: str, page: int | None, anchors: Sequence[str]) -> bytes:
    """What a row begins with; what these are is told at `Row`."""
    told = (anchor, chapter, "" if page is None else str(page), " ".join(heading.splitlines()), *anchors)
    return "\n".join(told).encode("utf-8", "surrogatepass")


def write_row(head: bytes, begins: bytes, starts: bytes, text: bytes) -> bytes:
    """A section as it stands in a segment. `head`: by `row_head`. `text`: in UTF-8, surrogates passed."""
    return b"".join((_SIZES.pack(len(head), len(begins), len(starts)), head, begins, starts, text))


def read_row(value: bytes) -> Row:
    """The reverse of `write_row` and `row_head`."""
    head, begins, starts = _SIZES.unpack_from(value)
    end = _SIZES.size + head
    anchor, chapter, page, heading, *anchors = str(value[_SIZES.size : end], "utf-8", "surrogatepass").split("\n")
    text = str(value[end + begins + starts :], "utf-8", "surrogatepass")
    begin, start = value[end : end + begins], value[end + begins : end + begins + starts]
    return Row(anchor, chapter, heading, int(page) if page else None, anchors, begin, start, text)


def pack_starts(starts: Array, counts: Array) -> list[bytes]:
    """Ascending numbers of each section as bytes: differences, 255 standing for "255 more and no number yet".

    `starts`: shape (words,), all sections behind each other. `counts`: shape (sections,).
    """
    ends = np.cumsum(counts)
    gaps = np.diff(starts, prepend=starts[:1])
    firsts = (ends - counts)[counts > 0]
    gaps[firsts] = starts[firsts]
    far = np.flatnonzero(gaps > 254)
    if far.size:
        more = gaps[far] // 255
        gaps[far] %= 255
        gaps = np.insert(gaps, np.repeat(far, more), 255)
        ends = ends + np.concatenate([[0], np.cumsum(more)])[far.searchsorted(ends)]
    data = gaps.astype(np.uint8).tobytes()
    cuts = ends.tolist()
    return [data[a:b] for a, b in zip([0, *cuts], cuts, strict=False)]


def unpack_starts(packed: Sequence[bytes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The reverse: the numbers of all sections behind each other, and where those of each begin, shape (sections,)."""
    data = np.frombuffer(b"".join(packed), np.uint8)
    sizes = np.fromiter(map(len, packed), np.int64, len(packed))
    ends = sizes.cumsum()
    sums = np.zeros(data.size + 1, np.int64)
    data.cumsum(out=sums[1:])
    own = data < 255
    counts = np.zeros(data.size + 1, np.int64)
    own.cumsum(out=counts[1:])
    return (sums[1:] - sums[ends - sizes].repeat(sizes))[own], counts[ends - sizes]
