"""The commands: what they do, how they end, and that each is described."""

from __future__ import annotations

import fcntl
import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from indexer.cli import main as indexer_group
from library import cli, create_app
from library.access.models import User
from library.catalogue.models import Document, Status
from library.extensions import db
from library.failures import sentence
from library.settings import ROOT


@pytest.fixture
def home(instance: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An instance folder that commands find, without a library in it."""
    monkeypatch.setenv("LIBRARY_INSTANCE", str(instance))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return instance


@pytest.fixture
def library(home: Path) -> Path:
    """The same with an empty library."""
    assert cli.run(["init", "--empty"]) == 0
    return home


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.md"
    path.write_text("# A note\n\nOn lanterns.\n")
    return path


def stored(home: Path) -> list[Document]:
    with create_app(home).app_context():
        found = db.session.query(Document).all()
        db.session.expunge_all()
        db.engine.dispose()
    return found


def test_init_sets_up_once_and_offers_the_first_administrator(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["init"]) == 0
    out = capsys.readouterr().out
    assert "12 topics" in out and re.search(r"https?://\S+/account/setup/\S+", out)
    assert (home / "index" / "current").is_file() and len(stored(home)) > 8
    assert cli.run(["init"]) == 0
    assert "loaded" not in capsys.readouterr().out


def test_import_prints_a_receipt_a_line_and_its_summary_apart(
    library: Path, note: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert cli.run(["import", "--publish", "--json", str(note), str(note.parent / "note.md")]) == 0
    said = capsys.readouterr()
    receipts = [json.loads(line) for line in said.out.splitlines()]
    assert [(r["status"], r["file"]) for r in receipts] == [("ok", str(note))]
    assert "1 files in" in said.err and "1 published" in said.err
    assert [d.status for d in stored(library)] == [Status.PUBLISHED]


def test_import_for_people_says_what_became_of_each_file(
    library: Path, note: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = note.parent / "empty.txt"
    empty.touch()
    assert cli.run(["import", str(note), str(empty)]) == 0
    err = capsys.readouterr().err
    assert "note.md: ok → a-note" in err and "0 bytes" in err and "1 empty" in err
    assert cli.run(["import", str(note)]) == 0
    assert "there already as a-note" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["import"],
        ["import", "/nowhere/at/all"],
        ["nonsense"],
        ["init", "--nonsense"],
        ["users", "add", "a@example.org"],
    ],
)
def test_wrong_usage_ends_with_two(home: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_an_unknown_topic_is_wrong_usage(library: Path, note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["import", "--topic", "nothing", str(note)]) == 2
    assert "nothing" in capsys.readouterr().err and stored(library) == []


def test_extract_needs_no_library_and_makes_none(home: Path, note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["extract", str(note), "--json"]) == 0
    receipt = json.loads(capsys.readouterr().out)
    assert receipt["status"] == "ok" and "On lanterns." in receipt["text"] and receipt["document"] is None
    assert list(home.iterdir()) == []
    assert cli.run(["extract", str(note)]) == 0
    assert capsys.readouterr().out.startswith("# A note")


@pytest.mark.parametrize("arguments", [["users", "list"], ["backup", "a.zip"], ["import", "."]])
def test_without_a_library_one_line_says_how_to_make_one(
    home: Path, arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    assert cli.run(arguments) == 1
    err = capsys.readouterr().err
    assert "library init" in err and len(err.splitlines()) == 1


def test_a_setting_that_cannot_be_used_is_told_in_one_line(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEB_WORKERS", "many")
    assert cli.run(["init"]) == 1
    assert capsys.readouterr().err.startswith("library: WEB_WORKERS is 'many'")


def test_a_database_out_of_reach_is_told_in_one_line(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{home}/no/such/folder/library.db")
    assert cli.run(["users", "list"]) == 1
    err = capsys.readouterr().err
    assert "database" in err and len(err.splitlines()) == 1


def test_ctrl_c_is_quiet(library: Path, note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from library.ingest import importing

    def interrupted(*_: object, **__: object) -> Iterator[None]:
        raise KeyboardInterrupt

    monkeypatch.setattr(importing, "take_in", interrupted)
    assert cli.run(["import", str(note)]) == cli.INTERRUPTED


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device"), "disk is full"),
        (PermissionError(13, "Permission denied", "/x/y"), "/x/y: Permission denied."),
        (ValueError("odd\nvery"), "ValueError: odd (set LIBRARY_TRACEBACK=1"),
    ],
)
def test_any_error_is_one_sentence(error: Exception, said: str) -> None:
    assert said in sentence(error) and "\n" not in sentence(error)


def test_accounts_are_added_listed_and_disabled(
    library: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough passphrase\nanother long passphrase\n"))
    assert cli.run(["users", "add", "root@example.org", "--role", "admin", "--password-stdin"]) == 0
    add = ["users", "add", "ada@example.org", "--role", "curator", "--name", "Ada", "--password-stdin"]
    assert cli.run(add) == 0
    capsys.readouterr()
    assert cli.run(["users", "list"]) == 0
    assert capsys.readouterr().out == "ada@example.org\tcurator\tAda\nroot@example.org\tadmin\n"
    assert cli.run(["users", "disable", "ada@example.org"]) == 0
    assert cli.run(["users", "disable", "nobody@example.org"]) == 1
    with create_app(library).app_context():
        assert [u.email for u in db.session.query(User) if u.disabled] == ["ada@example.org"]
        db.engine.dispose()


def test_backup_and_restore_from_the_command_line(
    library: Path, note: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.run(["import", "--publish", str(note)])
    archive = tmp_path / "all.zip"
    assert cli.run(["backup", str(archive)]) == 0
    assert "1 pieces, 1 originals" in capsys.readouterr().out
    other = tmp_path / "other"
    monkeypatch.setenv("LIBRARY_INSTANCE", str(other))
    assert cli.run(["restore", str(archive)]) == 0
    assert [d.slug for d in stored(other)] == ["a-note"] and (other / "index" / "current").is_file()


def test_restore_refuses_while_the_library_is_served(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "all.zip"
    cli.run(["backup", str(archive)])
    with (library / "serve.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert cli.run(["restore", str(archive)]) == 1
        assert "stop it first" in capsys.readouterr().err
        assert cli.run(["restore", "--force", str(archive)]) == 0
    assert cli.run(["restore", str(archive)]) == 0


def leaves(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    for word, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, f"{name} {word}")
        elif not command.hidden:
            yield f"{name} {word}", command


def test_every_command_and_option_is_described_and_every_described_one_exists() -> None:
    there = {
        name: {o for p in command.params if isinstance(p, click.Option) for o in (*p.opts, *p.secondary_opts)}
        for group, prefix in ((cli.library, "library"), (indexer_group, "indexer"))
        for name, command in leaves(group, prefix)
    }
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    described = {
        part.partition("`")[0]: set(re.findall(r"^- `(--[a-z-]+)`:", part, re.MULTILINE))
        for part in re.split(r"^### `", text, flags=re.MULTILINE)[1:]
    }
    assert described == there
