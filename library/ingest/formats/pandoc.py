"""Pandoc under limits: a file of one of its formats to clean Markdown, plain text and what the file says of itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from library.ingest.extraction import Limits, Refusal, Status
from library.ingest.formats import nodes, tree
from library.ingest.formats.placing import Place

MOST_FRAMES = 6_000  # of Python, for trees within trees
Tree = dict[str, Any]  # `meta` and `blocks`, of pandoc-types 1.23
_HEAP_OVERFLOW = 251  # exit status of a Haskell program that went over its +RTS -M


@dataclass(frozen=True, slots=True)
class Converted:
    """What Pandoc read. `about`: what the document states as `title`, `author`, `lang`, each a list.

    `places`: the pictures that marks in `markdown` and `text` stand for (see `placing`).
    """

    markdown: str
    text: str
    about: Mapping[str, list[str]]
    places: list[Place]

    def first(self, key: str) -> str:
        """The first thing that the file says under `key`, or ""."""
        return next((" ".join(value.split()) for value in self.about.get(key) or [] if value.strip()), "")


def convert(source: Path, reader: str, name: str, limits: Limits) -> Converted:
    """Convert `source`, of Pandoc's input format `reader`; works in the current folder, which is private to the file.

    Raises Refusal when Pandoc cannot read it or needs more than its share of memory.
    """
    return converted(lambda: tree_of(source, reader, name, limits), name)


def tree_of(source: Path, reader: str, name: str, limits: Limits) -> Tree:
    """Pandoc's tree of `source`. Raises Refusal as `convert` does."""
    import pypandoc

    heap = max(64, limits.memory_mb * 2 // 3)  # a collection may copy some of it
    command = [pypandoc.get_pandoc_path(), "+RTS", f"-M{heap}M", "-RTS", "--sandbox", f"--from={reader}"]
    command += ["--to=json", str(source)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode == _HEAP_OVERFLOW or "heap overflow" in said or "Heap exhausted" in said:
        raise Refusal(
            Status.too_large,
            f"Reading “{name}” took more than {heap} MB of memory and was stopped. Split it into parts.",
        )
    if done.returncode != 0:
        raise Refusal(
            Status.corrupt,
            f"“{name}” is damaged and cannot be read ({_complaint(said)}). Open it in the program that made it,"
            " save it again and upload that.",
        )
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(MOST_FRAMES)
    try:
        document: Tree = json.loads(done.stdout)
    except RecursionError as error:
        raise _too_deep(name) from error
    finally:
        sys.setrecursionlimit(limit)
    return document


def converted(made: Callable[[], Tree], name: str) -> Converted:
    """What the tree that `made` gives says. Raises Refusal for one that is nested beyond reason."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(MOST_FRAMES)
    try:
        document = made()
        reading = tree.Reading(document["blocks"])
    except RecursionError as error:
        raise _too_deep(name) from error
    finally:
        sys.setrecursionlimit(limit)
    meta = document["meta"]
    about = {
        "title": nodes.said(meta, "title"),
        "author": nodes.said(meta, "author", "creator"),
        "lang": nodes.said(meta, "lang", "language"),
    }
    return Converted(reading.markdown, reading.text, about, reading.places)


def _too_deep(name: str) -> Refusal:
    return Refusal(
        Status.unsafe,
        f"“{name}” is nested deeper than any program writes it, so it is not read. Open it in an office program and"
        " save it again.",
    )


def _complaint(said: str) -> str:
    """Pandoc's last words in a line, without places on this machine."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("[")]
    words = re.sub(r"(/[\w.@+-]+){2,}", "the file", lines[-1] if lines else "no explanation given")
    return words[:160].rstrip(".: ")
