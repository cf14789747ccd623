"""Pandoc under limits: what it makes of a file in one of its formats, as a tree."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from library.ingest.extraction import Limits, Refusal, Status
from library.ingest.formats import tree
from library.ingest.formats.converting import Tree

_HEAP_OVERFLOW = 251  # exit status of a Haskell program that went over its +RTS -M


def tree_of(source: Path, reader: str, name: str, limits: Limits) -> Tree:
    """The tree of `source`, of Pandoc's input format `reader`; works in the current folder, which is private to the file.

    Raises Refusal when Pandoc cannot read it or needs more than its share of memory.
    """
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
    with tree.descending(name):
        document: Tree = json.loads(done.stdout)
    return document


def _complaint(said: str) -> str:
    """Pandoc's last words in a line, without places on this machine."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("[")]
    words = re.sub(r"(/[\w.@+-]+){2,}", "the file", lines[-1] if lines else "no explanation given")
    return words[:160].rstrip(".: ")
