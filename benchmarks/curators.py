"""Curators who upload all at once, and readers meanwhile: `python -m benchmarks.curators [--curators N] [--files N] [--mb N]`.

Starts `library serve` on loopback over a temporary library, signs the curators in, and has each send its files: as one
form, as a browser without scripts does, or in pieces, as the upload page's script does. Readers ask for the home page
and a search all the while, each at a bounded rate, first alone, then beside the curators. Afterwards every file is looked
for: its job in the table, its bytes in the store, byte for byte. Exit status 1 when one is missing, when a reader saw an
error, or when readers wait longer than the bar.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from benchmarks.bars import Bar, Spread, Verdict, as_json, kept, print_verdicts
from benchmarks.crowd import Busy
from benchmarks.instances import done
from benchmarks.measuring import Failed
from benchmarks.sending import Batch, Sender, send_all
from benchmarks.visiting import Visitor
from tests.running import Server, commands, serving

PASSWORD = "lamps and lanterns"
PAGES = ("/", "/search?q=freedom+of+assembly")
RATE = 5.0  # pages a second of one reader
ALONE_SECONDS = 5.0
WATCH_SECONDS = 0.5
BARS = (Bar("p50_ms", 100), Bar("lost", 0), Bar("errors", 0))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened. Times are the readers'. `lost`: files without a job or with other bytes in the store."""

    way: str
    alone: Spread
    beside: Spread
    sent: int
    lost: int
    megabytes: float
    seconds: float
    web_mb: float  # the largest resident memory of a web worker
    errors: list[str]


class Reader(Busy):
    """Asks for pages, at most RATE a second, over one connection."""

    def __init__(self, port: int, first: int) -> None:
        super().__init__()
        self.visitor, self.number = Visitor(port), first
        self.times: list[float] = []
        self.due = time.monotonic()

    def once(self) -> None:
        """The next page."""
        self.halt.wait(max(0.0, self.due - time.monotonic()))
        self.due = max(self.due, time.monotonic() - 1 / RATE) + 1 / RATE
        self.number += 1
        path, _, query = PAGES[self.number % len(PAGES)].partition("?")
        pairs = [(name, value.replace("+", " ")) for name, _, value in [query.partition("=")] if name]
        reply = self.visitor.get(path, pairs)
        assert reply is not None
        if reply.problem or reply.status != 200:
            raise Failed(f"{path}: {reply.problem or f'status {reply.status}'}")
        self.times.append(reply.ms)


class Watch(Busy):
    """Looks how much memory the web workers take. `most_mb`: the largest that one had."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server, self.most_mb = server, 0.0

    def once(self) -> None:
        """A look."""
        for pid, line in commands(self.server.process.pid).items():
            if "granian" in line:
                self.most_mb = max(self.most_mb, _resident_mb(pid))
        self.halt.wait(WATCH_SECONDS)


def together(server: Server, options: argparse.Namespace) -> Outcome:
    """Let everybody work until all files are sent, and count. Raises Failed when it cannot begin."""
    filling = os.urandom(int(options.mb * 10**6))
    senders = [
        Sender(server.port, _email(n), PASSWORD, Batch(n, options.files, filling)) for n in range(options.curators)
    ]
    for sender in senders:
        sender.sign_in()
    alone, _ = _read(server, options.readers, lambda: time.sleep(ALONE_SECONDS))
    watch = Watch(server)
    watch.start()
    began = time.monotonic()
    problems: list[str] = []
    beside, errors = _read(server, options.readers, lambda: _send(senders, options.way, problems))
    seconds = time.monotonic() - began
    watch.halt.set()
    watch.join(10)
    wanted = {name: digest for sender in senders for name, digest in sender.batch.digests.items()}
    return Outcome(
        way=options.way,
        alone=Spread.of(alone),
        beside=Spread.of(beside),
        sent=len(wanted),
        lost=len(_missing(server.instance, wanted)),
        megabytes=len(wanted) * len(filling) / 10**6,
        seconds=seconds,
        web_mb=watch.most_mb,
        errors=[*errors, *problems],
    )


def judged(outcome: Outcome) -> list[Verdict]:
    """The bars with what was reached."""
    reached: dict[str, float | None] = {
        "p50_ms": outcome.beside.p50_ms if outcome.beside.count else None,
        "lost": outcome.lost,
        "errors": len(outcome.errors),
    }
    return [(bar, reached[bar.what]) for bar in BARS]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a bar is missed, 2 when nothing could be measured."""
    options = _options(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
            instance = Path(scratch) / "instance"
            done(instance, "library", "init")
            _accounts(instance, options.curators)
            with serving(instance, Path(scratch)) as server:
                outcome = together(server, options)
    except Failed as error:
        print(error, file=sys.stderr)
        return 2
    verdicts = judged(outcome)
    if options.json:
        print(json.dumps(asdict(outcome) | {"bars": as_json(verdicts)}))
    else:
        _print(outcome)
        print_verdicts(verdicts)
    return 0 if kept(verdicts) else 1


def _accounts(instance: Path, count: int) -> None:
    from library import create_app
    from library.access import accounts
    from library.access.models import Role
    from library.extensions import db

    with create_app(instance).app_context():
        for n in range(count):
            accounts.create(_email(n), Role.CURATOR, f"Curator {n}", PASSWORD)
        db.session.remove()
        db.engine.dispose()


def _email(number: int) -> str:
    return f"curator-{number}@example.org"


def _read(server: Server, count: int, work: Callable[[], None]) -> tuple[list[float], list[str]]:
    """The times and the problems of readers who read while `work` is done."""
    readers = [Reader(server.port, n) for n in range(count)]
    for reader in readers:
        reader.start()
    work()
    for reader in readers:
        reader.halt.set()
    for reader in readers:
        reader.join(30)
    times = [ms for reader in readers for ms in reader.times]
    return times, [problem for reader in readers for problem in reader.problems]


def _send(senders: Sequence[Sender], way: str, problems: list[str]) -> None:
    """Have all send at once, from a process of their own: what readers wait for is the library alone."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        problems += pool.submit(send_all, senders, way).result()


def _missing(instance: Path, wanted: dict[str, str]) -> list[str]:
    """The files without a job, or whose bytes in the store are others."""
    from sqlalchemy import select

    from library import create_app
    from library.catalogue import files
    from library.catalogue.models import StoredFile
    from library.extensions import db
    from library.ingest.models import Job

    with create_app(instance).app_context():
        rows = db.session.execute(select(Job.name, StoredFile).join(StoredFile, StoredFile.id == Job.file_id)).all()
        found = {name: _sha256(files.path(file)) for name, file in rows}
        db.session.remove()
        db.engine.dispose()
    return [name for name, digest in wanted.items() if found.get(name) != digest]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _resident_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 10**6


def _print(outcome: Outcome) -> None:
    print(f"{'readers':20} {Spread.HEADING}")
    print(f"{'alone':20} {outcome.alone.row}")
    print(f"{'beside the curators':20} {outcome.beside.row}")
    speed = outcome.megabytes / outcome.seconds
    print(
        f"\n{outcome.sent} files, {outcome.megabytes:,.0f} MB in {outcome.seconds:.1f} s ({speed:.0f} MB/s), {outcome.way}"
    )
    print(f"lost: {outcome.lost}; errors: {len(outcome.errors)}; a web worker took at most {outcome.web_mb:.0f} MB")
    for error in outcome.errors[:5]:
        print(f"  {error}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.curators", description="Curators who upload at once.")
    parser.add_argument("--curators", type=int, default=10)
    parser.add_argument("--files", type=int, default=20, help="of each curator")
    parser.add_argument("--mb", type=float, default=20.0, help="of each file")
    parser.add_argument("--readers", type=int, default=3)
    parser.add_argument("--way", choices=("form", "pieces"), default="form")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if min(options.curators, options.files, options.readers) < 1 or options.mb <= 0:
        parser.error("numbers are above 0")
    return options


if __name__ == "__main__":
    sys.exit(main())
