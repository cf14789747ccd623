"""What a piece's cover shows: nothing but what is drawn from its title, its file's first page, or one of its pictures.

A *source* is what a cover is taken from: the SHA-256 of a stored file, the name of a stored picture, or "". One SQL
expression says which source a piece has, for lists, for the worker and for who asks for a picture.

Left to itself a piece shows the first page only of what readers may fetch: a withheld original's first page may carry
names and stamps that its text does not. Of an original that is offered cleaned, it is the copy's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.orm import Session

from library.catalogue.errors import BadMetadata
from library.catalogue.models import Cover, Document, Original, Status, StoredFile, StoredPicture, cover_pictures
from library.catalogue.session import writing
from library.extensions import db

SITE, DRAWN, PAGE = "", "drawn", "page"  # choices for a piece; any other is a picture's name
WITH_FRONT = ("application/pdf", "application/epub+zip")
MOST_OFFERED = 24  # pictures of a piece among which its cover is chosen
_LEAST_WIDE = 160  # pixels


def source_of(setting: str) -> ColumnElement[str]:
    """The source of a document's cover, in a query over documents and (outer) files; `setting` is ORIGINALS."""
    policy = case((Document.original == Original.SITE, setting), else_=Document.original)
    own = case((StoredFile.cleaned != "", StoredFile.cleaned), else_=StoredFile.sha256)
    without = or_(StoredFile.id.is_(None), StoredFile.media_type.not_in(WITH_FRONT))
    return case(
        (Document.cover == DRAWN, ""),
        (Document.cover.not_in((SITE, PAGE)), Document.cover),
        (without, ""),
        (Document.cover == PAGE, own),
        (policy == Original.OFFERED, StoredFile.sha256),
        (policy == Original.CLEANED, StoredFile.cleaned),
        else_="",
    )


def pictures_of(documents: Collection[int], setting: str) -> dict[int, list[StoredPicture]]:
    """What the covers of the documents with these ids show, in several sizes; drawn covers are left out. One query."""
    found: dict[int, list[StoredPicture]] = {}
    query = (
        select(Document.id, StoredPicture)
        .outerjoin(StoredFile, Document.file_id == StoredFile.id)
        .join(Cover, Cover.source == source_of(setting))
        .join(cover_pictures, cover_pictures.c.cover_id == Cover.id)
        .join(StoredPicture, StoredPicture.id == cover_pictures.c.picture_id)
        .where(Document.id.in_(documents))
        .order_by(StoredPicture.width, StoredPicture.id)
    )
    for document, picture in db.session.execute(query):
        found.setdefault(document, []).append(picture)
    return found


def wanted(setting: str) -> str:
    """A source of which no cover was drawn yet; "" when there is none."""
    source = source_of(setting)
    query = (
        select(source)
        .select_from(Document)
        .outerjoin(StoredFile, Document.file_id == StoredFile.id)
        .where(Document.status != Status.WITHDRAWN, source != "", source.not_in(select(Cover.source)))
        .order_by(Document.id)
        .limit(1)
    )
    return db.session.scalar(query) or ""


def note(source: str, names: Sequence[str], reason: str) -> None:
    """Keep that the cover from `source` shows the stored pictures `names`, or in `reason` why it shows none."""
    with writing() as session:
        cover = session.scalar(select(Cover).where(Cover.source == source))
        if cover is None:
            cover = Cover(source=source)
            session.add(cover)
        cover.reason = reason
        cover.pictures = list(session.scalars(select(StoredPicture).where(StoredPicture.name.in_(names))))


def choose(session: Session, document: Document, choice: str) -> None:
    """Within a transaction, say what the cover of `document` shows. Raises BadMetadata for a picture it has not."""
    if choice not in (SITE, DRAWN, PAGE) and choice not in {picture.name for picture in document.pictures}:
        raise BadMetadata("A cover shows a picture that stands in the piece.")
    if choice == PAGE and not has_front(document):
        raise BadMetadata("This piece was not made from a PDF or EPUB file, so there is no first page to show.")
    document.cover = choice
    file = document.file
    tried = [choice, *((file.sha256, file.cleaned) if file else ())]
    for cover in session.scalars(select(Cover).where(Cover.source.in_(tried), Cover.reason != "")):
        session.delete(cover)  # chosen anew, it is tried anew


def has_front(document: Document) -> bool:
    """Whether the piece was made from a file with a first page or a cover of its own."""
    return document.file is not None and document.file.media_type in WITH_FRONT


def offered(document: Document) -> list[StoredPicture]:
    """The pictures of the piece that are large enough for its cover, and the one that is chosen."""
    fit = [p for p in document.pictures if p.width >= _LEAST_WIDE or p.name == document.cover]
    return sorted(fit[:MOST_OFFERED] + [p for p in fit[MOST_OFFERED:] if p.name == document.cover], key=lambda p: p.id)


def source(document: Document, setting: str) -> str:
    """The source of one document's cover."""
    query = select(source_of(setting)).select_from(Document).outerjoin(StoredFile, Document.file_id == StoredFile.id)
    return db.session.scalar(query.where(Document.id == document.id)) or ""


def drawn(document: Document, setting: str) -> Cover | None:
    """What was made of the source of the document's cover; None while nothing was."""
    return db.session.scalar(select(Cover).where(Cover.source == source(document, setting)))
