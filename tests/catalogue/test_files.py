"""The store of originals."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from pathlib import Path

import pytest
from flask import Flask

from library.catalogue import files
from library.catalogue.errors import FileMissing, StorageFull, TooLarge


def left_in_tmp(app: Flask) -> list[str]:
    return os.listdir(Path(app.instance_path) / "tmp")


def test_the_same_bytes_are_kept_once_under_their_hash(app: Flask) -> None:
    one = files.store(io.BytesIO(b"same"), "a.txt")
    two = files.store(io.BytesIO(b"same"), "b.txt")
    assert one.id == two.id and one.sha256 == hashlib.sha256(b"same").hexdigest()
    assert files.path(one).read_bytes() == b"same"
    assert files.by_sha256(one.sha256) is not None and left_in_tmp(app) == []


def test_a_file_over_the_limit_leaves_nothing(app: Flask) -> None:
    with pytest.raises(TooLarge, match="big.pdf"):
        files.store(io.BytesIO(b"x" * 2_000_001), "big.pdf", limit=2_000_000)
    assert left_in_tmp(app) == [] and not files.folder().exists()


def test_a_full_disk_is_told_and_leaves_nothing(app: Flask) -> None:
    class Full(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageFull, match="disk is full"):
        files.store(Full(), "a.pdf")
    assert left_in_tmp(app) == []


def test_an_interrupted_upload_leaves_nothing(app: Flask) -> None:
    class Cut(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError

    with pytest.raises(OSError):
        files.store(Cut(), "a.pdf")
    assert left_in_tmp(app) == []


def test_a_missing_original_is_told(app: Flask) -> None:
    kept = files.store(io.BytesIO(b"here"), "here.txt")
    files.path(kept).unlink()
    with pytest.raises(FileMissing, match=r"here\.txt"):
        files.path(kept)
