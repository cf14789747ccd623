"""Readers while much is published and the index is rebuilt: `python -m benchmarks.load [--readers N] [--seconds N]`.

Starts `library serve` on loopback over a temporary library, publishes 20 pieces a second in a process of its own, runs
`indexer rebuild` again and again, and lets readers ask the search API different questions out of titles, each at a
bounded rate. Somebody else looks all the while for the newest piece until it is found. The library is made of the first
sections of a corpus, of a folder of files, or is a copy of an instance. Exit status 1 when anything fails, when answers
take longer than the bar, or when the pieces could not be published as fast as was asked.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby, islice
from pathlib import Path

from benchmarks.bars import Bar, Spread, Verdict, as_json, kept, print_verdicts
from benchmarks.crowd import LOOKING_SECONDS, Busy, Curator, Finder, Reader, Rebuilder, found
from benchmarks.instances import body, copied, held, imported, published
from benchmarks.measuring import Failed
from benchmarks.search import CORPUS
from benchmarks.sections import Section, queries, read
from benchmarks.visiting import Visitor
from tests.running import Server, serving, start

BARS = (Bar("errors", 0), Bar("p99_ms", 50), Bar("late_share", 0.05))
RATE = 20.0
"""Pieces a second."""
SECTIONS_OF_A_PIECE = 3
QUERIES = 2_000
WARM_UP = 40  # questions asked before anything is measured, so that each web worker has answered
STARTING_SECONDS = 60.0
ENDING_SECONDS = 60.0
ERRORS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened. `late_share`: of the pieces that were due, those that were not published."""

    requests: Spread
    index: Spread
    partial: int
    errors: list[str]
    published: int
    late_share: float
    rebuilds: list[float] = field(default_factory=list)
    found: list[float] = field(default_factory=list)


def under_load(server: Server, sections: Sequence[Section], scratch: Path, options: argparse.Namespace) -> Outcome:
    """Let everybody work for the seconds that were asked for. Raises Failed when it cannot begin."""
    asked = queries(sections, QUERIES)
    if not asked:
        raise Failed("This library has no titles of two words and more to ask for.")
    visitor = Visitor(server.port)
    for text in (asked * WARM_UP)[:WARM_UP]:
        visitor.close()  # each on a new connection: any worker may take it
        found(visitor, text)
    log = scratch / "publisher.log"
    with open(log, "w", encoding="utf-8") as out:
        process = start(
            server.instance, "benchmarks.publisher", str(_bodies(sections, scratch)), str(options.rate),
            str(options.seconds), stdout=subprocess.PIPE, stderr=out,
        )  # fmt: skip
    curator, rebuilder = Curator(process), Rebuilder(server.instance)
    share = -(-len(asked) // options.readers)
    readers = [
        Reader(server.port, asked[at : at + share] or asked, options.asking)
        for at in range(0, share * options.readers, share)
    ]
    finder = Finder(server.port, curator)
    try:
        curator.start()
        until = time.monotonic() + STARTING_SECONDS
        while not curator.slugs:
            if process.poll() is not None or time.monotonic() > until:
                said = log.read_text("utf-8").strip()
                raise Failed(f"Nothing was published: {said or 'no word from the publisher'}")
            time.sleep(0.01)
        for worker in (finder, *readers, *([rebuilder] if options.rebuild else [])):
            worker.start()
        curator.halt.wait(options.seconds + ENDING_SECONDS)
        for worker in (rebuilder, *readers):
            worker.halt.set()
        for worker in (curator, rebuilder, *readers):
            if worker.ident is not None:
                worker.join(ENDING_SECONDS)
        problems = [] if process.wait(ENDING_SECONDS) == 0 else [f"the publisher ended with {process.returncode}"]
        problems += _never_found(finder, curator)
    finally:
        for one in (process, rebuilder.process):
            _end(one)
    workers: list[Busy] = [*readers, finder, curator, rebuilder]
    due = options.rate * options.seconds
    return Outcome(
        requests=Spread.of(ms for reader in readers for ms in reader.times),
        index=Spread.of(ms for reader in readers for ms in reader.own_ms),
        partial=sum(reader.partial for reader in readers),
        errors=[*problems, *(problem for worker in workers for problem in worker.problems)],
        published=len(curator.slugs),
        late_share=max(0.0, 1 - len(curator.slugs) / due),
        rebuilds=rebuilder.seconds,
        found=finder.seconds,
    )


def _bodies(sections: Sequence[Section], scratch: Path) -> Path:
    """A file with what is to be published: the beginnings of the library's own pieces, in another order of titles."""
    pieces: list[tuple[str, str]] = []
    for _, of_it in groupby(sections, key=lambda section: section.document):
        first = list(islice(of_it, SECTIONS_OF_A_PIECE))
        pieces.append((first[0].lang or "und", body(first)))
    path = scratch / "bodies.json"
    path.write_text(json.dumps(pieces), encoding="utf-8")
    return path


def _never_found(finder: Finder, curator: Curator) -> list[str]:
    """What of the last piece published, once all is quiet."""
    finder.halt.set()
    finder.join(ENDING_SECONDS)
    if not curator.slugs:
        return []
    last = curator.slugs[-1][0]
    until = time.monotonic() + ENDING_SECONDS
    while not finder.sees(last):
        if time.monotonic() > until:
            return [f"{last} was not found {ENDING_SECONDS:.0f} s after all was quiet"]
        time.sleep(LOOKING_SECONDS)
    return []


def _end(process: subprocess.Popen[str] | None) -> None:
    """End a process of ours with those that it started, if it still runs."""
    if process is None or process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def judged(outcome: Outcome) -> list[Verdict]:
    """The bars with what was reached; times were not measured when nothing was answered."""
    p99 = outcome.requests.p99_ms if outcome.requests.count else None
    return list(zip(BARS, (float(len(outcome.errors)), p99, outcome.late_share), strict=True))


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the library, let everybody work, print, and judge."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    over = parser.add_mutually_exclusive_group()
    over.add_argument("--corpus", type=Path, default=CORPUS, help="sections to make a library of; the default")
    over.add_argument("--files", type=Path, help="a folder of files to import, publish and serve")
    over.add_argument("--instance", type=Path, help="a library to copy and serve; it must not be running")
    parser.add_argument("--limit", type=int, default=10_000, help="so many sections of the corpus; default 10,000")
    parser.add_argument("--seconds", type=float, default=30, help="how long; default 30")
    parser.add_argument("--readers", type=int, default=1, help="who ask at the same time; default 1")
    parser.add_argument("--asking", type=float, default=20, help="questions a second of each reader; default 20")
    parser.add_argument("--rate", type=float, default=RATE, help="pieces published a second; default 20")
    parser.add_argument(
        "--no-rebuild", dest="rebuild", action="store_false", help="publish only, to see what that costs"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args(arguments)
    if min(options.seconds, options.readers, options.asking, options.rate, options.limit) <= 0:
        parser.error("--seconds, --readers, --asking, --rate and --limit are above 0")
    served = options.files or options.instance
    if served and not served.is_dir():
        parser.error(f"{served} is no folder")
    if not served and not options.corpus.is_file():
        print(f"{options.corpus} is not there; write it: python -m benchmarks.corpus {options.corpus}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        scratch = Path(folder)
        instance = scratch / "instance"
        try:
            if options.files:
                imported(instance, options.files)
            elif options.instance:
                copied(instance, options.instance)
            else:
                published(instance, list(read(options.corpus, options.limit)))
            sections = held(instance)
            with serving(instance, scratch) as server:
                outcome = under_load(server, sections, scratch, options)
        except Failed as failure:
            print(failure, file=sys.stderr)
            return 1
    verdicts = judged(outcome)
    if options.json:
        print(json.dumps(asdict(outcome) | {"sections": len(sections), "bars": as_json(verdicts)}, indent=2))
    else:
        _print_table(outcome, len(sections), options)
        print_verdicts(verdicts)
    return 0 if kept(verdicts) else 1


def _print_table(outcome: Outcome, sections: int, options: argparse.Namespace) -> None:
    print(f"{sections} sections; {options.readers} reader(s), each {options.asking:g} questions a second\n")
    print(f"{'':20} {Spread.HEADING}")
    print(f"{'answers over HTTP':20} {outcome.requests.row}")
    print(f"{'of it in the index':20} {outcome.index.row}")
    print(f"{'errors':20} {len(outcome.errors):7}")
    print(f"{'partial answers':20} {outcome.partial:7}")
    print(f"{'published':20} {outcome.published:7}   {outcome.published / options.seconds:.1f} a second")
    print(f"{'rebuilds':20} {len(outcome.rebuilds):7}   {_seconds(outcome.rebuilds)}")
    print(f"{'found again':20} {len(outcome.found):7}   {_seconds(outcome.found)} after being published")
    for error in outcome.errors[:ERRORS_SHOWN]:
        print(f"  {error}")


def _seconds(found: Sequence[float]) -> str:
    if not found:
        return "none"
    spread = Spread.of(1000 * one for one in found)
    return f"{spread.p50_ms / 1000:.2f} s (median), {spread.max_ms / 1000:.2f} s (longest)"


if __name__ == "__main__":
    sys.exit(main())
