"""What the nursery reads before its first child."""

from __future__ import annotations

from pathlib import Path

import pytest

from library.ingest import child
from library.ingest.extraction import Limits, Status
from library.ingest.first_texts import first_texts


@pytest.mark.parametrize(("name", "content"), list(first_texts()), ids=[name for name, _ in first_texts()])
def test_each_first_text_is_a_file_of_its_format_and_is_read(
    name: str, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content)
    found = child.read(Path(name), name, Limits())
    assert (found["status"], found["format"]) == (
        Status.ok,
        name.rpartition(".")[2].replace("md", "markdown").replace("txt", "text"),
    )
