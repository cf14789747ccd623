"""How well texts are understood: `python -m benchmarks.understanding DIR [--show 20] [--limit N]`.

DIR holds `manifest.csv` with the columns file, format, language, title, group. Files of one group, one language and one
name in several formats are twins: pairs that must be named as nearly the same. A pair that is named and is no twin is
right where the texts, compared shingle by shingle, are as alike as the thresholds say.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from flask import Flask

from library.catalogue import rendering, resemblance
from library.catalogue.resemblance import CONTAINED, LEAST, NEARLY_SAME, SHORTEST, Sketch, containment, similarity
from library.ingest import Extraction, Limits, extract, understanding

CROWDED = 300  # texts that share a band: what all have is no sign


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the manifest."""

    path: Path
    format: str
    language: str
    title: str
    group: str

    @property
    def twins_by(self) -> tuple[str, str, str]:
        """What the files of one text in several formats have in common."""
        return self.group, self.language, self.path.stem


@dataclass(frozen=True, slots=True)
class Read:
    """A file as it was read, with its sketch."""

    row: Row
    extraction: Extraction
    sketch: Sketch


def rows(folder: Path) -> list[Row]:
    """The manifest's rows whose files are there."""
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    found: list[Row] = []
    for line in lines:
        path = next((p for p in (folder.parent / line["file"], folder / line["file"]) if p.is_file()), None)
        if path is not None:
            language = line["language"].replace("_", "-").split("-")[0]
            found.append(Row(path, line["format"], language, line["title"], line["group"]))
    return found


def read(wanted: list[Row], scratch: Path) -> list[Read]:
    """Those that have text."""

    def one(row: Row) -> Extraction:
        return extract(row.path, row.path.name, Limits(), scratch)

    with ThreadPoolExecutor(2) as pool:
        found = list(zip(wanted, pool.map(one, wanted), strict=True))
    return [Read(row, e, resemblance.sketch(f"{e.title}\n{e.text}")) for row, e in found if e.readable]


def named_pairs(texts: list[Read]) -> set[tuple[int, int]]:
    """Pairs that the thresholds name, found through bands as the database finds them."""
    bands: dict[tuple[int, str], list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for band in resemblance.bands(text.sketch) if text.sketch.shingles >= SHORTEST else ():
            bands[band].append(number)
    candidates = {pair for held in bands.values() if len(held) < CROWDED for pair in combinations(held, 2)}
    return {(i, j) for i, j in candidates if _alike(texts[i].sketch, texts[j].sketch)}


def _alike(one: Sketch, other: Sketch) -> bool:
    alike = similarity(one, other)
    return alike >= NEARLY_SAME or (alike >= LEAST and containment(one, other) >= CONTAINED)


def _truly_alike(one: Read, other: Read) -> bool:
    """The thresholds, with a margin for chance, over all shingles rather than signatures."""
    first, second = (
        set(resemblance.shingles(f"{e.title}\n{e.text}").tolist()) for e in (one.extraction, other.extraction)
    )
    common = len(first & second)
    return common >= 0.9 * NEARLY_SAME * len(first | second) or common >= 0.9 * CONTAINED * min(len(first), len(second))


def twins(texts: list[Read]) -> set[tuple[int, int]]:
    """Pairs of one text in two formats, long enough to be compared."""
    held: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        if text.sketch.shingles >= SHORTEST:
            held[text.row.twins_by].append(number)
    pairs = (pair for numbers in held.values() for pair in combinations(numbers, 2))
    return {(i, j) for i, j in pairs if texts[i].row.format != texts[j].row.format}


def _print_resemblance(texts: list[Read]) -> None:
    named, wanted = named_pairs(texts), twins(texts)
    right = {pair for pair in named - wanted if _truly_alike(texts[pair[0]], texts[pair[1]])}
    print(f"format twins named         {len(named & wanted)} of {len(wanted)}")
    print(f"other pairs named          {len(named - wanted)}, truly as alike {len(right)}")
    print(f"precision                  {100 * len(named & wanted | right) / max(1, len(named)):.1f}%")
    for i, j in sorted(wanted - named)[:10]:
        print(f"  missed: {texts[i].row.path.name} and {texts[j].row.path.name}")


def _print_accuracy(texts: list[Read]) -> None:
    languages = [text for text in texts if text.row.language]
    good = sum(text.extraction.language.split("-")[0] == text.row.language for text in languages)
    print(f"language as in manifest    {good} of {len(languages)} ({100 * good / max(1, len(languages)):.1f}%)")
    titled = [text for text in texts if text.row.title]
    same = sum(_plain(text.row.title) == _plain(text.extraction.title) for text in titled)
    print(f"title as in manifest       {same} of {len(titled)} ({100 * same / max(1, len(titled)):.1f}%)")


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text).casefold().split())


def _print_proposals(texts: list[Read], show: int) -> None:
    times: list[float] = []
    counted: dict[str, int] = defaultdict(int)
    shown = set(random.Random(1).sample(range(len(texts)), min(show, len(texts))))
    for number, text in enumerate(texts):
        extraction = text.extraction
        sections = rendering.render(extraction.markdown, "article", language=extraction.language)
        began = time.perf_counter()
        piece = understanding.piece_of(
            extraction.title, extraction.language, sections, extraction.markdown, extraction.file
        )
        made = understanding.propose(piece, {"title": extraction.metadata.get("title")})
        times.append(time.perf_counter() - began)
        for field in made:
            counted[field] += 1
        if number in shown:
            print(f"\n{text.row.path.name} [{extraction.language}] {extraction.title}")
            print("\n".join(f"  {line}" for line in _lines(made)))
    times.sort()
    print("\nproposals made             " + ", ".join(f"{field} {count}" for field, count in sorted(counted.items())))
    print(f"milliseconds a text        median {times[len(times) // 2] * 1000:.0f}, "
          f"95% {times[int(len(times) * 0.95)] * 1000:.0f}, most {times[-1] * 1000:.0f}")  # fmt: skip


def _lines(made: understanding.Proposals) -> Iterator[str]:
    for field, found in made.items():
        for each in found if isinstance(found, list) else [found]:
            yield f"{field}: {each.value} ({each.reason}; {each.confidence:.2f})"


def main() -> int:
    """Print figures, and `--show` texts with all that is proposed for them, to look at by eye."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=0, help="only so many files")
    parser.add_argument("--show", type=int, default=0, help="texts shown with their proposals")
    arguments = parser.parse_args()
    if not (arguments.folder / "manifest.csv").is_file():
        print(f"{arguments.folder} holds no manifest.csv.", file=sys.stderr)
        return 2
    wanted = rows(arguments.folder)
    from library import create_app

    with tempfile.TemporaryDirectory() as place:
        app: Flask = create_app(Path(place))
        with app.app_context():
            texts = read(wanted[: arguments.limit or None], Path(place) / "scratch")
            print(f"texts read                 {len(texts)}")
            _print_resemblance(texts)
            _print_accuracy(texts)
            _print_proposals(texts, arguments.show)
    return 0


if __name__ == "__main__":
    sys.exit(main())
