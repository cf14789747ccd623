"""From what reading a file gave to a draft in the catalogue, for uploads and imports alike."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from library.access.models import User
from library.catalogue import documents, pictures, rendering, resemblance, topics
from library.catalogue.metadata import Metadata, from_front_matter, to_front_matter
from library.catalogue.models import Document, StoredFile
from library.catalogue.session import writing
from library.catalogue.slugs import slugify
from library.catalogue.storable import storable
from library.extensions import db
from library.ingest import revising, understanding
from library.ingest.extraction import Extraction, Limits, Status
from library.ingest.understanding import Proposals, alike, kinds
from library.serving.urls import absolute


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft before it is written: everything that takes time is done, so that its transaction is short."""

    extraction: Extraction
    metadata: Metadata
    rendered: list[rendering.RenderedSection]
    translation_of: str | None
    proposals: Proposals = field(default_factory=dict)
    sketch: resemblance.Sketch | None = None
    onto: revising.Onto | None = None

    @property
    def says_something(self) -> bool:
        """Whether there is anything to publish."""
        return _says_something(self.rendered)


def limits() -> Limits:
    """What reading one file may take, by the settings."""
    config = current_app.config
    return Limits(
        seconds=float(config["EXTRACT_SECONDS"]),
        memory_mb=int(config["EXTRACT_MEMORY_MB"]),
        upload_bytes=int(config["MAX_UPLOAD_MB"]) * 10**6,
        ocr_seconds=float(config["OCR_SECONDS"]) if config["OCR"] == "auto" else 0.0,
        ocr_languages=str(config["OCR_LANGUAGES"]),
    )


@contextmanager
def keeping() -> Iterator[Path]:
    """An empty folder for the pictures and parts of one file, removed afterwards with what is left in it."""
    scratch = Path(current_app.instance_path) / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kept-", dir=scratch, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def prepare(
    extraction: Extraction, extra_topics: Iterable[str] = (), kept: Path | None = None, *, revises: int | None = None
) -> Prepared:
    """Description and rendered text of a readable file; what could not be used of it is added to its warnings.

    `kept`: the folder with its pictures, which are stored. `revises`: the id of the piece that the file is a new
    version of. Raises StorageFull.
    """
    if kept is not None:
        pictures.store(kept, extraction.pictures)
    fields = dict(extraction.metadata)
    fields.setdefault("kind", guess_kind(extraction))
    title = extraction.title or extraction.file.rpartition(".")[0] or extraction.file
    metadata, warnings = from_front_matter(fields, title, extraction.language)
    known, unknown = _known(metadata.topics)
    warnings += [
        _(
            "The topic “%(topic)s” is not one of the library; it was left out.",
            topic=name,
        )
        for name in unknown
    ]
    metadata = replace(metadata, topics=tuple(dict.fromkeys([*known, *extra_topics])))
    original = str(fields.get("translation_of") or "").strip() or None
    if original and documents.by_slug(original) is None:
        warnings.append(
            _(
                "It says that it is a translation of “%(slug)s”, which is not in the library.",
                slug=original,
            )
        )
    # A file that is a title and nothing else says its only words twice rather than none.
    body = storable(extraction.markdown if extraction.markdown.strip() else extraction.text)
    rendered = rendering.render(body, metadata.kind, language=metadata.language, pictures=pictures.sizes_in(body))
    if not _says_something(rendered):
        warnings.append(_("Nothing of it can be shown, so it stays a draft until somebody writes its text."))
    extraction = replace(extraction, markdown=body, warnings=(*extraction.warnings, *warnings))
    proposals = _understood(extraction, metadata, rendered)
    metadata = understanding.filled(metadata, proposals)
    sketch = resemblance.sketch(resemblance.text_of(rendered))
    onto = revising.render_onto(revises, body) if revises is not None else None
    return Prepared(extraction, metadata, rendered, original, proposals, sketch, onto)


def write(prepared: Prepared, file: StoredFile, *, by: User | None, publish: bool) -> Document:
    """The draft (or the published piece), in one transaction or as a part of the caller's; the piece that the file is
    a new version of, where it is one.

    A piece without any text stays a draft whatever `publish` says. What is published so takes the proposals that are
    sure; otherwise they wait for a curator.
    """
    publish = publish and prepared.says_something
    revised = documents.by_id(prepared.onto.document) if prepared.onto else None
    if revised is not None:
        return _revise(revised, prepared, file, by=by, publish=publish)
    sure = understanding.confident(prepared.metadata, prepared.proposals) if publish else prepared.metadata
    with writing() as session:
        document = documents.create(
            sure,
            prepared.extraction.markdown,
            by=by,
            file=file,
            receipt=prepared.extraction.receipt(),
            rendered=prepared.rendered,
        )
        document.suggestions = None if publish else understanding.as_json(prepared.proposals) or None
        if prepared.sketch is not None:
            resemblance.keep(session, document, prepared.sketch)
        link(document, prepared.translation_of, by=by)
        if publish:
            documents.publish(document, by=by)
    return document


def _revise(piece: Document, prepared: Prepared, file: StoredFile, *, by: User | None, publish: bool) -> Document:
    assert prepared.onto is not None, "it is a new version of something"
    with writing() as session:
        revising.revise(
            piece,
            prepared.onto,
            prepared.extraction.markdown,
            says=prepared.metadata,
            file=file,
            receipt=prepared.extraction.receipt(),
            by=by,
        )
        if prepared.sketch is not None:
            resemblance.keep(session, piece, prepared.sketch)
        if publish:
            documents.publish(piece, by=by)
    return piece


def link(document: Document, original: str | None, *, by: User | None = None) -> bool:
    """Say that `document` is a translation of the piece at `original`; False when there is no such piece."""
    found = documents.by_slug(original) if original else None
    if found is None or found.document.id == document.id:
        return False
    documents.translate(document, found.document, by=by)
    return True


def of_bytes(sha256: str) -> Document | None:
    """The document that was made from a file with these bytes, the oldest if there are several."""
    return db.session.scalar(
        select(Document)
        .join(StoredFile, StoredFile.id == Document.file_id)
        .where(StoredFile.sha256 == sha256)
        .order_by(Document.id)
        .limit(1)
    )


def receipt_of(document: Document) -> dict[str, Any]:
    """The receipt's `document`."""
    return {
        "id": document.id,
        "slug": document.slug,
        "url": absolute(f"/documents/{document.slug}/"),
    }


def duplicate_receipt(document: Document, name: str, sha256: str) -> dict[str, Any]:
    """The receipt of a file that the library has already: what was understood when it came first."""
    first: Mapping[str, Any] = document.revisions[0].receipt or {}
    blank = Extraction(file=name, status=Status.ok, sha256=sha256, title=document.shown.title).receipt()
    reason = _("The library has this file already, as “%(title)s”.", title=document.shown.title)
    known = {key: first[key] for key in blank if key in first}
    return (
        blank
        | known
        | {
            "file": name,
            "reason": reason,
            "document": receipt_of(document),
            "duplicate_of": document.slug,
        }
    )


def guess_kind(extraction: Extraction) -> str:
    """The kind of a piece that names none."""
    lines = [line for line in extraction.text[:100_000].splitlines() if line.strip()]
    return kinds.guess(extraction.title, extraction.markdown, extraction.characters, extraction.format, lines)


def _says_something(rendered: list[rendering.RenderedSection]) -> bool:
    return any(text for section in rendered for _anchor, text in section.blocks)


def _understood(extraction: Extraction, metadata: Metadata, rendered: list[rendering.RenderedSection]) -> Proposals:
    """What is proposed for the fields that neither the file nor whoever sent it has given."""
    piece = understanding.piece_of(metadata.title, metadata.language, rendered, extraction.markdown, extraction.file)
    given = {"title": extraction.metadata.get("title")} | {
        key: value for key, value in to_front_matter(metadata).items() if key not in ("title", "language")
    }
    return understanding.propose(piece, given, _vocabulary(), alike.pieces(piece) if not metadata.topics else ())


def _vocabulary() -> list[understanding.Vocabulary]:
    return [
        understanding.Vocabulary(topic.slug, topic.parent.slug if topic.parent else "", tuple(topics.words(topic)))
        for topic in topics.all_topics()
    ]


def _known(wanted: Iterable[str]) -> tuple[list[str], list[str]]:
    """Slugs of the library's topics that are meant (by slug, name or synonym), and what means none of them."""
    found: list[str] = []
    unknown: list[str] = []
    wanted = list(wanted)
    meant: dict[str, str] = {}
    for topic in topics.all_topics() if wanted else []:
        for word in reversed([topic.slug, *topics.words(topic)]):
            meant.setdefault(slugify(word), topic.slug)
    for name in wanted:
        slug = meant.get(slugify(name))
        found.append(slug) if slug else unknown.append(name)
    return found, unknown
