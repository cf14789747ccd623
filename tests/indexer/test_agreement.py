"""Readers show a commit once all of them have opened it."""

from __future__ import annotations

import errno
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import agreement
from indexer.agreement import Reader


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Reader, Reader]]:
    one, other = Reader(tmp_path), Reader(tmp_path)
    yield one, other
    one.leave()
    other.leave()


def test_a_commit_is_shown_when_all_have_opened_it(two: tuple[Reader, Reader]) -> None:
    one, other = two
    before, commit = time.time() - 60, time.time()
    one.holds([before])
    other.holds([before])
    one.holds([commit])
    assert one.newest([commit]) == -1
    other.holds([commit])
    assert one.newest([commit]) == 0 and other.shown() == commit


def test_a_commit_that_one_has_passed_over_is_shown_by_none(two: tuple[Reader, Reader]) -> None:
    one, other = two
    before, passed, commit = (time.time() - seconds for seconds in (3, 2, 1))
    one.holds([before, passed])
    other.holds([before, commit])
    assert one.newest([passed]) == -1 and other.newest([commit]) == -1
    one.holds([before, passed, commit])
    assert one.newest([passed, commit]) == 1 and other.newest([commit]) == 0


def test_what_one_shows_the_others_show_even_if_a_newcomer_is_behind(
    two: tuple[Reader, Reader], tmp_path: Path
) -> None:
    one, other = two
    commit = time.time()
    one.holds([commit])
    other.holds([commit])
    assert one.newest([commit]) == 0
    newcomer = Reader(tmp_path)
    newcomer.holds([commit - 60])
    assert other.newest([commit]) == 0
    newcomer.leave()


def test_the_slowest_is_waited_for_only_so_long(two: tuple[Reader, Reader], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = two
    commit = time.time()
    other.holds([commit - 60])
    one.holds([commit])
    assert one.newest([commit]) == -1
    monkeypatch.setattr(agreement, "PATIENCE", 0.0)
    assert one.newest([commit]) == 0


def test_the_dead_are_not_waited_for_and_leave_no_file(tmp_path: Path) -> None:
    code = "import sys, pathlib, os; from indexer.agreement import Reader\n"
    code += "Reader(pathlib.Path(sys.argv[1])).holds([1.0]); print('joined', flush=True); os._exit(9)"
    done = subprocess.run([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True, check=False)
    assert done.stdout == "joined\n" and len(list((tmp_path / "readers").iterdir())) == 1
    reader, commit = Reader(tmp_path), time.time()
    reader.holds([commit])
    assert reader.newest([commit]) == 0
    assert len(list((tmp_path / "readers").iterdir())) == 1
    reader.leave()


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    reader = Reader(tmp_path / "file")
    reader.holds([1.0])
    assert reader.newest([time.time()]) == 0
    reader.leave()


def test_a_disk_that_takes_nothing_more_stops_no_reader(
    two: tuple[Reader, Reader], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one, _other = two

    def full(*_given: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(agreement.os, "pwrite", full)
    one.holds([1.0, 2.0])
    assert "cannot be told to others" in caplog.text
    assert one.newest([1.0]) == 0, "long ago: the others were waited for"
