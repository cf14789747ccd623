"""The catalogue's tables: documents, revisions, sections, topics, files, slugs, judged queries, the outbox, the log.

A document is what has an address; a revision is what was written, and never changes; sections are derived from a
revision when it is saved, rendered once and kept. Publishing points the document at a revision and writes an outbox
row in the same transaction; the index follows the outbox.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.access.models import User
from library.extensions import Base


def now() -> datetime:
    return datetime.now(UTC)


class Kind(StrEnum):
    """Kinds of pieces; `page` is one of the network's own pages and stays out of shelves and feeds."""

    GUIDEBOOK = "guidebook"
    ARTICLE = "article"
    INTERVIEW = "interview"
    TOOLKIT = "toolkit"
    REPORT = "report"
    CASE_STUDY = "case-study"
    PAGE = "page"


class Status(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Original(StrEnum):
    """What readers may have of the file that a piece was made from; `SITE` is what the setting ORIGINALS says."""

    SITE = ""
    WITHHELD = "withheld"
    CLEANED = "cleaned"  # of what it says about people and machines beside its text
    OFFERED = "offered"


document_topics = Table(
    "document_topics",
    Base.metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True, index=True),
)


document_pictures = Table(
    "document_pictures",
    Base.metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("picture_id", ForeignKey("pictures.id", ondelete="CASCADE"), primary_key=True, index=True),
)


cover_pictures = Table(
    "cover_pictures",
    Base.metadata,
    Column("cover_id", ForeignKey("covers.id", ondelete="CASCADE"), primary_key=True),
    Column("picture_id", ForeignKey("pictures.id", ondelete="CASCADE"), primary_key=True),
)


class DocumentCountry(Base):
    """A country that a published piece is about (ISO 3166-1 alpha-2)."""

    __tablename__ = "document_countries"
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(2), primary_key=True, index=True)


class Document(Base):
    """A piece of the library. `topics` and `countries` are those of the live revision, for queries.

    `suggestions`: what is proposed to the curator of a draft, with reasons.
    """

    __tablename__ = "documents"
    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid.uuid4()))
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    status: Mapped[str] = mapped_column(String(20), default=Status.DRAFT, index=True)
    access: Mapped[str] = mapped_column(String(20), default="public")
    featured: Mapped[bool] = mapped_column(default=False)
    original: Mapped[str] = mapped_column(String(20), default=Original.SITE)
    cover: Mapped[str] = mapped_column(String(80), default="")  # see `library.catalogue.covers`
    suggestions: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    published_at: Mapped[datetime | None] = mapped_column(index=True)  # first publication
    changed_at: Mapped[datetime | None] = mapped_column(index=True)  # moves when a curator says that a change matters
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    translation_of_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id", ondelete="SET NULL"))
    live_id: Mapped[int | None] = mapped_column(
        ForeignKey("revisions.id", use_alter=True, name="fk_documents_live_id_revisions")
    )

    live: Mapped[Revision | None] = relationship(foreign_keys=[live_id], post_update=True)
    revisions: Mapped[list[Revision]] = relationship(
        back_populates="document", foreign_keys="Revision.document_id", order_by="Revision.number"
    )
    file: Mapped[StoredFile | None] = relationship()
    created_by: Mapped[User | None] = relationship()
    topics: Mapped[list[Topic]] = relationship(secondary=document_topics, order_by="Topic.position")
    countries: Mapped[list[DocumentCountry]] = relationship(cascade="all, delete-orphan")
    pictures: Mapped[list[StoredPicture]] = relationship(secondary=document_pictures, order_by="StoredPicture.id")
    translation_of: Mapped[Document | None] = relationship(remote_side=[id], back_populates="translations")
    translations: Mapped[list[Document]] = relationship(back_populates="translation_of")

    @property
    def latest(self) -> Revision:
        """The newest revision, live or not."""
        return self.revisions[-1]

    @property
    def shown(self) -> Revision:
        """The revision that readers see, or the newest where none is live yet."""
        return self.live or self.latest


class Revision(Base):
    """What was written at one time, with its metadata: never changed afterwards."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("document_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(20), default=Kind.ARTICLE, index=True)
    language: Mapped[str] = mapped_column(String(35), default="en", index=True)
    topics: Mapped[list[str]] = mapped_column(JSON, default=list)  # slugs
    countries: Mapped[list[str]] = mapped_column(JSON, default=list)
    authors: Mapped[list[str]] = mapped_column(JSON, default=list)
    publisher: Mapped[str] = mapped_column(Text, default="")
    published_on: Mapped[date | None]  # the piece's own date
    year: Mapped[int | None] = mapped_column(index=True)
    licence: Mapped[str] = mapped_column(String(100), default="")
    source_url: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text)  # Markdown without front matter
    note: Mapped[str] = mapped_column(Text, default="")
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # what extraction said, where there was one
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    characters: Mapped[int] = mapped_column(default=0)

    document: Mapped[Document] = relationship(back_populates="revisions", foreign_keys=[document_id])
    created_by: Mapped[User | None] = relationship()
    sections: Mapped[list[Section]] = relationship(
        order_by="Section.position", cascade="all, delete-orphan", back_populates="revision"
    )


class Section(Base):
    """A part of a revision under one heading (or one page of the original), rendered.

    `blocks` is a list of [anchor, text]: its paragraphs, list items, table rows. `chapter` is "" on a piece that is
    read whole and for what stands before a guidebook's first chapter. `level` is 0 for text without a heading of its
    own (a lead, or the continuation on another page, whose `heading` is then that of the section continued).
    `language` is BCP 47 where it is not the revision's, else "".
    """

    __tablename__ = "sections"
    __table_args__ = (UniqueConstraint("revision_id", "anchor"), Index("ix_sections_chapter", "revision_id", "chapter"))
    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    level: Mapped[int]
    heading: Mapped[str] = mapped_column(Text, default="")
    anchor: Mapped[str] = mapped_column(String(120))
    chapter: Mapped[str] = mapped_column(String(120), default="")
    chapter_title: Mapped[str] = mapped_column(Text, default="")
    page: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(35), default="")
    html: Mapped[str] = mapped_column(Text)
    blocks: Mapped[list[list[str]]] = mapped_column(JSON)

    revision: Mapped[Revision] = relationship(back_populates="sections")

    @property
    def text(self) -> str:
        """Plain text, a block a line."""
        return "\n".join(text for _, text in self.blocks)


class Topic(Base):
    """A topic of the tree. `names`, `descriptions`: by language; `synonyms`: lists by language."""

    __tablename__ = "topics"
    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid.uuid4()))
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id", ondelete="SET NULL"))
    position: Mapped[int] = mapped_column(default=0)
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    synonyms: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    descriptions: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)

    parent: Mapped[Topic | None] = relationship(remote_side=[id], back_populates="children")
    children: Mapped[list[Topic]] = relationship(back_populates="parent", order_by="Topic.position")


class StoredFile(Base):
    """An original file, kept under its SHA-256 in the instance folder.

    `cleaned`: SHA-256 of its copy without what it says of people and machines, a stored file of its own, "" while there
    is none. `uncleanable`: why there cannot be one.
    """

    __tablename__ = "files"
    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100), default="application/octet-stream")
    name: Mapped[str] = mapped_column(Text)
    cleaned: Mapped[str] = mapped_column(String(64), default="")
    uncleanable: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class StoredPicture(Base):
    """A picture out of an original, made safe, kept once under its SHA-256 in the instance folder."""

    __tablename__ = "pictures"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)  # SHA-256 and the format's ending
    media_type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]  # pixels
    height: Mapped[int]
    size: Mapped[int]  # bytes
    created_at: Mapped[datetime] = mapped_column(default=now)


class Cover(Base):
    """What was drawn for covers of one `source` (see `library.catalogue.covers`), or in `reason` why nothing was."""

    __tablename__ = "covers"
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(80), unique=True)
    reason: Mapped[str] = mapped_column(Text, default="")

    pictures: Mapped[list[StoredPicture]] = relationship(secondary=cover_pictures, order_by="StoredPicture.id")


class Signature(Base):
    """What a piece's newest text is like, for finding nearly the same one (see `library.catalogue.resemblance`)."""

    __tablename__ = "signatures"
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    shingles: Mapped[int]  # how many different ones the text has
    minhash: Mapped[bytes] = mapped_column(LargeBinary)


class SignatureBand(Base):
    """A band of a signature: pieces that share one are worth comparing."""

    __tablename__ = "signature_bands"
    band: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(String(32), primary_key=True)
    document_id: Mapped[int] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Slug(Base):
    """Every slug that a document ever had: an old one leads to the present one and is given to no other."""

    __tablename__ = "slugs"
    slug: Mapped[str] = mapped_column(String(120), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), index=True)

    document: Mapped[Document] = relationship()


class JudgedQuery(Base):
    """A curator's word that a query must find a document. `folded`: the query without what makes no difference."""

    __tablename__ = "judged_queries"
    __table_args__ = (UniqueConstraint("document_id", "folded"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    query: Mapped[str] = mapped_column(String(300))
    folded: Mapped[str] = mapped_column(String(300))
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))

    document: Mapped[Document] = relationship()
    created_by: Mapped[User | None] = relationship()


class OutboxRow(Base):
    """A document whose place in the index has to be looked at again. Ids only grow, in order of commit."""

    __tablename__ = "outbox"
    __table_args__ = {"sqlite_autoincrement": True}
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    document_id: Mapped[int]  # no foreign key: a row outlives its document
    at: Mapped[datetime] = mapped_column(default=now)


class LogEntry(Base):
    """Who did what at the curators' desk. `matters`: of a publication, whether it was said to matter to readers."""

    __tablename__ = "log"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    action: Mapped[str] = mapped_column(String(40))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id", ondelete="SET NULL"))
    detail: Mapped[str] = mapped_column(Text, default="")
    matters: Mapped[bool] = mapped_column(default=True)

    user: Mapped[User | None] = relationship()
    document: Mapped[Document | None] = relationship()
