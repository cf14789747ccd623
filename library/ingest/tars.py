"""Whether a file is a tar archive, packed or not."""

from __future__ import annotations

import tarfile
import zlib
from pathlib import Path
from typing import IO, cast

BLOCK = 512


def is_tar(path: Path, head: bytes, name: str) -> bool:
    """By its first block, unpacked where it is packed by gzip, bzip2 or xz; of old ones without a mark by the name."""
    if _opens(head):
        return True
    for magic, opener in ((b"\x1f\x8b", _gzip), (b"BZh", _bzip2), (b"\xfd7zXZ\x00", _xz)):
        if head.startswith(magic):
            try:
                with opener(path) as file:
                    return _opens(file.read(BLOCK))
            except (OSError, EOFError, zlib.error, ValueError):
                return False
    return name.lower().endswith(".tar") and head[:1] not in (b"", b"\0") and _is_old(head)


def _opens(block: bytes) -> bool:
    return block[257:262] == b"ustar"


def _is_old(head: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(head[:BLOCK], "utf-8", "surrogateescape")
    except tarfile.TarError:
        return False
    return True


def _gzip(path: Path) -> IO[bytes]:
    import gzip

    return cast(IO[bytes], gzip.open(path, "rb"))


def _bzip2(path: Path) -> IO[bytes]:
    import bz2

    return bz2.open(path, "rb")


def _xz(path: Path) -> IO[bytes]:
    import lzma

    return lzma.open(path, "rb")
