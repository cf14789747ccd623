"""Pandoc under limits: a file of one of its formats to clean Markdown, plain text and what the file says of itself."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from library.ingest.extraction import Limits, Refusal, Status

# The Markdown that Python-Markdown reads: nothing of Pandoc's own, nested lists by four spaces.
WRITER = (
    "markdown_strict-raw_html+pipe_tables+footnotes+definition_lists+backtick_code_blocks+four_space_rule+startnum"
    "+intraword_underscores"
)
FILTER = Path(__file__).with_name("pandoc.lua")
_HEAP_OVERFLOW = 251  # exit status of a Haskell program that went over its +RTS -M
_SEPARATOR = re.compile(r"^[ ]*<!-- -->[ ]*\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Converted:
    """Pandoc's output. `about`: lists of strings `title`, `author`, `date`, `lang`; counts `images`, `formulas`."""

    markdown: str
    text: str
    about: Mapping[str, Any]

    def first(self, key: str) -> str:
        """The first thing that the file says under `key`, or ""."""
        return next((" ".join(value.split()) for value in self.about.get(key) or [] if value.strip()), "")

    def warnings(self) -> list[str]:
        """What was left out of the text."""
        count = self.about.get("images") or 0
        if not count:
            return []
        return ["1 image was left out." if count == 1 else f"{count} images were left out."]


def convert(source: Path, reader: str, name: str, limits: Limits) -> Converted:
    """Convert `source`, of Pandoc's input format `reader`; works in the current folder, which is private to the file.

    Raises Refusal when Pandoc cannot read it or needs more than its share of memory.
    """
    import pypandoc

    heap = max(64, limits.memory_mb * 2 // 3)  # a collection may copy some of it
    command = [pypandoc.get_pandoc_path(), "+RTS", f"-M{heap}M", "-RTS", "--sandbox", f"--from={reader}"]
    command += [f"--to={WRITER}", "--wrap=none", "--markdown-headings=atx", f"--lua-filter={FILTER}"]
    command += ["--output=body.md", str(source)]
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
    about = json.loads(Path("about.json").read_text(encoding="utf-8", errors="replace"))
    text = Path("text.txt").read_text(encoding="utf-8", errors="replace")
    markdown = Path("body.md").read_text(encoding="utf-8", errors="replace")
    return Converted(_SEPARATOR.sub("", markdown), text, about)


def _complaint(said: str) -> str:
    """Pandoc's last words in a line, without places on this machine."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("[")]
    words = re.sub(r"(/[\w.@+-]+){2,}", "the file", lines[-1] if lines else "no explanation given")
    return words[:160].rstrip(".: ")
