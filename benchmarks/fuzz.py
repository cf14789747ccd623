"""Nonsense asked on purpose: `python -m benchmarks.fuzz [--corpus FILE.jsonl | --files FOLDER | --instance FOLDER]`.

10,000 questions of every kind in benchmarks/fuzzing.py. With a corpus they go straight to an index of it
(`indexer.searching.Index.ask`); an error that the index logs counts as a failure, because the reader got an empty
answer for it. With files, or a copy of an instance, they go over HTTP to a real `library serve` on loopback, to /search
and /api/v1/search; a failure is a status of 500 and above, no answer, JSON that is none, or an error in the server's
log. Exit status 1 when a question fails or the 99th percentile is above its bar.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.bars import Bar, Spread, Verdict, as_json, kept, print_verdicts, shortened
from benchmarks.fuzzing import FILTERS, Odd, Vocabulary, questions
from benchmarks.instances import copied, held, imported, indexed
from benchmarks.measuring import Failed
from benchmarks.profiling import profiled
from benchmarks.search import CORPUS
from benchmarks.sections import read
from benchmarks.visiting import Visitor
from tests.running import serving

BARS = (Bar("failures", 0), Bar("p99_ms", 250))
SLOWEST = 10
ADDRESSES = ("/search", "/api/v1/search")
LONGEST_ADDRESS = 60_000
"""Bytes; a longer address is refused before the library sees it, so these questions are posted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with how it went. `said`: what the failure was, empty when there was none; `at`: where it was asked."""

    odd: Odd
    at: str
    ms: float
    said: str
    status: int = 0


Ask = Callable[[Odd], Iterable[Asked]]


class Overheard(logging.Handler):
    """Keeps what the index logs as errors."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """The error that was caught, or the message where there was none."""
        self.said.append(repr(record.exc_info[1]) if record.exc_info else record.getMessage())


@contextmanager
def of_index(index: Any) -> Iterator[Ask]:
    """Asks an index in this process; what it logs meanwhile is not printed."""
    from indexer.searching import Question

    overheard = Overheard()
    logger = logging.getLogger("indexer")
    printed = logger.propagate

    def ask(odd: Odd) -> Iterator[Asked]:
        filters = {key: tuple(v for k, v in odd.parameters if k == key) for key in FILTERS}
        question = Question(text=odd.text, filters={key: values for key, values in filters.items() if values})
        overheard.said.clear()
        began = time.perf_counter()
        try:
            index.ask(question)
        except Exception as error:  # it says that it never raises
            overheard.said.append(f"raised {error!r}")
        yield Asked(odd, "index", (time.perf_counter() - began) * 1000, "; ".join(overheard.said))

    logger.addHandler(overheard)
    logger.propagate = False
    try:
        yield ask
    finally:
        logger.removeHandler(overheard)
        logger.propagate = printed


def of_server(visitor: Visitor) -> Ask:
    """Asks a server, at both addresses, by POST where the address would be too long."""

    def ask(odd: Odd) -> Iterator[Asked]:
        pairs = [("q", odd.text), *odd.parameters]
        for path in ADDRESSES:
            answer = visitor.get(path, pairs, LONGEST_ADDRESS)
            if answer is None and path == "/search":
                answer = visitor.post(path, pairs)
            if answer is not None:
                said = answer.problem or _wrong(path, answer.status, answer.body)
                yield Asked(odd, path, answer.ms, said, answer.status)

    return ask


def _wrong(path: str, status: int, body: bytes) -> str:
    if status >= 500:
        return f"status {status}: {shortened(body.decode(errors='replace'))}"
    if status == 200 and path.startswith("/api/"):
        try:
            json.loads(body)
        except ValueError:
            return "200 with a body that is no JSON"
    return ""


@contextmanager
def server(options: argparse.Namespace) -> Iterator[tuple[Vocabulary, Ask, Path]]:
    """A served library of the files or the instance that was chosen: its words, who asks it, its log."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        instance = Path(scratch) / "instance"
        if options.files:
            imported(instance, options.files)
        else:
            copied(instance, options.instance)
        vocabulary = Vocabulary.of(held(instance))
        with serving(instance, Path(scratch)) as running:
            yield vocabulary, of_server(Visitor(running.port)), running.log


def logged(log: Path) -> int:
    """Errors that a server logged."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return sum(line.startswith("Traceback (most recent call last)") for line in lines)


def run(ask: Ask, asked: Iterable[Odd]) -> list[Asked]:
    """Ask everything, one after the other."""
    return [outcome for odd in asked for outcome in ask(odd)]


def judged(outcomes: Sequence[Asked], in_log: int = 0) -> list[Verdict]:
    """The bars with what was reached. `in_log`: errors that only the server's log told."""
    failures = max(sum(bool(outcome.said) for outcome in outcomes), in_log)
    spread = Spread.of(outcome.ms for outcome in outcomes)
    return list(zip(BARS, (float(failures), spread.p99_ms), strict=True))


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, print, and judge."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    over = parser.add_mutually_exclusive_group()
    over.add_argument("--corpus", type=Path, default=CORPUS, help="sections to index; the default")
    over.add_argument("--files", type=Path, help="a folder of files to import, publish and serve")
    over.add_argument("--instance", type=Path, help="a library to copy and serve; it must not be running")
    parser.add_argument("--limit", type=int, help="only so many sections of the corpus")
    parser.add_argument("--queries", type=int, default=10_000, help="questions; default 10,000")
    parser.add_argument("--seed", type=int, default=1, help="of the questions; default 1")
    parser.add_argument("--profile", action="store_true", help="where the time of the slowest goes (with a corpus)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    options = parser.parse_args(arguments)
    if options.queries < 1:
        parser.error("--queries is at least 1")
    served = options.files or options.instance
    if served and not served.is_dir():
        parser.error(f"{served} is no folder")
    if served and options.profile:
        parser.error("--profile looks into this process: it needs --corpus")
    if not served and not options.corpus.is_file():
        print(f"{options.corpus} is not there; write it: python -m benchmarks.corpus {options.corpus}", file=sys.stderr)
        return 2
    in_log, slow = 0, ""
    try:
        if served:
            with server(options) as (vocabulary, ask, log):
                outcomes = run(ask, questions(vocabulary, options.queries, options.seed))
                in_log = logged(log)
        else:
            sections = list(read(options.corpus, options.limit))
            vocabulary = Vocabulary.of(sections)
            with indexed(sections) as index, of_index(index) as ask:
                del sections
                outcomes = run(ask, questions(vocabulary, options.queries, options.seed))
                if options.profile:
                    slow = profiled(lambda: run(ask, [outcome.odd for outcome in slowest(outcomes)]))
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    verdicts = judged(outcomes, in_log)
    if options.json:
        _print_json(options, outcomes, verdicts)
    else:
        _print_tables(options, outcomes, in_log)
        print_verdicts(verdicts)
        print(slow, end="")
    return 0 if kept(verdicts) else 1


def slowest(outcomes: Iterable[Asked]) -> list[Asked]:
    """The slowest of them, the slowest first."""
    return sorted(outcomes, key=lambda outcome: -outcome.ms)[:SLOWEST]


def _by_kind(outcomes: Iterable[Asked]) -> Mapping[str, list[Asked]]:
    kinds: dict[str, list[Asked]] = {}
    for outcome in outcomes:
        kinds.setdefault(outcome.odd.kind, []).append(outcome)
    return kinds


def _print_json(options: argparse.Namespace, outcomes: Sequence[Asked], verdicts: Sequence[Verdict]) -> None:
    def shown(outcome: Asked) -> dict[str, Any]:
        text = shortened(outcome.odd.text)
        return {"ms": outcome.ms, "kind": outcome.odd.kind, "at": outcome.at, "text": text, "said": outcome.said}

    told = {
        "queries": options.queries,
        "seed": options.seed,
        "all": asdict(Spread.of(outcome.ms for outcome in outcomes)),
        "kinds": {kind: asdict(Spread.of(one.ms for one in of_it)) for kind, of_it in _by_kind(outcomes).items()},
        "statuses": Counter(outcome.status for outcome in outcomes if outcome.status),
        "failed": [shown(outcome) for outcome in outcomes if outcome.said],
        "slowest": [shown(outcome) for outcome in slowest(outcomes)],
        "bars": as_json(verdicts),
    }
    print(json.dumps(told, indent=2))


def _print_tables(options: argparse.Namespace, outcomes: Sequence[Asked], in_log: int) -> None:
    over = options.files or options.instance or options.corpus
    print(f"{options.queries} questions over {over.name}, seed {options.seed}\n")
    print(f"{'kind':20} {Spread.HEADING} {'failed':>7}")
    for kind, of_it in (*_by_kind(outcomes).items(), ("all", outcomes)):
        failed = sum(bool(outcome.said) for outcome in of_it)
        print(f"{kind:20} {Spread.of(outcome.ms for outcome in of_it).row} {failed:7}")
    if statuses := Counter(outcome.status for outcome in outcomes if outcome.status):
        print("\nstatuses: " + ", ".join(f"{count} times {status}" for status, count in sorted(statuses.items())))
        print(f"errors in the server's log: {in_log}")
    print("\nslowest")
    for outcome in slowest(outcomes):
        print(f"{outcome.ms:9.1f} ms  {outcome.odd.kind}, {outcome.at}: {shortened(outcome.odd.text)}")
    failures = [outcome for outcome in outcomes if outcome.said]
    if failures:
        print("\nfailed")
    for outcome in failures[:SLOWEST]:
        print(f"  {outcome.odd.kind}, {outcome.at}: {shortened(outcome.odd.text)}: {outcome.said}")


if __name__ == "__main__":
    sys.exit(main())
