"""Folders that are watched: what is new or changed in them, once it has come to rest."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from library.ingest.sources import ENDINGS, Item, Sources, folders

EVERY = 2.0  # seconds between looks

Stamp = tuple[int, int, int]  # size, moment of the last change (ns), number of the file


class Watch:
    """Looks at folders again and again; nothing in them is changed or deleted.

    A file is at rest when two looks in a row find it the same. What was given is not given again until it changes; what
    was taken in before the watch began is known to the memory of imports.
    """

    def __init__(self, paths: Iterable[Path], kind: str | None = None, stubs: bool = False) -> None:
        self.paths = list(paths)
        self.remarks: dict[str, None] = {}
        self._kind, self._stubs = kind, stubs
        self._seen: dict[Path, Stamp] = {}
        self._given: dict[Path, Stamp] = {}

    def look(self) -> list[Item]:
        """The items that are new or changed since the last look and at rest.

        While a manifest or an export is being written, its folders wait for it: it says what the files are.
        """
        now = _stamps(self.paths)
        moving = {path for path, stamp in now.items() if self._seen.get(path) != stamp}
        fresh = {path for path, stamp in now.items() if path not in moving and self._given.get(path) != stamp}
        self._seen = now
        self._given = {path: stamp for path, stamp in self._given.items() if path in now}
        if not fresh or any(path.suffix.lower() in ENDINGS for path in moving):
            return []
        sources = Sources(self.paths, self._kind, self._stubs)
        items = [item for item in sources if (item.path in fresh or item.origin in fresh) and item.path not in moving]
        self.remarks |= dict.fromkeys(sources.remarks)
        self._given |= {path: now[path] for path in fresh}
        return items


def _stamps(paths: Iterable[Path]) -> dict[Path, Stamp]:
    found: dict[Path, Stamp] = {}
    for folder in paths:
        for path in folders.below(folder):
            try:
                state = path.stat()
            except OSError:  # gone between being listed and being looked at
                continue
            found[path] = state.st_size, state.st_mtime_ns, state.st_ino
    return found
