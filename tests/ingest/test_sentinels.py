"""A word planted on the first, the middle and the last page of a file is found, or the receipt says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.sentinel_files import GROUPS, WORDS, File, pdf
from benchmarks.sentinels import judge

PAGES = 7


@pytest.mark.parametrize("group", GROUPS)
def test_planted_words_are_found_or_accounted_for(group: str, tmp_path: Path) -> None:
    lost = {}
    for number, file in enumerate(GROUPS[group](PAGES)):
        judged = judge(file, tmp_path / f"{number}", tmp_path / "scratch")
        assert file.words == WORDS
        if judged.lost:
            lost[file.name] = judged.lost
        if file.name.startswith("whole"):
            assert judged.extraction.status == "ok", file.name
    assert lost == {}


def test_page_that_cannot_be_read_among_others_is_named(tmp_path: Path) -> None:
    file = next(file for file in GROUPS["broken"](PAGES) if file.name == "bad-stream.pdf")
    judged = judge(file, tmp_path / "upload", tmp_path / "scratch")
    assert judged.extraction.status == "partial"
    assert any(str(PAGES // 2 + 1) in warning for warning in judged.extraction.warnings)


def test_blank_page_of_a_pdf_is_told(tmp_path: Path) -> None:
    file = File("a.pdf", pdf(["Here stands quokkafirst alone.", "", "And numbatlast."]), (WORDS[0], WORDS[2]))
    judged = judge(file, tmp_path / "upload", tmp_path / "scratch")
    assert (judged.extraction.pages, judged.extraction.pages_with_text) == (3, 2)


def test_silent_loss_is_noticed(tmp_path: Path) -> None:
    judged = judge(File("a.txt", b"Only numbatlast is here."), tmp_path / "upload", tmp_path / "scratch")
    assert judged.lost == WORDS[:2]
