"""A writer killed at random moments: readers never err and never lose what was committed."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from indexer import generations
from indexer.searching import Index, Question

KILLS = 6

WRITER = """
import sys
from contextlib import suppress
from pathlib import Path
from indexer import generations
from indexer.rebuilding import catch_up, rebuild
from indexer.writing import GenerationWriter
from tests.indexer.conftest import MemorySource, section
root = Path(sys.argv[1])
source = MemorySource()
for n in range(int(sys.argv[2])):
    source.publish(section(f"d{n % 40}", f"alpha number{n}", revision=n))
while True:
    with suppress(generations.IndexDamaged):
        writer = GenerationWriter(generations.generation_folder(root, generations.read_pointer(root).current))
        catch_up(source, writer)
        print(writer.change, flush=True)
        for n in range(3):
            source.publish(section(f"d{len(source.changes) % 40}", f"alpha number{len(source.changes)}",
                                   revision=len(source.changes)))
            catch_up(source, writer)
            print(writer.change, flush=True)
        writer.merge()
    rebuild(source, root)
"""


def test_killed_at_any_moment_nothing_is_lost(tmp_path: Path) -> None:
    root = tmp_path / "index"
    chance = random.Random(7)
    committed, index = 40, Index(root)
    most = 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, root, str(committed)],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert process.stdout is not None
        process.stdout.readline()
        until = time.monotonic() + chance.uniform(0, 0.5)
        while time.monotonic() < until:
            answer = index.ask(Question("alpha", limit=5))
            assert not answer.partial
            assert answer.total >= most
            most = max(most, answer.total)
        process.send_signal(signal.SIGKILL)
        said = [int(line) for line in process.stdout.read().split()]
        process.wait()
        process.stdout.close()
        committed = max([committed, *said])
        index.refresh()
        folder = generations.generation_folder(root, generations.read_pointer(root).current)
        assert generations.check(folder).change >= committed
        assert index.ask(Question(f"number{committed - 1}")).total == 1
        assert index.ask(Question("alpha")).total == 40
    index.close()
