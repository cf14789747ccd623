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
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from benchmarks.bars import Bar, Spread, Verdict, as_json, kept, print_verdicts
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
LOOKING_SECONDS = 0.1
"""Between two looks for a piece: finding it is measured no finer than that."""
STARTING_SECONDS = 60.0
ENDING_SECONDS = 60.0
ERRORS_SHOWN = 5


class Busy(threading.Thread):
    """Does something again and again until told to stop; what goes wrong is kept in `problems`."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.halt = threading.Event()
        self.problems: list[str] = []

    def run(self) -> None:
        """Until `halt`."""
        while not self.halt.is_set():
            try:
                self.once()
            except Exception as error:
                self.problems.append(repr(error)[:300])
                self.halt.wait(0.1)

    def once(self) -> None:
        """The thing."""
        raise NotImplementedError


class Reader(Busy):
    """Asks the search API, at most `rate` times a second. `own_ms`: what the index says that it took."""

    def __init__(self, port: int, asked: Sequence[str], rate: float) -> None:
        super().__init__()
        self.visitor, self.asked, self.every = Visitor(port), asked, 1 / rate
        self.times: list[float] = []
        self.own_ms: list[float] = []
        self.partial = 0
        self.due = time.monotonic()

    def once(self) -> None:
        """A question, after a pause when the one before was answered early."""
        self.halt.wait(max(0.0, self.due - time.monotonic()))
        self.due = max(self.due, time.monotonic() - self.every) + self.every
        answer, ms = found(self.visitor, self.asked[len(self.times) % len(self.asked)])
        self.times.append(ms)
        self.own_ms.append(answer["took_ms"])
        self.partial += answer["partial"]


class Curator(Busy):
    """Reads what the publishing process acknowledges. `slugs`: with the moment of each."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        super().__init__()
        self.process = process
        self.slugs: list[tuple[str, float]] = []

    def once(self) -> None:
        """The next line, or the end."""
        assert self.process.stdout
        line = self.process.stdout.readline().strip()
        if line:
            self.slugs.append((line, time.monotonic()))
        else:
            self.halt.set()


class Finder(Busy):
    """Looks for the newest piece until it is found, then for the one that is newest then. `seconds`: how long each took."""

    def __init__(self, port: int, curator: Curator) -> None:
        super().__init__()
        self.visitor, self.curator = Visitor(port), curator
        self.wanted: tuple[str, float] | None = None
        self.seconds: list[float] = []

    def once(self) -> None:
        """A look."""
        self.halt.wait(LOOKING_SECONDS)
        self.wanted = self.wanted or (self.curator.slugs[-1] if self.curator.slugs else None)
        if self.wanted and self.sees(self.wanted[0]):
            self.seconds.append(time.monotonic() - self.wanted[1])
            self.wanted = None

    def sees(self, slug: str) -> bool:
        """Whether a piece is found."""
        answer, _ = found(self.visitor, f'title:"{slug}"')
        return slug in [hit["document"]["slug"] for hit in answer["hits"]]


class Rebuilder(Busy):
    """Rebuilds the index, one time after another. `seconds`: how long each took."""

    def __init__(self, instance: Path) -> None:
        super().__init__()
        self.instance = instance
        self.process: subprocess.Popen[str] | None = None
        self.seconds: list[float] = []

    def once(self) -> None:
        """A rebuild to its end."""
        began = time.monotonic()
        self.process = start(self.instance, "indexer", "rebuild", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        _, said = self.process.communicate()
        if self.process.returncode:
            raise Failed(f"indexer rebuild: {said.strip() or self.process.returncode}")
        self.seconds.append(time.monotonic() - began)


def found(visitor: Visitor, text: str) -> tuple[dict[str, Any], float]:
    """The API's answer and its milliseconds. Raises Failed."""
    reply = visitor.get("/api/v1/search", [("q", text)])
    assert reply is not None
    if reply.problem or reply.status != 200:
        raise Failed(f"{text!r}: {reply.problem or f'status {reply.status}'}")
    answer: dict[str, Any] = json.loads(reply.body)
    return answer, reply.ms


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
    log = open(scratch / "publisher.log", "w+", encoding="utf-8")  # noqa: SIM115
    process = start(
        server.instance, "benchmarks.publisher", str(_bodies(sections, scratch)), str(options.rate),
        str(options.seconds), stdout=subprocess.PIPE, stderr=log,
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
                log.seek(0)
                raise Failed(f"Nothing was published: {log.read().strip() or 'no word from the publisher'}")
            time.sleep(0.01)
        for worker in (rebuilder, finder, *readers):
            worker.start()
        curator.halt.wait(options.seconds + ENDING_SECONDS)
        for worker in (rebuilder, *readers):
            worker.halt.set()
        for worker in (curator, rebuilder, *readers):
            worker.join(ENDING_SECONDS)
        problems = [] if process.wait(ENDING_SECONDS) == 0 else [f"the publisher ended with {process.returncode}"]
        problems += _never_found(finder, curator)
    finally:
        for one in (process, rebuilder.process):
            _end(one)
        log.close()
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
