"""A word planted on the first, the middle and the last page of a file is found, or the receipt says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.sentinel_files import WORDS, File, files
from benchmarks.sentinels import judge

PAGES = 7
FILES = files(PAGES)


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_planted_word_is_found_or_accounted_for(file: File, tmp_path: Path) -> None:
    judged = judge(file, tmp_path / "upload", tmp_path / "scratch")
    assert judged.lost == ()
    if file.name.startswith("whole"):
        assert judged.extraction.status == "ok"


def test_there_are_at_least_forty_files() -> None:
    assert len({file.name for file in FILES}) == len(FILES) >= 40
    assert all(file.words == WORDS for file in FILES)


def test_page_that_is_a_scan_among_others_is_named(tmp_path: Path) -> None:
    file = next(file for file in FILES if file.name == "scanned-middle.pdf")
    judged = judge(file, tmp_path / "upload", tmp_path / "scratch")
    assert judged.extraction.status in ("partial", "ok"), "ok where text recognition is installed"
    if judged.extraction.status == "partial":
        assert any(str(PAGES // 2 + 1) in warning for warning in judged.extraction.warnings)


def test_judge_tells_a_silent_loss(tmp_path: Path) -> None:
    assert judge(File("a.txt", b"Only numbatlast is here."), tmp_path / "u", tmp_path / "s").lost == WORDS[:2]
