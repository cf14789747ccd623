"""The commands, run as a person runs them: output, exit status, one clear line on stderr."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer import cli, generations
from indexer.following import follow
from indexer.snapshot import open_snapshot
from tests.indexer.conftest import MemorySource, section


@pytest.fixture
def run(source: MemorySource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LIBRARY_INSTANCE", str(tmp_path))
    monkeypatch.setattr(cli, "open_source", source.opened)

    monkeypatch.setattr(cli, "_give_way", lambda: None)  # these tests are no process of their own

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(cli.main, arguments)

    return invoke


def test_each_rebuild_makes_a_new_generation_and_keeps_the_one_before(run, source, root):
    source.publish(section("1", "alpha"), section("1", "beta", position=1))
    result = run("rebuild")
    assert result.exit_code == 0, result.output
    assert "1 documents, 2 sections" in result.output
    first = generations.read_pointer(root)
    assert run("rebuild").exit_code == 0
    assert generations.read_pointer(root).previous == first.current


def test_a_rebuild_tells_how_the_judged_queries_do(run, source):
    source.publish(section("1", "alpha", title="Alpha"))
    assert "judged" not in run("rebuild").output
    source.judge("alpha", "1")
    assert "1 of 1 judged queries find their piece on the first page.\n" in run("rebuild").stdout
    for n in range(30):
        source.judge(f"beta{n}", "1")
    result = run("rebuild")
    assert result.exit_code == 0
    assert "1 of 31 judged queries find their piece on the first page.\n" in result.stdout
    assert "“beta0” does not find “Alpha” among the first 100.\n" in result.stderr
    assert "… and 10 more." in result.stderr


def test_a_rebuild_that_does_worse_ends_with_1_and_force_switches(run, source, root):
    source.publish(section("1", "alpha", title="Alpha"))
    source.judge("alpha", "1")
    run("rebuild")
    before = generations.read_pointer(root)
    source.publish(section("1", "beta", title="Beta"))
    result = run("rebuild")
    assert result.exit_code == 1
    assert "“alpha” does not find “Beta” among the first 100 instead of finding it at place 1" in result.stderr
    assert len([line for line in result.stderr.splitlines() if line.startswith("Error: ")]) == 1
    assert generations.read_pointer(root) == before
    result = run("rebuild", "--force")
    assert (result.exit_code, generations.read_pointer(root).previous) == (0, before.current)
    assert "0 of 1 judged queries" in result.stdout


def test_status_tells_what_is_there(run, source):
    missing = run("status", "--json")
    assert missing.exit_code == 1
    state = json.loads(missing.stdout)
    assert state["ready"] is False
    assert "indexer rebuild" in state["reason"]
    assert "Not ready" in run("status").output
    source.publish(section("1", "alpha"))
    run("rebuild")
    state = json.loads(run("status", "--json").stdout)
    assert (state["ready"], state["documents"], state["entries"], state["change"]) == (True, 1, 1, 1)
    assert "Ready: generation" in run("status").output


def test_verify_ends_with_1_and_names_the_differences(run, source):
    source.publish(section("1", "alpha"))
    run("rebuild")
    result = run("verify")
    assert (result.exit_code, "agrees with the database" in result.output) == (0, True)
    for n in range(2, 30):
        source.pieces[str(n)] = [section(str(n), "beta")]
    result = run("verify")
    assert result.exit_code == 1
    assert "Document 2 is missing" in result.output
    assert "… and 8 more." in result.output
    assert "differs from the database in 28 points" in result.output
    assert "Traceback" not in result.output


def test_verify_waits_for_a_running_follower(run, source, root):
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(source.opened, root, stop))
    thread.start()
    try:
        until = time.monotonic() + 10
        while not (root / "current").exists() and time.monotonic() < until:
            time.sleep(0.02)
        source.publish(section("1", "alpha"))
        result = run("verify")
        assert result.exit_code == 0, result.output
        assert open_snapshot(root).change == 1
    finally:
        stop.set()
        thread.join(3)


def test_verify_tells_that_nothing_follows(run, source):
    run("rebuild")
    source.publish(section("1", "alpha"))
    result = run("verify")
    assert result.exit_code == 1
    assert "is `indexer run` running?" in result.output


def test_rollback(run, source, root):
    run("rebuild")
    result = run("rollback")
    assert (result.exit_code, "no generation to go back to" in result.output) == (1, True)
    run("rebuild")
    pointer = generations.read_pointer(root)
    assert f"Generation {pointer.previous} is live again" in run("rollback").output


def test_what_fails_is_one_line_and_no_traceback(run, monkeypatch):
    def broken():
        raise RuntimeError("the database is away\nand more")

    monkeypatch.setattr(cli, "open_source", broken)
    result = run("rebuild")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the database is away")
    assert len(result.stderr.strip().splitlines()) == 1
    assert run("nonsense").exit_code == 2
    assert run("eval").exit_code == 2
    monkeypatch.setenv("INDEXER_TRACEBACK", "1")
    assert isinstance(run("rebuild").exception, RuntimeError)


def test_every_command_has_help(run):
    assert run("--help").exit_code == 0
    for name, command in cli.main.commands.items():
        assert len(command.help or "") > 30, name
        assert run(name, "--help").exit_code == 0


FOLLOWER = """
import sys
from indexer import cli
from tests.indexer.conftest import MemorySource
cli.open_source = MemorySource().opened
cli.main(["run"])
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_stops_within_a_second_and_a_second_one_is_told(tmp_path: Path, number: signal.Signals) -> None:
    environment = os.environ | {"LIBRARY_INSTANCE": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", FOLLOWER]
    first = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 20
    while not (tmp_path / "index" / "current").exists() and time.monotonic() < until:
        time.sleep(0.05)
    second = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "already follows changes" in second.stderr
    started = time.monotonic()
    first.send_signal(number)
    _, stderr = first.communicate(timeout=10)
    assert (first.returncode, time.monotonic() - started < 2) == (0, True)
    assert "Traceback" not in stderr


def collection(folder: Path) -> Path:
    folder.mkdir()
    rows = [
        {
            "id": "a",
            "title": "Right to know",
            "text": "Every person may ask a public body for the information it holds.",
        },
        {"id": "b", "title": "Assembly", "text": "People may gather peacefully in the streets without permission."},
        {
            "id": "c",
            "title": "Privacy",
            "text": "The state must protect personal data of all its citizens.",
            "lang": "en",
        },
    ]
    (folder / "corpus.jsonl").write_text("\n".join(json.dumps(row) for row in rows) + "\n")
    queries = [
        {"id": "1", "text": "asking for information"},
        {"id": "2", "text": "zebras"},
        {"id": "3", "text": "none"},
    ]
    (folder / "queries.jsonl").write_text("\n".join(json.dumps(query) for query in queries))
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t1\n2\tb\t1\n3\tc\t0\n")
    return folder


def test_eval_prints_the_measures(run, tmp_path):
    folder = collection(tmp_path / "tiny")
    result = run("eval", str(folder), "--json")
    measures = json.loads(result.stdout)
    assert (measures["queries"], measures["documents"], measures["language"]) == (2, 3, "en")
    assert (measures["ndcg_10"], measures["recall_100"], measures["mrr"]) == (0.5, 0.5, 0.5)
    assert "nDCG@10" in run("eval", str(folder)).output


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("corpus.jsonl", '{"id": 1}\n', "line 1"),
        ("queries.jsonl", "nonsense", "line 1"),
        ("qrels.tsv", "head\n1 a 1\n", "three columns"),
        ("qrels.tsv", "head\n", "no query has judgements"),
        ("corpus.jsonl", None, "cannot be read"),
    ],
)
def test_eval_of_a_bad_collection_says_which_line(run, tmp_path, name, content, message):
    folder = collection(tmp_path / "tiny")
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content)
    result = run("eval", str(folder))
    assert result.exit_code == 1
    assert message in result.stderr
