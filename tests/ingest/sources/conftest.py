"""What the tests of sources share: an import of paths, and words enough for a piece."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from library.catalogue import documents
from library.catalogue.models import Document
from library.ingest import importing
from library.ingest.importing import Tally

Taken = tuple[list[dict[str, Any]], Tally, list[str]]


@pytest.fixture
def take(app: Flask) -> Callable[..., Taken]:
    """Imports paths: (receipts, tally, remarks)."""

    def importer(*paths: Path, kind: str | None = None, stubs: bool = False, **options: Any) -> Taken:
        receipts: list[dict[str, Any]] = []
        found = importing.collect(paths, kind, stubs=stubs)
        tally = importing.take_in(found, receipts.append, **options)
        assert len(found) == len(receipts), "as many as were announced"
        return receipts, tally, list(found.remarks)

    return importer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder to import from, away from the instance."""
    path = tmp_path / "from"
    path.mkdir()
    return path


def piece(slug: str) -> Document:
    """The piece at an address."""
    found = documents.by_slug(slug)
    assert found is not None, slug
    return found.document


def described(slug: str) -> dict[str, Any]:
    """What the latest revision of a piece says of it."""
    latest = piece(slug).latest
    names = ("title", "summary", "authors", "topics", "language", "source_url", "licence", "publisher", "countries")
    return {name: getattr(latest, name) for name in names} | {
        "published": str(latest.published_on or latest.year or "")
    }
