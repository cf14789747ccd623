"""Imports: the pipeline of an upload over files and folders of this machine."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from library.catalogue import documents, files, topics
from library.catalogue.errors import BadTopic
from library.catalogue.models import Document, Kind, Status
from library.catalogue.session import writing
from library.extensions import db
from library.ingest import Extraction, drafting, importing
from library.ingest import Status as Outcome


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with two texts, a hidden one, and one that cannot be read."""
    folder = tmp_path / "shelf"
    (folder / "below").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "x.md").write_text("# Hidden\n\nText.")
    (folder / ".secret.md").write_text("# Secret\n\nText.")
    (folder / "below" / "guide.md").write_text("---\ncountries: [GH]\n---\n# Guide to lanterns\n\nA lantern shines.\n")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "note.txt").write_text("A note about lanterns and how they shine at night over the harbour.\n")
    return folder


def take(*paths: Path, **options: Any) -> tuple[list[dict[str, Any]], importing.Tally]:
    receipts: list[dict[str, Any]] = []
    tally = importing.take_in(importing.collect(paths), receipts.append, **options)
    return receipts, tally


def test_a_folder_gives_a_receipt_for_each_file_in_order(app: Flask, shelf: Path) -> None:
    receipts, tally = take(shelf)
    assert [Path(r["file"]).name for r in receipts] == ["guide.md", "empty.txt", "note.txt"]
    assert [r["status"] for r in receipts] == ["ok", "empty", "ok"]
    assert receipts[0]["document"]["slug"] == "guide-to-lanterns" and receipts[1]["document"] is None
    assert (tally.files, tally.drafted, tally.published) == (3, 2, 0)
    assert list(receipts[0]) == list(Extraction("", Outcome.ok).receipt())


def test_importing_again_changes_nothing_and_says_where_the_file_is(app: Flask, shelf: Path) -> None:
    take(shelf, publish=True)
    receipts, tally = take(shelf, publish=True)
    assert (tally.duplicates, tally.drafted) == (2, 0)
    assert receipts[0]["duplicate_of"] == "guide-to-lanterns"
    assert receipts[0]["document"]["slug"] == "guide-to-lanterns" and "Guide to lanterns" in receipts[0]["reason"]
    assert db.session.query(Document).count() == 2


def test_the_same_bytes_twice_in_one_import_make_one_document(app: Flask, tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("# Same\n\nThe same text.")
    receipts, tally = take(tmp_path / "a.md", tmp_path / "b.md")
    assert receipts[1]["duplicate_of"] == receipts[0]["document"]["slug"] and tally.drafted == 1


def test_signs_that_the_file_got_from_a_wrong_decoding_are_mended(app: Flask, tmp_path: Path) -> None:
    text = "# What people can\x92t do\n\nThe clerk said \x93no\x94 \x96 and it\xe2\x80\x99s final.\n"
    (tmp_path / "note.md").write_text(text, encoding="utf-8")
    take(tmp_path / "note.md", publish=True)
    shown = db.session.query(Document).one().shown
    assert shown.title == "What people can’t do"
    assert "said “no” – and it’s final" in shown.body and "said “no” – and it’s final" in shown.sections[-1].html


def test_the_same_title_in_another_file_gets_an_address_of_its_own(app: Flask, tmp_path: Path) -> None:
    for name, text in (("a.md", "one"), ("b.md", "two")):
        (tmp_path / name).write_text(f"# Same\n\nText {text}.")
    receipts, _tally = take(tmp_path / "a.md", tmp_path / "b.md")
    assert [r["document"]["slug"] for r in receipts] == ["same", "same-2"]


def test_published_pieces_carry_the_topics_asked_for(app: Flask, shelf: Path) -> None:
    topics.create("privacy", {"en": "Privacy"})
    importing.check_topics(["privacy"])
    take(shelf / "note.txt", topics=["privacy"], publish=True)
    document = db.session.query(Document).one()
    assert document.status == Status.PUBLISHED and [t.slug for t in document.topics] == ["privacy"]


def test_an_unknown_topic_or_path_is_refused_before_anything_is_read(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(BadTopic, match="none yet"):
        importing.check_topics(["privacy"])
    with pytest.raises(importing.NoSuchPath, match="nowhere"):
        importing.collect([tmp_path / "nowhere"])


def test_a_topic_is_meant_by_its_name_or_a_synonym_too(app: Flask, tmp_path: Path) -> None:
    topics.create("privacy", {"en": "Privacy", "fr": "Vie privée"}, synonyms={"en": ["data protection"]})
    text = "---\ntopics: [vie privée, Data Protection, Unheard]\n---\n# A\n\nText."
    (tmp_path / "a.md").write_text(text)
    receipts, _tally = take(tmp_path / "a.md")
    found = documents.by_slug("a")
    assert found is not None and found.document.latest.topics == ["privacy"]
    assert any("Unheard" in warning for warning in receipts[0]["warnings"])


def test_a_translation_is_linked_though_its_original_comes_later(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "a.fr.md").write_text("---\ntranslation_of: lanterns\nlanguage: fr\n---\n# Lanternes\n\nTexte.")
    (tmp_path / "b.md").write_text("# Lanterns\n\nText.")
    receipts, tally = take(tmp_path / "a.fr.md", tmp_path / "b.md")
    found = documents.by_slug("lanternes")
    assert tally.linked == 1 and found is not None and found.document.translation_of is not None
    assert found.document.translation_of.slug == "lanterns"
    assert any("lanterns" in warning for warning in receipts[0]["warnings"])


def test_a_translation_of_what_is_there_is_linked_at_once(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Lanterns\n\nText.")
    (tmp_path / "b.md").write_text("---\ntranslation_of: lanterns\n---\n# Lanternes\n\nTexte.")
    receipts, tally = take(tmp_path / "a.md", tmp_path / "b.md")
    found = documents.by_slug("lanternes")
    assert found is not None and found.document.translation_of is not None
    assert tally.linked == 0 and receipts[1]["warnings"] == []


def test_a_file_that_may_not_be_opened_gets_its_receipt(app: Flask, tmp_path: Path) -> None:
    broken = tmp_path / "broken.md"
    broken.write_text("x")
    paths = importing.collect([broken])
    broken.unlink()
    receipts: list[dict[str, Any]] = []
    importing.take_in(paths, receipts.append)
    assert receipts[0]["status"] == "unsupported" and "could not be opened" in receipts[0]["reason"]


def test_a_piece_without_words_stays_a_draft(app: Flask) -> None:
    prepared = drafting.prepare(Extraction("a.md", Outcome.ok, title="Only a rule", markdown="---\n"))
    assert not prepared.says_something and any("stays a draft" in w for w in prepared.extraction.warnings)
    with writing():
        file = files.store(io.BytesIO(b"---"), "a.md")
        assert drafting.write(prepared, file, by=None, publish=True).status == Status.DRAFT


@pytest.mark.parametrize(
    ("extraction", "kind"),
    [
        (Extraction("a", Outcome.ok, format="pdf", characters=500), Kind.REPORT),
        (Extraction("a", Outcome.ok, format="markdown", characters=500, markdown="## A\n" * 5), Kind.ARTICLE),
        (Extraction("a", Outcome.ok, format="pdf", characters=50_000, markdown="## A\n\n" * 4), Kind.GUIDEBOOK),
        (Extraction("a", Outcome.ok, characters=50_000, markdown="```\n## A\n## A\n## A\n## A\n```\n"), Kind.ARTICLE),
    ],
)
def test_the_kind_is_guessed_from_format_length_and_chapters(extraction: Extraction, kind: Kind) -> None:
    assert drafting.guess_kind(extraction) == kind
