"""Files as they are, and folders with all that is below them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from library.ingest.sources.items import Item

KIND = "files"


def item(path: Path, origin: Path | None = None, fields: Mapping[str, Any] | None = None) -> Item:
    """A file as an item: the same one whenever it lies at the same place, whoever names it."""
    return Item(KIND, "", str(_absolute(path)), origin or path, path.name, path=path, fields=fields or {})


def below(folder: Path) -> list[Path]:
    """The files below a folder, sorted; hidden ones (whose name starts with a dot) are skipped."""
    return sorted(_walk(folder))


def _walk(folder: Path) -> Iterator[Path]:
    for place, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if not name.startswith(".")]
        for name in names:
            path = Path(place, name)
            if not name.startswith(".") and path.is_file():
                yield path


def _absolute(path: Path) -> Path:
    return path.resolve()
