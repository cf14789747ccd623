"""Words planted at the beginning, in the middle and at the end of files of every format: `python -m benchmarks.sentinels`.

Each must be found in the text, or the receipt must say that something is missing: a status other than `ok`, with a reason
or a warning that says so. Everything else is a silent loss. `--large` makes the files long. Exit status 1 with any.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sentinel_files import File, files
from library.ingest import Extraction, Limits, extract


@dataclass(frozen=True, slots=True)
class Judged:
    """A file, what reading it gave, and the planted words that are neither found nor accounted for."""

    file: File
    extraction: Extraction
    lost: tuple[str, ...]
    seconds: float


def judge(file: File, path: Path, scratch: Path) -> Judged:
    """Read a file, and the files within it by themselves, as the job worker does."""
    began = time.monotonic()
    path.write_bytes(file.content)
    keep = scratch / f"{path.name}-kept"
    keep.mkdir(parents=True)
    extraction = extract(path, file.name, Limits(), scratch, keep=keep)
    text = f"{extraction.title}\n{extraction.text}" + _within(extraction, keep, scratch)
    missing = tuple(word for word in file.words if word not in text)
    told = extraction.status != "ok" and bool(extraction.reason or extraction.warnings)
    return Judged(file, extraction, () if told else missing, time.monotonic() - began)


def _within(extraction: Extraction, keep: Path, scratch: Path) -> str:
    """The texts of the parts, and what is said of those that give none."""
    texts: list[str] = []
    for number, part in enumerate(extraction.parts):
        deeper = scratch / f"{keep.name}-{number}"
        deeper.mkdir()
        found = extract(keep / part.kept, part.name, Limits(), scratch, keep=deeper)
        texts.append(f"\n{found.title}\n{found.text}{_within(found, deeper, scratch)}")
    return "".join(texts)


def main() -> int:
    """Read all, print a line a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true", help="hundreds of pages a file")
    arguments = parser.parse_args()
    lost = 0
    with tempfile.TemporaryDirectory() as folder:
        made = files(pages=400 if arguments.large else 12)
        for number, file in enumerate(made):
            judged = judge(file, Path(folder) / f"{number}", Path(folder) / "scratch")
            lost += len(judged.lost)
            print(
                f"{file.name:<34}{judged.extraction.status:<13}{judged.seconds:6.2f} s  lost: {', '.join(judged.lost) or '-'}"
            )
    print(f"{len(made)} files, {sum(len(file.words) for file in made)} words planted, {lost} lost silently.")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
