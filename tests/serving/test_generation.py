"""The number of what readers see: another one after every change, whoever made it and however they ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from library.serving.following import follow
from library.serving.generation import Generation
from tests.running import environment


def test_every_change_makes_it_another_one_for_every_process(instance: Path) -> None:
    here, there = Generation(instance), Generation(instance)
    seen = {here.read()}
    for number in range(20):
        (here, there)[number % 2].bump()
        assert here.read() == there.read() == here.settled()
        seen.add(here.read())
    assert len(seen) == 21


def test_nothing_is_settled_while_something_changes(instance: Path) -> None:
    one, two = Generation(instance), Generation(instance)
    before = one.read()
    with one.changing():
        assert two.settled() is None and two.read() != before
        with two.changing():
            assert one.settled() is None
        assert one.settled() is None
    assert one.settled() == two.settled() != before


def test_a_killed_process_holds_nothing_up(instance: Path) -> None:
    generation = Generation(instance)
    before = generation.read()
    code = (
        "import sys, time; from pathlib import Path; from library.serving.generation import Generation;"
        " Generation(Path(sys.argv[1])).begin(); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(instance)], stdout=subprocess.PIPE, env=environment(instance)
    ) as process:
        assert process.stdout is not None and process.stdout.readline()
        assert generation.settled() is None
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert generation.settled() == generation.read() != before


def test_a_removed_file_is_made_again_with_another_number(instance: Path) -> None:
    one, two = Generation(instance), Generation(instance)
    seen = one.read()
    one.path.unlink()
    two.bump()
    assert one.read() == two.read() > seen
    one.path.write_bytes(b"")
    assert one.settled() is not None and one.read() > seen


def test_many_at_once_agree_in_the_end(instance: Path) -> None:
    generation = Generation(instance)
    wrong: list[str] = []
    state = {"value": 0}
    lock = threading.Lock()

    def change() -> None:
        for _ in range(200):
            with generation.changing(), lock:
                state["value"] += 1

    def keep() -> None:
        kept: dict[int, int] = {}
        for _ in range(600):
            number = generation.settled()
            value = state["value"]
            now = generation.read()
            if now in kept and generation.read() == now and kept[now] != state["value"] and generation.settled() == now:
                wrong.append(f"{kept[now]} where {state['value']} is")
            if number is not None:
                kept[number] = value

    threads = [threading.Thread(target=job) for job in (change, change, change, keep, keep)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and state["value"] == 600 and generation.settled() == generation.read()


@pytest.mark.parametrize(
    "statement", ["INSERT INTO t VALUES (1)", "UPDATE t SET a = 2", "CREATE TABLE u (a)", "DROP TABLE t"]
)
def test_a_transaction_that_writes_says_so_before_it_can_be_seen(instance: Path, statement: str) -> None:
    engine = create_engine(f"sqlite:///{instance / 'a.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (a)"))
    generation = Generation(instance)
    follow(engine, generation)
    before = generation.read()
    with engine.connect() as connection:
        connection.execute(text("SELECT * FROM t"))
        connection.commit()
        connection.execute(text(statement))
        connection.rollback()
        assert generation.settled() == before, "what is read or given up changes nothing"
        connection.execute(text(statement))
        assert generation.settled() == before
        connection.commit()
        assert generation.read() != before
    assert generation.settled() is not None
    engine.dispose()
