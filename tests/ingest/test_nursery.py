"""What the nursery reads before its first child."""

from __future__ import annotations

from pathlib import Path

import pytest

from library.ingest import child
from library.ingest.extraction import Limits, Status
from library.ingest.first_texts import first_texts


@pytest.mark.parametrize(("name", "content"), list(first_texts()), ids=[name for name, _ in first_texts()])
def test_each_first_text_is_a_file_of_its_format_and_is_read_without_a_trace(
    name: str, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, elsewhere = tmp_path / name, tmp_path / "elsewhere"
    written.write_bytes(content)
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    found = child.read(written, name, Limits())
    assert (found["status"], found["format"]) == (
        Status.ok,
        name.rpartition(".")[2].replace("md", "markdown").replace("txt", "text"),
    )
    assert not [*elsewhere.iterdir()]
