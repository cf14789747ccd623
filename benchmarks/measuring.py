"""Measuring one engine: built in a process of its own, asked in others, each fresh.

Every asking process opens the index and asks all queries once. A query's time is the median over the processes, so that
what else the machine does falls out, and no answer comes from what an earlier round left in memory.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import math
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.engines import ENGINES
from benchmarks.sections import read

ROOT = Path(__file__).resolve().parent.parent
PROCESSES = 3
ENOUGH_SECONDS = 60.0
"""After a process that took longer, no other is started."""
SETTLING_SECONDS = 1.0
"""From the build to the first question."""


class Failed(Exception):
    """A process ended in an error; the message has what it said."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one engine showed. Times of queries are over all of them; memory is a process's that answered them all.

    `rss_mb` includes the pages of mapped files, `private_mb` does not. `total` and `snippets`: means of a page.
    """

    engine: str
    sections: int
    build_s: float
    disk_mb: float
    open_ms: float
    first_ms: float
    mean_ms: float
    median_ms: float
    p99_ms: float
    rss_mb: float
    private_mb: float
    total: float
    snippets: float


def missing(names: Sequence[str]) -> str:
    """What to say when packages of the chosen engines are not installed; empty when all are."""
    lacking = {
        ENGINES[name].package: ENGINES[name].name
        for name in names
        if ENGINES[name].package
        and any(importlib.util.find_spec(m.split(".")[0]) is None for m in ENGINES[name].modules)
    }
    if not lacking:
        return ""
    told = ", ".join(f"{package} (for {engine})" for package, engine in lacking.items())
    return (
        f"Not installed: {told}. `make bench` installs what it measures, so does `pip install {' '.join(lacking)}`; "
        "or leave them out by --engines."
    )


def measure(name: str, corpus: Path, limit: int | None, queries: Sequence[str], scratch: Path) -> Measured:
    """Build and ask one engine in a new folder below `scratch`, which is removed again. Raises Failed."""
    folder = scratch / name
    folder.mkdir()
    try:
        built = _child(["build", name, str(folder), str(corpus), *([str(limit)] if limit else [])])
        disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        time.sleep(SETTLING_SECONDS)
        asked: list[dict[str, Any]] = []
        while len(asked) < PROCESSES:
            began = time.perf_counter()
            asked.append(_child(["ask", name, str(folder)], json.dumps(queries)))
            if time.perf_counter() - began > ENOUGH_SECONDS:
                break
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    times = sorted(statistics.median(of_query) for of_query in zip(*(one["ms"] for one in asked), strict=True))

    def middle(key: str) -> float:
        return float(statistics.median(one[key] for one in asked))

    return Measured(
        engine=ENGINES[name].name,
        sections=built["sections"],
        build_s=built["build_s"],
        disk_mb=disk / 1e6,
        open_ms=middle("open_ms"),
        first_ms=middle("first_ms"),
        mean_ms=statistics.fmean(times),
        median_ms=statistics.median(times),
        p99_ms=times[math.ceil(0.99 * len(times)) - 1],
        rss_mb=middle("rss_mb"),
        private_mb=middle("private_mb"),
        total=middle("total"),
        snippets=middle("snippets"),
    )


def _child(arguments: list[str], fed: str = "") -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.measuring", *arguments]
    done = subprocess.run(command, cwd=ROOT, input=fed, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(arguments[:2])}: {done.stderr.strip() or done.returncode}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def build(name: str, folder: Path, corpus: Path, limit: int | None) -> dict[str, Any]:
    """In a process of its own: from sections in memory to an index on the disk."""
    sections = list(read(corpus, limit))
    engine = _engine(name, folder)
    return {"sections": len(sections), "build_s": seconds(lambda: engine.build(sections))}


def ask(name: str, folder: Path, queries: Sequence[str]) -> dict[str, Any]:
    """In a process of its own: open, ask the first query, ask all."""
    engine = _engine(name, folder)
    opening = seconds(engine.open)
    first = seconds(lambda: engine.page(queries[0]))
    times, totals, snippets = [], 0, 0
    for query in queries:
        began = time.perf_counter()
        page = engine.page(query)
        times.append((time.perf_counter() - began) * 1000)
        totals += page.total
        snippets += sum(len(shown) for _, shown in page.hits)
    rss, private = memory()
    return {
        "open_ms": opening * 1000, "first_ms": first * 1000, "ms": times, "rss_mb": rss, "private_mb": private,
        "total": totals / len(queries), "snippets": snippets / len(queries),
    }  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def memory() -> tuple[float, float]:
    """Megabytes of this process in memory: all, and without mapped files."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:  # not Linux: the most there ever was
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
        return most, most
    found = {line.split(":")[0]: int(line.split()[1]) for line in status.splitlines() if line.endswith(" kB")}
    return found["VmRSS"] * 1024 / 1e6, found["RssAnon"] * 1024 / 1e6


def _engine(name: str, folder: Path) -> Any:
    for module in ENGINES[name].modules:
        importlib.import_module(module)
    return ENGINES[name](folder)


def main() -> None:
    """One step, for `measure`; its result is the last line of the output, as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.measuring", description=main.__doc__)
    parser.add_argument("step", choices=["build", "ask"])
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("limit", type=int, nargs="?")
    options = parser.parse_args()
    if options.step == "build":
        told = build(options.engine, options.folder, options.corpus, options.limit)
    else:
        told = ask(options.engine, options.folder, json.loads(sys.stdin.read()))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
