"""Watched folders: what comes is given once it has come to rest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask

from library.ingest import importing
from library.ingest.sources import Item
from library.ingest.watching import Watch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "incoming"
    path.mkdir()
    return path


def names(items: list[Item]) -> list[str]:
    return [item.name for item in items]


def test_a_file_is_given_once_when_two_looks_find_it_the_same(app: Flask, folder: Path) -> None:
    watch = Watch([folder])
    (folder / "a.md").write_text("# A\n\nText.")
    assert watch.look() == []
    assert names(watch.look()) == ["a.md"]
    assert watch.look() == []


def test_a_file_that_still_grows_waits_and_holds_up_no_other(app: Flask, folder: Path) -> None:
    watch = Watch([folder])
    (folder / "a.md").write_text("# A\n\nText.")
    (folder / "b.md").write_text("# B")
    watch.look()
    (folder / "b.md").write_text("# B\n\nMore.")
    assert names(watch.look()) == ["a.md"]
    assert names(watch.look()) == ["b.md"]


def test_a_file_that_changes_is_given_again(app: Flask, folder: Path) -> None:
    watch = Watch([folder])
    (folder / "a.md").write_text("# A\n\nText.")
    watch.look(), watch.look()
    (folder / "a.md").write_text("# A\n\nOther text.")
    watch.look()
    assert names(watch.look()) == ["a.md"]


def test_a_file_replaced_by_another_of_its_size_and_time_is_given_again(app: Flask, folder: Path) -> None:
    watch = Watch([folder])
    (folder / "a.md").write_text("# A\n\nText.")
    watch.look(), watch.look()
    state = (folder / "a.md").stat()
    (folder / ".new").write_text("# A\n\nTest.")
    os.utime(folder / ".new", ns=(state.st_atime_ns, state.st_mtime_ns))
    (folder / ".new").rename(folder / "a.md")
    watch.look()
    assert names(watch.look()) == ["a.md"]


def test_a_folder_waits_for_the_manifest_that_is_being_written(app: Flask, folder: Path) -> None:
    watch = Watch([folder])
    (folder / "a.md").write_text("# A\n\nText.")
    watch.look()
    (folder / "manifest.csv").write_text("file,title\n")
    assert watch.look() == []
    (folder / "manifest.csv").write_text("file,title\na.md,Named\nlater.md,Later\n")
    assert watch.look() == []
    items = watch.look()
    assert [(item.name, item.fields.get("title")) for item in items] == [("a.md", "Named"), ("later.md", "Later")]
    (folder / "later.md").write_text("# L\n\nText.")
    watch.look()
    assert [(item.name, item.fields.get("title")) for item in watch.look()] == [("later.md", "Later")]


def test_a_watch_begun_anew_gives_what_the_memory_knows_and_nothing_changes(app: Flask, folder: Path) -> None:
    (folder / "a.md").write_text("# A\n\nText.")
    for drafted in (1, 0):
        watch = Watch([folder])
        watch.look()
        tally = importing.take_in(watch.look(), lambda receipt: None)
        assert (tally.files, tally.drafted) == (1, drafted)
    assert (folder / "a.md").exists()


def test_a_folder_that_is_away_for_a_while_is_looked_at_again(app: Flask, folder: Path) -> None:
    watch = Watch([folder])
    (folder / "a.md").write_text("# A\n\nText.")
    watch.look(), watch.look()
    folder.rename(folder.with_name("away"))
    assert watch.look() == []
    folder.with_name("away").rename(folder)
    watch.look()
    assert names(watch.look()) == ["a.md"]
