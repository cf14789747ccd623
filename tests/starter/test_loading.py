"""The starter library loads once; what curators did to it stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from library.catalogue import documents, topics
from library.catalogue.models import Document, Status
from library.extensions import db
from library.starter import load
from library.starter.loading import FOLDER, BadStarter, Loaded


def texts() -> list[str]:
    return sorted(path.stem for shelf in ("documents", "pages") for path in (FOLDER / shelf).glob("*.md"))


def test_everything_that_ships_is_published_once(app: Flask) -> None:
    loaded = load()
    assert loaded.pieces == len(texts()) > 8 and loaded.topics == 12
    assert sorted(d.slug for d in db.session.query(Document)) == texts()
    assert {d.status for d in db.session.query(Document)} == {Status.PUBLISHED}
    assert load() == Loaded(0, 0)


def test_translations_are_linked_to_their_originals(app: Flask) -> None:
    load()
    linked = {d.shown.language for d in db.session.query(Document) if d.translation_of is not None}
    assert linked >= {"fr", "es"}


def test_what_curators_changed_stays(app: Flask) -> None:
    load()
    found = documents.by_slug("about")
    assert found is not None
    documents.withdraw(found.document, "We write it anew.")
    piece = documents.by_slug("countering-disinformation-guidebook")
    assert piece is not None
    documents.move(piece.document, "another-address")
    leaf = topics.create("lanterns", {"en": "Lanterns"})
    topics.delete(leaf)
    assert load() == Loaded(0, 0)
    assert found.document.status == Status.WITHDRAWN


def test_a_topic_that_was_deleted_does_not_come_back(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "topics.yaml").write_text("topics:\n  - {slug: a, parent: null, names: {en: A}}\n")
    assert load(tmp_path).topics == 1
    topic = topics.by_slug("a")
    assert topic is not None
    topics.delete(topic)
    assert load(tmp_path).topics == 0


@pytest.mark.parametrize("line", ["translation_of: nowhere", "kind: poem", "title: [a"])
def test_a_text_that_cannot_be_loaded_as_written_is_a_fault(app: Flask, tmp_path: Path, line: str) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.md").write_text(f"---\ntitle: A\n{line}\n---\n\nText.\n")
    with pytest.raises(BadStarter, match=r"a\.md"):
        load(tmp_path)
