"""A job: one received file on its way to a draft."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.catalogue.models import Document, StoredFile
from library.extensions import Base


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"  # deleted with its file after a day, until when it can be taken back


class Job(Base):
    """One file to be read. A job found `running` with no worker behind it is queued again: reading is repeatable.

    `parent`: the job of the archive or message that the file was in. `fields`: what is said of the piece beforehand (keys
    of the front matter), which goes before what the file says. `revises`: the piece of which it becomes a new revision.
    `done`, `total`: pages or parts read so far. `opening`: the text of the first pages, shown while the rest is read.
    `batch`: what was sent together has the same one.
    """

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(20), default=JobState.QUEUED, index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id"))
    name: Mapped[str] = mapped_column(Text)
    topics: Mapped[list[str]] = mapped_column(JSON, default=list)
    publish: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    worker: Mapped[str] = mapped_column(String(100), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id", ondelete="SET NULL"))
    batch: Mapped[str] = mapped_column(String(32), default="", index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"), index=True)
    revises_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id", ondelete="SET NULL"))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    opening: Mapped[str] = mapped_column(Text, default="")

    file: Mapped[StoredFile] = relationship()
    document: Mapped[Document | None] = relationship(foreign_keys=[document_id])
    revises: Mapped[Document | None] = relationship(foreign_keys=[revises_id])
    parent: Mapped[Job | None] = relationship(remote_side=[id], back_populates="parts")
    parts: Mapped[list[Job]] = relationship(back_populates="parent", order_by="Job.id")


class ImportedItem(Base):
    """What a continuing source gave once, so that reading it again changes only what changed.

    `key`: the item's own name there (a path, a URL, an OAI identifier). `digest`: SHA-256 of what it was.
    `revision`: the number of the revision that it became; a later one of the document is a curator's work.
    """

    __tablename__ = "imported_items"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of source and item
    item: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), index=True)
    revision: Mapped[int] = mapped_column(default=0)
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
