"""Build and query times beside peers, in one run: `python -m benchmarks.search [--corpus FILE.jsonl] [--judge]`.

Every engine gets the same sections and the same 200 queries of two to four words out of titles, and makes the whole
result page (see benchmarks/engines.py). The corpus is what `python -m benchmarks.corpus` writes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.bars import Bar, Verdict, as_json, kept, print_verdicts
from benchmarks.engines import ENGINES
from benchmarks.measuring import Failed, Measured, measure, missing
from benchmarks.sections import queries, read

CORPUS = Path(__file__).resolve().parent / ".data" / "debian.jsonl"
COMPARED = ("build_s", "disk_mb", "open_ms", "first_ms", "mean_ms", "median_ms", "p99_ms", "rss_mb", "private_mb")


BARS = (
    Bar("mean_ms", 1 / 10, "fts5"),
    Bar("mean_ms", 1 / 30, "whoosh"),
    Bar("mean_ms", 2, "tantivy"),
    Bar("p99_ms", 10),
    Bar("build_s", 1 / 10, "whoosh"),
    Bar("build_s", 2, "fts5"),
    Bar("disk_mb", 1.2, "fts5"),
    Bar("rss_mb", 200),
    Bar("open_ms", 100),
)


def judged(rows: Mapping[str, Measured]) -> Iterator[Verdict]:
    """Each bar with what was reached; None where its peer was not measured."""
    for bar in BARS:
        if "library" not in rows or (bar.peer and bar.peer not in rows):
            yield bar, None
            continue
        own: float = getattr(rows["library"], bar.what)
        yield bar, own / getattr(rows[bar.peer], bar.what) if bar.peer else own


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; with --judge, exit status 1 when a bar is missed or could not be judged."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--limit", type=int, help="only so many sections of it")
    parser.add_argument("--engines", default=",".join(ENGINES), help=f"of {', '.join(ENGINES)}; default all")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--judge", action="store_true", help="compare with the bars")
    options = parser.parse_args(arguments)
    chosen = [name for name in ENGINES if name in options.engines.split(",")]
    if unknown := set(options.engines.split(",")) - set(ENGINES):
        parser.error(f"no such engine: {', '.join(sorted(unknown))}")
    if problem := missing(chosen):
        print(problem, file=sys.stderr)
        return 2
    if not options.corpus.is_file():
        print(f"{options.corpus} is not there; write it: python -m benchmarks.corpus {options.corpus}", file=sys.stderr)
        return 2
    sections = list(read(options.corpus, options.limit))
    asked = queries(sections)
    size = (len(sections), len({section.document for section in sections}))
    del sections
    rows: dict[str, Measured] = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        for name in chosen:
            print(f"measuring {ENGINES[name].name} …", file=sys.stderr, flush=True)
            try:
                rows[name] = measure(name, options.corpus, options.limit, asked, Path(scratch))
            except Failed as failure:
                print(failure, file=sys.stderr)
                return 1
    verdicts = list(judged(rows)) if options.judge else []
    if options.json:
        _print_json(size, len(asked), rows, verdicts)
    else:
        print(f"{size[0]} sections of {size[1]} documents, {len(asked)} queries; a whole result page each\n")
        _print_tables(rows)
        print_verdicts(verdicts)
    return 0 if kept(verdicts) else 1


def _ratios(rows: Mapping[str, Measured], name: str) -> dict[str, float]:
    own = rows.get("library")
    return {key: getattr(rows[name], key) / getattr(own, key) for key in COMPARED} if own else {}


def _print_json(size: tuple[int, int], asked: int, rows: Mapping[str, Measured], verdicts: Sequence[Verdict]) -> None:
    engines = {name: asdict(row) | {"ratios": _ratios(rows, name)} for name, row in rows.items()}
    told: dict[str, object] = {"sections": size[0], "documents": size[1], "queries": asked, "engines": engines}
    if verdicts:
        told["bars"] = as_json(verdicts)
    print(json.dumps(told, indent=2))


def _print_tables(rows: Mapping[str, Measured]) -> None:
    heading = " ".join(f"{key.replace('_', ' '):>10}" for key in COMPARED)
    print(f"{'engine':14} {heading} {'documents':>10} {'snippets':>9}")
    for row in rows.values():
        figures = " ".join(f"{getattr(row, key):10.2f}" for key in COMPARED)
        print(f"{row.engine:14} {figures} {row.total:10.1f} {row.snippets:9.1f}")
    if "library" in rows and len(rows) > 1:
        print("\nratios to this library")
        for name, row in rows.items():
            print(f"{row.engine:14} {' '.join(f'{ratio:10.2f}' for ratio in _ratios(rows, name).values())}")


if __name__ == "__main__":
    sys.exit(main())
