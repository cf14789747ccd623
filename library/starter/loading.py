"""Load what ships with the library; what a curator has changed, moved, withdrawn or deleted since stays so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from library.catalogue import documents, topics
from library.catalogue.metadata import from_front_matter
from library.catalogue.models import LogEntry, Slug, Topic
from library.catalogue.session import writing
from library.extensions import db
from library.ingest import frontmatter

FOLDER = Path(__file__).resolve().parent
SHELVES = ("documents", "pages")
NOTE = "Starter library"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many were new."""

    topics: int
    pieces: int


class BadStarter(Exception):
    """A text that ships cannot be loaded: a fault of the package."""


def load(folder: Path = FOLDER) -> Loaded:
    """Load topics and texts that the library never had, published; each in a transaction of its own.

    A text's address is its file's name. Killed on the way, the next call goes on where this one ended.
    """
    return Loaded(_load_topics(folder / "topics.yaml"), _load_texts(folder))


def _load_topics(path: Path) -> int:
    wanted = yaml.safe_load(path.read_text(encoding="utf-8"))["topics"] if path.is_file() else []
    # The desk's log says which topics a curator took away; such a one does not come back with the next start.
    had = set(db.session.scalars(select(Topic.slug)))
    taken = (LogEntry.action == "untopic") | LogEntry.detail.endswith(" deleted")  # how it was said before
    had |= {
        detail.removesuffix(" deleted")
        for detail in db.session.scalars(
            select(LogEntry.detail).where(LogEntry.action.in_(("topic", "untopic")), taken)
        )
    }
    new: list[Mapping[str, Any]] = [topic for topic in wanted if topic["slug"] not in had]
    for topic in new:
        topics.create(
            topic["slug"],
            topic["names"],
            parent=topics.by_slug(topic["parent"]) if topic.get("parent") else None,
            synonyms=topic.get("synonyms"),
            descriptions=topic.get("description") or topic.get("descriptions"),
        )
    return len(new)


def _load_texts(folder: Path) -> int:
    paths = [path for shelf in SHELVES for path in sorted((folder / shelf).glob("*.md"))]
    had = set(db.session.scalars(select(Slug.slug).where(Slug.slug.in_([path.stem for path in paths]))))
    read = [(path, *_read(path)) for path in paths if path.stem not in had]
    # Originals before their translations, so that a translation is linked as it is made.
    for path, fields, body in sorted(read, key=lambda text: "translation_of" in text[1]):
        _publish(path, fields, body)
    return len(read)


def _read(path: Path) -> tuple[dict[str, Any], str]:
    fields, body, warnings = frontmatter.split(path.read_text(encoding="utf-8"))
    if warnings:
        raise BadStarter(f"{path.name}: {' '.join(warnings)}")
    return fields, body


def _publish(path: Path, fields: Mapping[str, Any], body: str) -> None:
    metadata, warnings = from_front_matter(fields, path.stem)
    original = documents.by_slug(str(fields.get("translation_of", "")))
    if "translation_of" in fields and original is None:
        warnings.append(f"Its original “{fields['translation_of']}” is not there.")
    if warnings:
        raise BadStarter(f"{path.name}: {' '.join(warnings)}")
    with writing():
        document = documents.create(metadata, body, slug=path.stem, note=NOTE)
        if original is not None:
            documents.translate(document, original.document)
        documents.publish(document, note=NOTE)
