"""Manifests: what a CSV or JSON list says of the files beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from library.catalogue import topics
from library.ingest.importing import Outcome
from library.ingest.sources import kind_of
from tests.ingest.sources.conftest import Taken, described, piece


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "shelf"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.md").write_text(
        "---\nauthors: [Nobody]\nlicence: MIT\n---\n# Lanterns\n\nA lantern shines at night.\n"
    )
    (folder / "deep" / "b.txt").write_text("The harbour of the town is lit by lamps that the council pays for.\n")
    (folder / "c.txt").write_text("Nobody names this file, which tells of markets.\n")
    (tmp_path / "outside.txt").write_text("Outside of the folder.\n")
    return folder


def test_a_table_gives_files_their_description(shelf: Path, take: Callable[..., Taken]) -> None:
    topics.create("light", {"en": "Light", "fr": "Lumière"})
    table = shelf / "list.csv"
    table.write_text(
        "file,title,authors,topics,countries,published,language,source,licence\n"
        '"a.md","Lanterns, explained","Mensah, Ama; Kofi Osei","lumière",GH;KE,2021-05-04,en,https://example.org/a,CC-BY-4.0\n'
        "./deep/b.txt,Harbour lights,,,gh,2019,en,,\n"
    )
    receipts, tally, remarks = take(table)
    assert [r["status"] for r in receipts] == ["ok", "ok"] and tally.drafted == 2 and remarks == []
    assert described("lanterns-explained") == {
        "title": "Lanterns, explained",
        "summary": "",
        "authors": ["Mensah, Ama", "Kofi Osei"],
        "topics": ["light"],
        "language": "en",
        "source_url": "https://example.org/a",
        "licence": "CC-BY-4.0",
        "publisher": "",
        "countries": ["GH", "KE"],
        "published": "2021-05-04",
    }
    assert described("harbour-lights")["countries"] == ["GH"] and described("harbour-lights")["published"] == "2019"


def test_the_file_s_own_title_stays_in_its_text_when_another_is_given(shelf: Path, take: Callable[..., Taken]) -> None:
    (shelf / "list.csv").write_text("file,title\na.md,On light\n")
    take(shelf / "list.csv")
    assert "**Lanterns**" in piece("on-light").latest.body


def test_tables_with_semicolons_and_in_old_encodings_are_read(shelf: Path, take: Callable[..., Taken]) -> None:
    (shelf / "list.csv").write_bytes('File;Title;Authors\na.md;"Lumière";"Zoë; Björk"\n'.encode("cp1252"))
    take(shelf / "list.csv")
    assert described("lumiere")["authors"] == ["Zoë", "Björk"] and described("lumiere")["title"] == "Lumière"


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_objects_of_json_do_as_lines_of_a_table(shelf: Path, take: Callable[..., Taken], form: str) -> None:
    rows = [
        {"file": "a.md", "title": "Lanterns here", "authors": ["Ama Mensah"], "countries": ["GH"]},
        {"file": "deep/b.txt", "title": "Harbour"},
    ]
    text = json.dumps(rows) if form == "json" else "\n".join(json.dumps(row) for row in rows)
    (shelf / f"list.{form}").write_text(text)
    receipts, _tally, _remarks = take(shelf / f"list.{form}")
    assert [r["title"] for r in receipts] == ["Lanterns here", "Harbour"]
    assert described("lanterns-here")["authors"] == ["Ama Mensah"]


def test_missing_files_and_those_outside_have_receipts_that_say_so(shelf: Path, take: Callable[..., Taken]) -> None:
    (shelf / "link.txt").symlink_to(shelf.parent / "outside.txt")
    (shelf / "list.csv").write_text(
        "file,title\nnowhere.pdf,X\n../outside.txt,Y\n/etc/hostname,Z\nlink.txt,L\nc.txt,C\n"
    )
    receipts, tally, _remarks = take(shelf / "list.csv")
    assert [r["status"] for r in receipts] == ["empty", "unsafe", "unsafe", "unsafe", "ok"]
    assert "nowhere.pdf" in receipts[0]["reason"] and "not there" in receipts[0]["reason"]
    assert "outside the folder" in receipts[1]["reason"] and tally.drafted == 1


def test_unknown_columns_are_told_once(shelf: Path, take: Callable[..., Taken]) -> None:
    (shelf / "list.csv").write_text("file,shelfmark\na.md,1\nc.txt,2\n")
    _receipts, _tally, remarks = take(shelf / "list.csv")
    assert len(remarks) == 1 and "shelfmark" in remarks[0]


def test_a_folder_with_a_manifest_gives_its_other_files_too(shelf: Path, take: Callable[..., Taken]) -> None:
    (shelf / "manifest.csv").write_text("file,title\na.md,Named\n")
    (shelf / "prices.csv").write_text("file,price\nx,1\n")
    receipts, _tally, _remarks = take(shelf)
    assert [Path(r["file"]).name for r in receipts] == ["a.md", "c.txt", "b.txt", "prices.csv"]
    assert receipts[0]["title"] == "Named"


def test_a_manifest_given_later_describes_what_is_there(shelf: Path, take: Callable[..., Taken]) -> None:
    take(shelf / "a.md")
    (shelf / "manifest.csv").write_text("file,title,countries\na.md,Lanterns of Ghana,GH\n")
    receipts, tally, _remarks = take(shelf / "manifest.csv")
    assert (tally.revised, tally.drafted) == (1, 0) and receipts[0]["document"]["slug"] == "lanterns"
    assert described("lanterns")["title"] == "Lanterns of Ghana" and described("lanterns")["countries"] == ["GH"]
    _receipts, tally, _remarks = take(shelf / "a.md")
    assert tally.outcomes["markdown", "ok", Outcome.THERE] == 1 and tally.revised == 0


def test_what_is_no_list_of_files_is_no_manifest(tmp_path: Path) -> None:
    for name, text in (
        ("a.csv", "name,price\nx,1\n"),
        ("b.json", '{"a": 1}'),
        ("c.json", "[1, 2"),
        ("d.csv", "file\n"),
    ):
        (tmp_path / name).write_text(text)
        assert kind_of(tmp_path / name) == "files"
