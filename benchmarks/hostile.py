"""Files made to do harm, read under the product's limits: `python -m benchmarks.hostile DIR [--browser] [--json]`.

DIR holds `generated_manifest.csv`, `real_manifest.csv`, `filenames.tar` and `lists/*.jsonl`. Each file must end with a
status in time, within memory, touch nothing outside the scratch folder, reach no listening socket, and hold what its
row says. `--browser` goes on: every text made of them is published in a throw-away instance and opened in Chromium
(see `benchmarks.hostile_pages`). Exit status 1 when something failed.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import resource
import socket
import sys
import tarfile
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.extraction import Outcome, Row
from library.catalogue import rendering
from library.ingest import Extraction, Limits, extract
from library.settings import SETTINGS

SECONDS, MEMORY_MB = 30.0, 700.0
PORTS = frozenset({9, 80, 8000, 8080})
_PORT = re.compile(rb"(?:127\.0\.0\.1|localhost):(\d{1,5})")
_LOCAL = re.compile(r"root:x?:0:0|\[boot loader\]|PATH=/")
_ACTIONS = re.compile(r"app\.(?:alert|launchURL)|calc\.exe|cmd\.exe")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CANARY = re.compile(r"(?i)pwned|quokka|^evil(?:\.txt)?$|zip-?slip")


@dataclass(slots=True)
class Found:
    """What reading one file gave. `failures`: what did not hold, in words."""

    row: Row
    extraction: Extraction
    seconds: float
    processor: float
    memory: float  # MB, of this process and all below it, at most
    failures: list[str] = field(default_factory=list)


def product_limits() -> Limits:
    """The limits that a library has by default."""
    default = {setting.name: setting.default for setting in SETTINGS}
    return Limits(seconds=float(default["EXTRACT_SECONDS"]), memory_mb=int(default["EXTRACT_MEMORY_MB"]))


def rows(folder: Path, unpacked: Path) -> Iterator[tuple[Row, str, str]]:
    """(row, category, what must hold) of every file; those with hostile names are unpacked under plain ones."""
    with (folder / "generated_manifest.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    named = dict(_tar_members(folder / "filenames.tar", unpacked))
    for line in lines:
        path = folder / line["file"] if (folder / line["file"]).is_file() else named.get(line["file"])
        if path is not None and path.is_file():
            yield (
                Row(path, line["format"], line["expected"], line["expect_phrase"]),
                line["category"],
                line["must_hold"],
            )
    with (folder / "real_manifest.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            path = folder / line["file"]
            if path.is_file() and path.suffix != ".jsonl":
                yield Row(path, path.suffix[1:], "safe", ""), "real", ""


def _tar_members(path: Path, unpacked: Path) -> Iterator[tuple[str, Path]]:
    with tarfile.open(path) as archive:
        for number, info in enumerate(archive):
            content = archive.extractfile(info) if info.isfile() else None
            if content is not None:
                target = unpacked / f"member-{number}"
                target.write_bytes(content.read())
                yield info.name, target


@contextmanager
def watching_memory() -> Iterator[list[float]]:
    """Samples the resident memory of this process and all below it; `[0]` is the largest sum so far, in MB."""
    peak, done = [0.0], threading.Event()

    def sample() -> None:
        page = os.sysconf("SC_PAGE_SIZE") / 2**20
        while not done.wait(0.015):
            parents: dict[int, int] = {}
            memory: dict[int, int] = {}
            for entry in os.scandir("/proc"):
                if entry.name.isdigit():
                    try:
                        fields = Path(entry.path, "stat").read_bytes().rpartition(b")")[2].split()
                    except OSError:
                        continue
                    parents[int(entry.name)], memory[int(entry.name)] = int(fields[1]), int(fields[21])
            ours = {os.getpid()}
            for pid in sorted(parents):
                if parents[pid] in ours:
                    ours.add(pid)
            peak[0] = max(peak[0], sum(memory.get(pid, 0) for pid in ours) * page)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


@contextmanager
def listening(ports: frozenset[int]) -> Iterator[list[int]]:
    """Listens on loopback ports; the ports on which somebody called are added to the list."""
    called: list[int] = []
    with ExitStack() as stack:
        for port in sorted(ports):
            try:
                server = stack.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:  # another's, or one for which root is needed
                continue
            threading.Thread(target=_accept, args=(server, port, called), daemon=True).start()
        yield called


def _accept(server: socket.socket, port: int, called: list[int]) -> None:
    while True:
        try:
            server.accept()[0].close()
        except OSError:
            return
        called.append(port)


def named_ports(paths: list[Path]) -> frozenset[int]:
    """Ports of loopback that the files name, packed ones included."""
    found: set[int] = set()
    for path in paths:
        contents = [path.read_bytes(), *_packed(path)]
        found |= {int(port) for content in contents for port in _PORT.findall(content)}
    return frozenset(port for port in found if 0 < port < 65536) | PORTS


def _packed(path: Path) -> Iterator[bytes]:
    """Small members of an archive, as far as they can be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist()[:200]:
                if info.file_size < 10**6 and not info.flag_bits & 1:
                    yield archive.read(info)
    except Exception:  # of a file that is no archive or a damaged one nothing more is to be learned
        return


def canaries() -> set[str]:
    """Files by which a hostile archive shows that it wrote where it must not."""
    places = (Path("/"), Path("/tmp"), Path("/var/tmp"), Path.home(), Path.cwd(), Path.cwd().parent)
    return {str(entry) for place in places if place.is_dir() for entry in place.iterdir() if _CANARY.search(entry.name)}


def read(row: Row, category: str, must_hold: str, scratch: Path, called: list[int]) -> Found:
    """Read one file and say what did not hold."""
    before, calls = resource.getrusage(resource.RUSAGE_CHILDREN), len(called)
    there = canaries()
    with watching_memory() as peak:
        began = time.monotonic()
        extraction = extract(row.path, row.path.name, product_limits(), scratch)
        seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if extraction.readable:
        drawn = time.process_time()
        rendering.render(extraction.markdown, "article")
        processor += time.process_time() - drawn
    found = Found(row, extraction, seconds, processor, peak[0])
    found.failures += list(_failures(found, category, must_hold))
    found.failures += [f"wrote {place}" for place in sorted(canaries() - there)]
    found.failures += [f"called port {port}" for port in called[calls:]]
    found.failures += ["left something in the scratch folder"] if any(scratch.iterdir()) else []
    return found


def _failures(found: Found, category: str, must_hold: str) -> Iterator[str]:
    extraction, said = found.extraction, f"{found.extraction.title}\n{found.extraction.text}"
    if found.seconds > SECONDS:
        yield f"took {found.seconds:.0f} s"
    if found.memory > MEMORY_MB:
        yield f"took {found.memory:.0f} MB"
    if not Outcome(found.row, extraction, found.seconds).as_expected:
        yield f"expected {found.row.expected}, was {extraction.status}, or its phrase is not there: {found.row.phrase}"
    if not extraction.readable and not extraction.reason:
        yield "refused without a reason"
    if _LOCAL.search(said):
        yield "shows a local file or the environment"
    if category == "pdf-actions" and _ACTIONS.search(said):
        yield "shows the text of an action"
    if category == "slow" and "5 s of processor time" in must_hold and found.processor > 5:
        yield f"took {found.processor:.1f} s of processor time"
    if _TURNS.search(extraction.title + extraction.file):
        yield "its title or name turns the direction of writing"


def main() -> int:
    """Read all, print what failed and the largest figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--category", action="append", help="only this one (a folder's name, or `real`); may be repeated"
    )
    parser.add_argument("--browser", action="store_true", help="publish the texts and open every page in Chromium")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="with --browser: open every Nth piece only")
    parser.add_argument("--json", action="store_true", help="a line of JSON a file")
    arguments = parser.parse_args()
    if not (arguments.folder / "generated_manifest.csv").is_file():
        print(f"{arguments.folder} holds no generated_manifest.csv.", file=sys.stderr)
        return 2
    found: list[Found] = []
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as unpacked:
        wanted = [
            row
            for row in rows(arguments.folder, Path(unpacked))
            if not arguments.category or row[1] in arguments.category
        ]
        with listening(named_ports([row.path for row, _category, _holds in wanted])) as called:
            for row, category, must_hold in wanted:
                found.append(read(row, category, must_hold, Path(scratch), called))
                if arguments.json:
                    _print_line(found[-1])
    failed = sum(bool(one.failures) for one in found)
    _print_summary(found, failed)
    if arguments.browser:
        from benchmarks.hostile_pages import run

        failed += run(arguments.folder, [one.extraction for one in found], arguments.every)
    return 1 if failed else 0


def _print_line(one: Found) -> None:
    told = {"file": str(one.row.path), "seconds": round(one.seconds, 2), "memory_mb": round(one.memory)}
    print(json.dumps(told | {"status": one.extraction.status, "failures": one.failures}), flush=True)


def _print_summary(found: list[Found], failed: int) -> None:
    slowest = max(found, key=lambda one: one.seconds)
    largest = max(found, key=lambda one: one.memory)
    print(f"{len(found)} hostile files, {failed} with something that did not hold.")
    print(f"Slowest: {slowest.seconds:.1f} s ({slowest.row.path.name}); most memory of this process and all below it:"
          f" {largest.memory:.0f} MB ({largest.row.path.name}).")  # fmt: skip
    for one in found:
        for failure in one.failures:
            print(f"  {one.row.path.name}: {failure}")


if __name__ == "__main__":
    sys.exit(main())
