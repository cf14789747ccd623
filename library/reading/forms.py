"""Other forms of a piece: Markdown with front matter, plain text, JSON."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import yaml

from library.catalogue.metadata import Metadata, to_front_matter
from library.catalogue.models import Document, Revision, Section
from library.extensions import db
from library.serving.urls import absolute

FORMS = {"md": "text/markdown", "txt": "text/plain", "json": "application/json"}


def markdown(document: Document, revision: Revision) -> str:
    """The revision as a Markdown file that can be uploaded again: front matter, title, body."""
    original = document.translation_of.slug if document.translation_of else None
    fields = to_front_matter(Metadata.of(revision), original)
    front = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{front}---\n\n# {revision.title}\n\n{revision.body.strip()}\n"


def text(document: Document, revision: Revision) -> str:
    """The revision as plain text: title, summary, then section by section with its heading."""
    parts = [revision.title, revision.summary, ", ".join(revision.authors), absolute(path(document))]
    for section in revision.sections:
        parts.append(f"{'#' * section.level} {section.heading}" if section.level else "")
        parts.extend(block for _, block in section.blocks)
    return "\n\n".join(part for part in parts if part) + "\n"


def as_json(document: Document, revision: Revision) -> str:
    """The revision with its metadata and sections; addresses are absolute."""
    fields: dict[str, Any] = to_front_matter(Metadata.of(revision))
    record = {
        "id": document.id,
        "uuid": document.uuid,
        "slug": document.slug,
        "url": absolute(path(document)),
        "revision": revision.number,
        **fields,
        "topics": [topic.slug for topic in document.topics],
        "sections": [_section(document, section) for section in revision.sections],
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def sizes(document: Document, revision: Revision) -> dict[str, int]:
    """Bytes of the revision in each form, by its ending."""
    return _sizes(revision.id, revision.created_at, document.slug)


@lru_cache(maxsize=4096)
def _sizes(number: int, _made: datetime, _slug: str) -> dict[str, int]:
    """As `sizes`. A revision never changes; its time is asked for because SQLite gives numbers again."""
    revision = db.session.get_one(Revision, number)
    made = (("txt", text), ("md", markdown), ("json", as_json))
    return {ext: len(form(revision.document, revision).encode()) for ext, form in made}


def path(document: Document, chapter: str = "") -> str:
    """The path of a piece or of one of its chapters, as an address has it (percent-encoded)."""
    whole = f"/documents/{quote(document.slug)}/"
    return f"{whole}{quote(chapter)}/" if chapter else whole


def _section(document: Document, section: Section) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "level": section.level,
        "chapter": section.chapter,
        "page": section.page,
        "url": absolute(f"{path(document, section.chapter)}#{section.anchor}"),
        "text": section.text,
        "html": section.html,
    }
