"""How far the child is with a file: it writes so to its folder now and then, its watcher reads it."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

from library.ingest.extraction import Progress

FILE = "progress.json"
EVERY = 0.2  # seconds between reports
OPENING = 3_000  # characters of a text's beginning that are told

_last = 0.0


def report(done: int, total: int, opening: str = "") -> None:
    """Say in the child that `done` of `total` pages or parts are read; cheap enough to be called for each."""
    global _last
    now = time.monotonic()
    if now - _last < EVERY:
        return
    _last = now
    draft = Path(FILE + ".part")
    draft.write_text(json.dumps(asdict(Progress(done, total, opening[:OPENING]))), encoding="ascii")
    draft.replace(FILE)


def read(folder: Path) -> Progress:
    """What the child said last; nothing where it has not said anything yet."""
    try:
        return Progress(**json.loads((folder / FILE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return Progress()
