"""How many files of collections are read as their manifests expect: `python -m benchmarks.extraction DIR… [--json]`.

Each DIR holds `manifest.csv` with the columns file, format, expected_outcome (ok, encrypted, corrupt, empty-scan) and
expect_phrase, or `generated_manifest.csv` with file, format, expected (accept, reject, safe) and expect_phrase.
The rate of PDFs is told over those that have text on every page, by the sum of their seconds: ask for `--workers 1`.
A phrase counts as found after NFKC, case folding and collapsing of white space. `--peers` asks other programs for the
same readable files, `--peers-python PATH` those of another environment: `pip install kreuzberg
'markitdown[docx,pptx,xlsx,pdf]'`.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import peers
from library.ingest import Extraction, Limits, Status, extract

_REFUSED = frozenset(
    {Status.encrypted, Status.corrupt, Status.unsupported, Status.unsafe, Status.too_large, Status.empty}
)
_EXPECTED: dict[str, frozenset[Status]] = {
    "ok": frozenset({Status.ok, Status.partial}),
    "accept": frozenset({Status.ok, Status.partial}),
    "encrypted": frozenset({Status.encrypted}),
    "corrupt": _REFUSED - {Status.encrypted},
    "empty-scan": frozenset({Status.empty}),
    "reject": _REFUSED,
    "safe": frozenset(Status) - {Status.timeout},
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a manifest."""

    path: Path
    format: str
    expected: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading a row's file gave, in how many seconds."""

    row: Row
    extraction: Extraction
    seconds: float

    @property
    def as_expected(self) -> bool:
        """Whether status and phrase are as the manifest says."""
        if self.extraction.status not in _EXPECTED[self.row.expected]:
            return False
        if not self.row.phrase or not self.extraction.readable:
            return True
        return holds(f"{self.extraction.title}\n{self.extraction.text}", self.row.phrase)


_CODE_PAGES = ("cp1251", "cp1253", "cp1254", "cp1255", "iso8859-6", "iso8859-7", "gb18030", "cp949", "cp932")


def holds(text: str, phrase: str) -> bool:
    """Whether the phrase stands in the text."""
    found = normal(text)
    return any(normal(one) in found for one in readings(phrase)) or _misread(text, normal(phrase))


def _misread(text: str, phrase: str) -> bool:
    """Whether `phrase` is the text's own bytes, read as Latin-1 and normalised, after which they cannot be read back."""
    if phrase.isascii():
        return False
    return any(phrase in normal(text.encode(encoding, "ignore").decode("latin-1")) for encoding in _CODE_PAGES)


def readings(phrase: str) -> Iterator[str]:
    """The phrase, and what it stands for where the manifest's maker read another code page as Latin-1."""
    yield phrase
    if not any("\x80" <= character <= "\u02ff" for character in phrase):
        return
    for western in ("latin-1", "cp1252"):
        for encoding in _CODE_PAGES:
            try:
                yield phrase.encode(western).decode(encoding)
            except UnicodeError:
                continue


def normal(text: str) -> str:
    """Text as phrases are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def rows(folder: Path) -> Iterator[Row]:
    """The manifest's rows whose files are there."""
    for name in ("manifest.csv", "generated_manifest.csv"):
        if not (folder / name).is_file():
            continue
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                expected = line.get("expected_outcome") or line.get("expected") or "ok"
                path = next((p for p in (folder.parent / line["file"], folder / line["file"]) if p.is_file()), None)
                if path is not None:
                    yield Row(path, line["format"], expected, line.get("expect_phrase") or "")


def every_nth(wanted: list[Row], step: int) -> list[Row]:
    """A sample: every `step`th row of each format."""
    seen: Counter[str] = Counter()
    kept: list[Row] = []
    for row in wanted:
        if seen[row.format] % step == 0:
            kept.append(row)
        seen[row.format] += 1
    return kept


WARMING = 5  # readings of the first file, after which a process has what one that reads for hours has


def measure(wanted: list[Row], scratch: Path, workers: int) -> list[Outcome]:
    """Read every row's file, in a process that has read some before: its nursery stands, its language model is loaded."""

    def one(row: Row) -> Outcome:
        began = time.perf_counter()
        extraction = extract(row.path, row.path.name, Limits(), scratch)
        return Outcome(row, extraction, time.perf_counter() - began)

    for row in wanted[:1] * WARMING:
        one(row)
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, wanted))


def main() -> int:
    """Print a table a format, then the misses; exit status 1 when fewer than `--at-least` per cent are as expected."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--format", action="append", help="only rows of this format; may be repeated")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--at-least", type=float, default=0.0, metavar="PERCENT")
    parser.add_argument("--json", action="store_true", help="a line of JSON a file instead of the table")
    parser.add_argument(
        "--peers", action="store_true", help="other programs on the same readable files, beside this one"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth row of each format only")
    parser.add_argument("--peers-python", default=sys.executable, metavar="PATH", help="the interpreter that has them")
    arguments = parser.parse_args()
    everything = [row for folder in arguments.folders for row in rows(folder)]
    wanted = [row for row in everything if not arguments.format or row.format in arguments.format]
    wanted = every_nth(wanted, arguments.every)
    if not wanted:
        print(f"{arguments.folders[0]} holds no manifest.csv or generated_manifest.csv with files.", file=sys.stderr)
        return 2
    if arguments.peers:
        wanted = [row for row in wanted if row.expected in ("ok", "accept") and row.phrase]
        arguments.workers = 1  # seconds are compared
    with tempfile.TemporaryDirectory() as scratch:
        outcomes = measure(wanted, Path(scratch), arguments.workers)
    if arguments.json:
        for outcome in outcomes:
            told = {"as_expected": outcome.as_expected, "seconds": round(outcome.seconds, 2)}
            print(json.dumps(told | {"expected": outcome.row.expected, **outcome.extraction.receipt()}))
    else:
        _print_table(outcomes)
    if arguments.peers:
        _print_peers(outcomes, arguments.peers_python)
    good = sum(outcome.as_expected for outcome in outcomes)
    return 0 if 100 * good >= arguments.at_least * len(outcomes) else 1


def _print_table(outcomes: list[Outcome]) -> None:
    by_format: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_format[outcome.row.format].append(outcome)
    print(f"{'format':<10}{'as expected':>14}{'of':>6}{'median s':>10}{'slowest s':>11}")
    for name, found in [*sorted(by_format.items()), ("all", outcomes)]:
        times = sorted(outcome.seconds for outcome in found)
        good = sum(outcome.as_expected for outcome in found)
        print(f"{name:<10}{good:>14}{len(found):>6}{times[len(times) // 2]:>10.2f}{times[-1]:>11.2f}")
    missed = [outcome for outcome in outcomes if not outcome.as_expected]
    for outcome in missed:
        told = outcome.extraction.reason or "phrase not found"
        print(f"  {outcome.row.path.name}: expected {outcome.row.expected}, was {outcome.extraction.status}: {told}")
    whole = [o for o in by_format["pdf"] if o.extraction.status is Status.ok and o.extraction.pages]
    if whole:
        pages, seconds = sum(o.extraction.pages or 0 for o in whole), sum(o.seconds for o in whole)
        print(f"PDF: {pages} pages of {len(whole)} files in {seconds:.1f} s, {pages / seconds:.0f} pages a second")


def _print_peers(outcomes: list[Outcome], python: str) -> None:
    """Per format: how many files each program read as expected, and its seconds a file."""
    table: dict[str, dict[str, list[tuple[bool, float]]]] = {
        "this library": {outcome.row.path.as_posix(): [(outcome.as_expected, outcome.seconds)] for outcome in outcomes}
    }
    for peer in peers.installed(python):
        with ExitStack() as stack:
            if isinstance(peer, peers.Elsewhere):
                stack.enter_context(peer)
            answers = {o.row.path.as_posix(): (peer.read(o.row.path, o.row.format), o.row.phrase) for o in outcomes}
        table[peer.name] = {name: [(holds(a.text, phrase), a.seconds)] for name, (a, phrase) in answers.items()}
    print(f"\n{'format':<8}{'files':>6}" + "".join(f"{name:>26}" for name in table))
    formats = sorted({outcome.row.format for outcome in outcomes})
    for format in [*formats, "all"]:
        names = [o.row.path.as_posix() for o in outcomes if format in (o.row.format, "all")]
        line = f"{format:<8}{len(names):>6}"
        for found in table.values():
            told = [one for name in names for one in found[name]]
            line += f"{sum(ok for ok, _ in told):>14} {sum(s for _, s in told) / len(told):>9.3f} s"
        print(line)


if __name__ == "__main__":
    sys.exit(main())
