"""Suggestions while somebody types: `python -m benchmarks.suggest [--corpus FILE.jsonl | --instance FOLDER]`.

Times `indexer.searching.Index.suggest` for beginnings of one to twelve letters out of the titles, headings and words of
a corpus, half of those with four letters and more with one of them wrong. Each is asked three times, in another order;
its time is the median, so that what else the machine does falls out. Exit status 1 when the 99th percentile is above
its bar.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import string
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.bars import Bar, Spread, as_json, kept, print_verdicts
from benchmarks.fuzzing import Vocabulary
from benchmarks.instances import copied, headings, held, indexed
from benchmarks.measuring import Failed
from benchmarks.profiling import profiled
from benchmarks.search import CORPUS
from benchmarks.sections import read

BARS = (Bar("p99_ms", 5),)
LONGEST = 12  # letters typed
FORGIVING = 4  # letters from which on one may be wrong
ROUNDS = 3
SLOWEST = 10

Index = Any


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed so far. `wrong`: with a letter that is wrong."""

    text: str
    wrong: bool

    @property
    def group(self) -> str:
        """The line of the table that it belongs to."""
        if self.wrong:
            return "one letter wrong"
        size = len(self.text)
        letters = f"{size} letters" if size < FORGIVING else f"{FORGIVING} to {LONGEST} letters"
        return letters.replace("1 letters", "1 letter")


def typings(texts: Sequence[Sequence[str]], count: int, seed: int) -> list[Typed]:
    """At most `count` different beginnings; each source of `texts` gives as many. The same for the same seed."""
    dice = random.Random(seed)
    sources = [source for source in texts if source]
    found: dict[Typed, None] = {}
    for _ in range(20 * count if sources else 0):
        text = re.sub(r"\s+", " ", dice.choice(dice.choice(sources))).strip().lower()
        begun = text[: dice.randint(1, LONGEST)].strip()
        if len(begun) >= FORGIVING and dice.random() < 0.5:
            found[Typed(mistyped(begun, dice), True)] = None
        elif begun:
            found[Typed(begun, False)] = None
        if len(found) == count:
            break
    return list(found)


def mistyped(text: str, dice: random.Random) -> str:
    """With a letter replaced, left out, put in, or two swapped; the swapped ones may be equal."""
    at = dice.randrange(len(text) - 1)
    other = dice.choice(string.ascii_lowercase.replace(text[at], ""))
    match dice.randrange(4):
        case 0:
            return text[:at] + other + text[at + 1 :]
        case 1:
            return text[:at] + text[at + 1 :]
        case 2:
            return (text[:at] + other + text[at:])[:LONGEST]
        case _:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def timed(index: Index, typed: Sequence[Typed], seed: int) -> dict[Typed, float]:
    """Milliseconds of each."""
    dice = random.Random(seed)
    times: dict[Typed, list[float]] = {one: [] for one in typed}
    for _ in range(ROUNDS):
        for one in dice.sample(typed, len(typed)):
            began = time.perf_counter()
            index.suggest(one.text)
            times[one].append((time.perf_counter() - began) * 1000)
    return {one: statistics.median(of_it) for one, of_it in times.items()}


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[tuple[Index, list[list[str]]]]:
    """The index that was chosen, and its titles, headings and words."""
    if options.instance is None:
        sections = list(read(options.corpus, options.limit))
        words = Vocabulary.of(sections)
        with indexed(sections) as index:
            del sections
            yield index, [list(words.titles), list(words.words)]
        return
    from indexer.searching import Index as Searching

    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        instance = Path(scratch) / "instance"
        copied(instance, options.instance)
        words = Vocabulary.of(held(instance))
        index = Searching(instance / "index")
        try:
            yield index, [list(words.titles), headings(instance), list(words.words)]
        finally:
            index.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, print, and judge."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.suggest", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    over = parser.add_mutually_exclusive_group()
    over.add_argument("--corpus", type=Path, default=CORPUS, help="sections to index; the default")
    over.add_argument("--instance", type=Path, help="a library to copy; it must not be running")
    parser.add_argument("--limit", type=int, help="only so many sections of the corpus")
    parser.add_argument("--prefixes", type=int, default=3_000, help="beginnings to ask for; default 3,000")
    parser.add_argument("--seed", type=int, default=1, help="of the beginnings; default 1")
    parser.add_argument("--profile", action="store_true", help="where the time of the slowest goes")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    options = parser.parse_args(arguments)
    if options.prefixes < 1:
        parser.error("--prefixes is at least 1")
    if options.instance and not options.instance.is_dir():
        parser.error(f"{options.instance} is no folder")
    if not options.instance and not options.corpus.is_file():
        print(f"{options.corpus} is not there; write it: python -m benchmarks.corpus {options.corpus}", file=sys.stderr)
        return 2
    slow = ""
    try:
        with opened(options) as (index, texts):
            asked = typings(texts, options.prefixes, options.seed)
            index.suggest("a")
            times = timed(index, asked, options.seed)
            if options.profile:
                slow = profiled(lambda: [index.suggest(one.text) for one in slowest(times)])
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    spread = Spread.of(times.values())
    verdicts = [(bar, spread.p99_ms) for bar in BARS]
    if options.json:
        groups = {group: asdict(Spread.of(of_it)) for group, of_it in _grouped(times).items()}
        slow_ones = [asdict(one) | {"ms": times[one]} for one in slowest(times)]
        told = {"all": asdict(spread), "groups": groups, "slowest": slow_ones, "bars": as_json(verdicts)}
        print(json.dumps(told, indent=2))
    else:
        _print_tables(options, times)
        print_verdicts(verdicts)
        print(slow, end="")
    return 0 if kept(verdicts) else 1


def slowest(times: Mapping[Typed, float]) -> list[Typed]:
    """The slowest of them, the slowest first."""
    return sorted(times, key=lambda one: -times[one])[:SLOWEST]


def _grouped(times: Mapping[Typed, float]) -> dict[str, list[float]]:
    groups: dict[str, list[float]] = {}
    for one in sorted(times, key=lambda one: (one.wrong, len(one.text))):
        groups.setdefault(one.group, []).append(times[one])
    return groups


def _print_tables(options: argparse.Namespace, times: Mapping[Typed, float]) -> None:
    print(f"{len(times)} beginnings over {(options.instance or options.corpus).name}, seed {options.seed}\n")
    print(f"{'typed':26} {Spread.HEADING}")
    for group, of_it in (*_grouped(times).items(), ("all", list(times.values()))):
        print(f"{group:26} {Spread.of(of_it).row}")
    print("\nslowest")
    for one in slowest(times):
        print(f"{times[one]:9.2f} ms  {one.text!r}{', one letter wrong' if one.wrong else ''}")


if __name__ == "__main__":
    sys.exit(main())
