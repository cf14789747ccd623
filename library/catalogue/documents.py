"""What is done with a document: written, published, changed, withdrawn, found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.access.models import User
from library.catalogue import covers, outbox, pictures, rendering, resemblance
from library.catalogue.errors import BadMetadata, BadSlug, NothingToPublish, SlugTaken
from library.catalogue.metadata import Metadata
from library.catalogue.models import (
    Document,
    DocumentCountry,
    Kind,
    LogEntry,
    Original,
    Revision,
    Section,
    Slug,
    Status,
    StoredFile,
    Topic,
)
from library.catalogue.session import writing
from library.catalogue.slugs import is_slug, slugify
from library.catalogue.storable import storable
from library.extensions import db


@dataclass(frozen=True, slots=True)
class Found:
    """What an address leads to. `moved`: the slug is an old one of `document`."""

    document: Document
    moved: bool


def create(
    metadata: Metadata,
    body: str,
    *,
    by: User | None = None,
    note: str = "",
    slug: str | None = None,
    file: StoredFile | None = None,
    receipt: Mapping[str, Any] | None = None,
    rendered: list[rendering.RenderedSection] | None = None,
) -> Document:
    """A new draft with its first revision. Without `slug`, one is made from the title.

    `rendered` is what `rendering.render` gave for this body and kind, where the caller renders before its own
    transaction. Raises BadMetadata, and SlugTaken or BadSlug for a `slug` given.
    """
    metadata, body = metadata.checked(), storable(body)
    if rendered is None:
        rendered = rendering.render(body, metadata.kind, language=metadata.language, pictures=pictures.sizes_in(body))
    with writing() as session:
        document = Document(slug=_new_slug(session, slug, metadata.title), created_by=by, file=file)
        session.add(document)
        session.flush()
        session.add(Slug(slug=document.slug, document_id=document.id))
        _add_revision(session, document, metadata, body, rendered, by, note, receipt)
        log(session, by, "create", document)
    return document


def revise(
    document: Document,
    metadata: Metadata,
    body: str,
    *,
    by: User | None = None,
    note: str = "",
    receipt: Mapping[str, Any] | None = None,
    rendered: list[rendering.RenderedSection] | None = None,
) -> Revision:
    """A new revision of `document`, not live yet; the latest one when nothing differs from it. Raises BadMetadata.

    `rendered` is what `rendering.render` gave for this body, with the latest revision's places, where the caller
    renders before its own transaction.
    """
    metadata, body = metadata.checked(), storable(body)
    before = document.latest
    if before.body == body and Metadata.of(before) == metadata:
        return before
    if rendered is None:
        places, shown = rendering.places(before.sections), pictures.sizes_in(body)
        rendered = rendering.render(body, metadata.kind, places, metadata.language, shown)
    with writing() as session:
        revision = _add_revision(session, document, metadata, body, rendered, by, note, receipt or before.receipt)
        log(session, by, "revise", document, note)
    return revision


def publish(document: Document, *, by: User | None = None, note: str = "", significant: bool = True) -> None:
    """Make the latest revision the one that readers see, and tell the index, in one transaction.

    `significant`: the change matters to followers of feeds. `note`: what has changed, for readers; without one, what was
    noted when the revision was saved. Raises NothingToPublish for a piece without text.
    """
    with writing() as session:
        session.refresh(document)
        revision = document.latest
        if not revision.characters:
            raise NothingToPublish(
                _("“%(title)s” has no text yet, so there is nothing to publish.", title=revision.title)
            )
        moment = datetime.now(UTC)
        significant = significant or document.published_at is None
        if document.published_at is None:
            document.published_at = document.changed_at = moment
        elif significant or document.changed_at is None:
            document.changed_at = moment
        document.live = revision
        document.status = Status.PUBLISHED
        document.withdrawn_reason = ""
        document.topics = list(session.scalars(select(Topic).where(Topic.slug.in_(revision.topics))))
        _set_countries(session, document, revision.countries)
        outbox.note(session, document.id)
        log(session, by, "publish", document, note or revision.note, matters=significant)


def withdraw(document: Document, reason: str, *, by: User | None = None) -> None:
    """Take a piece out of sight everywhere; its address then tells `reason`. Publishing brings it back."""
    if not reason.strip():
        raise BadMetadata(_("Say in a sentence why; readers who follow a link to the piece will read it."), "reason")
    with writing() as session:
        session.refresh(document)
        document.status = Status.WITHDRAWN
        document.withdrawn_reason = storable(reason).strip()
        outbox.note(session, document.id)
        log(session, by, "withdraw", document, reason)


def discard(document: Document, *, by: User | None = None) -> None:
    """Delete a draft that was never published; its original file stays in the store. Raises BadMetadata otherwise."""
    with writing() as session:
        session.refresh(document)
        if document.published_at is not None:
            raise BadMetadata(_("A piece that was published is withdrawn, not deleted: people may have its address."))
        title = document.latest.title
        resemblance.forget(session, document.id)
        for revision in list(document.revisions):
            session.delete(revision)
        session.flush()
        session.delete(document)
        session.add(LogEntry(user_id=by.id if by else None, action="discard", detail=title))


def move(document: Document, slug: str, *, by: User | None = None) -> None:
    """Give `document` another address; the old one leads there. Raises BadSlug, SlugTaken."""
    with writing() as session:
        session.refresh(document)
        if slug == document.slug:
            return
        if not is_slug(slug):
            raise BadSlug(
                _("“%(slug)s” cannot be an address; “%(other)s” could.", slug=slug, other=slugify(slug)), "slug"
            )
        holder = session.get(Slug, slug)
        if holder is not None and holder.document_id != document.id:
            raise SlugTaken(_("The address “%(slug)s” belongs to another piece, or once did.", slug=slug), "slug")
        if holder is None:
            session.add(Slug(slug=slug, document_id=document.id))
        log(session, by, "move", document, f"{document.slug} → {slug}")
        document.slug = slug


def translate(document: Document, original: Document | None, *, by: User | None = None) -> None:
    """Say that `document` is a translation of `original` (of the original's original, where that is one itself)."""
    with writing() as session:
        session.refresh(document)
        root = (original.translation_of or original) if original else None
        if root is not None and root.id == document.id:
            raise BadMetadata(_("A piece is not a translation of itself."), "translation_of")
        document.translation_of = root
        for other in list(document.translations) if root else []:
            other.translation_of = root
        log(session, by, "translate", document, root.slug if root else "")


def curate(
    document: Document,
    *,
    featured: bool | None = None,
    original: str | None = None,
    access: str | None = None,
    cover: str | None = None,
    by: User | None = None,
) -> None:
    """Change how a piece is shown: on the home page, with its original, to everyone ("public") or "members".

    `cover`: one of the choices of `library.catalogue.covers`. Raises BadMetadata.
    """
    with writing() as session:
        session.refresh(document)
        if featured is not None:
            document.featured = featured
        if original is not None:
            if original not in set(Original):
                raise BadMetadata("The original file is withheld, cleaned or offered, or as the site does it.")
            if original == Original.CLEANED != document.original and document.file is not None:
                document.file.uncleanable = ""  # chosen anew, it is tried anew
            document.original = original
        if cover is not None and cover != document.cover:
            covers.choose(session, document, cover)
        if access is not None and access != document.access:
            if access not in ("public", "members"):
                raise BadMetadata("A piece is for everyone (public) or for members (members).")
            document.access = access
            outbox.note(session, document.id)
        log(session, by, "curate", document)


def by_slug(slug: str) -> Found | None:
    """The document at an address, whatever its status; None for an address that never was."""
    row = db.session.get(Slug, slug)
    return Found(row.document, moved=row.document.slug != slug) if row else None


def by_id(number: int) -> Document | None:
    return db.session.get(Document, number)


def revision(document: Document, number: int) -> Revision | None:
    """Revision `number` of `document`."""
    return db.session.scalar(select(Revision).where(Revision.document_id == document.id, Revision.number == number))


def in_languages(document: Document) -> list[Document]:
    """The published pieces that say the same in other languages, by language."""
    root = document.translation_of or document
    family = [root, *root.translations]
    others = [d for d in family if d.id != document.id and d.status == Status.PUBLISHED and d.live]
    return sorted(others, key=lambda d: d.shown.language)


def log(
    session: Session,
    by: User | None,
    action: str,
    document: Document | None,
    detail: str = "",
    *,
    matters: bool = True,
) -> None:
    """Write into the desk's log, within the transaction of what is logged."""
    session.flush()
    session.add(
        LogEntry(
            user_id=by.id if by else None,
            action=action,
            document_id=document.id if document else None,
            detail=storable(detail),
            matters=matters,
        )
    )


def _add_revision(
    session: Session,
    document: Document,
    metadata: Metadata,
    body: str,
    rendered: list[rendering.RenderedSection],
    by: User | None,
    note: str,
    receipt: Mapping[str, Any] | None,
) -> Revision:
    newest = session.scalar(select(func.max(Revision.number)).where(Revision.document_id == document.id)) or 0
    revision = Revision(
        document_id=document.id,
        number=newest + 1,
        title=metadata.title,
        summary=metadata.summary,
        kind=Kind(metadata.kind),
        language=metadata.language,
        topics=list(metadata.topics),
        countries=list(metadata.countries),
        authors=list(metadata.authors),
        publisher=metadata.publisher,
        published_on=metadata.published_on,
        year=metadata.year,
        licence=metadata.licence,
        source_url=metadata.source_url,
        body=body,
        note=note,
        receipt=dict(receipt) if receipt else None,
        created_by_id=by.id if by else None,
        characters=sum(len(text) for s in rendered for _, text in s.blocks),
    )
    revision.sections = [
        Section(
            position=position,
            level=part.level,
            heading=part.heading,
            anchor=part.anchor,
            chapter=part.chapter,
            chapter_title=part.chapter_title,
            page=part.page,
            language=part.language,
            html=part.html,
            blocks=part.blocks,
        )
        for position, part in enumerate(rendered)
    ]
    session.add(revision)
    session.flush()
    pictures.join(session, document, body)
    if newest:
        resemblance.forget(session, document.id)
    session.expire(document, ["revisions", "pictures"])
    return revision


def _new_slug(session: Session, wanted: str | None, title: str) -> str:
    if wanted is not None:
        if not is_slug(wanted):
            raise BadSlug(
                _("“%(slug)s” cannot be an address; “%(other)s” could.", slug=wanted, other=slugify(wanted)), "slug"
            )
        if session.get(Slug, wanted) is not None:
            raise SlugTaken(_("The address “%(slug)s” belongs to another piece, or once did.", slug=wanted), "slug")
        return wanted
    base = slugify(title)
    slug, number = base, 2
    while session.get(Slug, slug) is not None:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _set_countries(session: Session, document: Document, codes: list[str]) -> None:
    known = {country.code: country for country in document.countries}
    for code, country in known.items():
        if code not in codes:
            session.delete(country)
    session.add_all(DocumentCountry(document_id=document.id, code=c) for c in codes if c not in known)
    session.flush()
    session.expire(document, ["countries"])
