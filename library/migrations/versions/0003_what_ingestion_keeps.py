"""What ingestion keeps: pictures, progress of jobs, suggestions, signatures of texts, items of continuing sources.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("original", sa.String(length=20), nullable=False, server_default=""))
    op.add_column("documents", sa.Column("suggestions", sa.JSON(), nullable=True))
    op.execute("UPDATE documents SET original = 'offered' WHERE offer_original")
    op.drop_column("documents", "offer_original")
    op.add_column("files", sa.Column("cleaned", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("files", sa.Column("uncleanable", sa.Text(), nullable=False, server_default=""))
    op.add_column("sections", sa.Column("language", sa.String(length=35), nullable=False, server_default=""))
    op.create_table(
        "pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.UniqueConstraint("name", name=op.f("uq_pictures_name")),
    )
    op.create_table(
        "document_pictures",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_document_pictures_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["pictures.id"], name=op.f("fk_document_pictures_picture_id_pictures"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", "picture_id", name=op.f("pk_document_pictures")),
    )
    op.create_index(op.f("ix_document_pictures_picture_id"), "document_pictures", ["picture_id"])
    op.create_table(
        "signatures",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("shingles", sa.Integer(), nullable=False),
        sa.Column("minhash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_signatures_document_id_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_signatures")),
    )
    op.create_table(
        "signature_bands",
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_signature_bands_document_id_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("band", "value", "document_id", name=op.f("pk_signature_bands")),
    )
    op.create_index(op.f("ix_signature_bands_document_id"), "signature_bands", ["document_id"])
    op.create_table(
        "imported_items",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.JSON(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_imported_items_document_id_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_imported_items")),
    )
    op.create_index(op.f("ix_imported_items_document_id"), "imported_items", ["document_id"])
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("batch", sa.String(length=32), nullable=False, server_default=""))
        jobs.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        jobs.add_column(sa.Column("revises_id", sa.Integer(), nullable=True))
        jobs.add_column(sa.Column("fields", sa.JSON(), nullable=False, server_default="{}"))
        jobs.add_column(sa.Column("done", sa.Integer(), nullable=False, server_default="0"))
        jobs.add_column(sa.Column("total", sa.Integer(), nullable=False, server_default="0"))
        jobs.add_column(sa.Column("opening", sa.Text(), nullable=False, server_default=""))
        jobs.create_foreign_key(op.f("fk_jobs_parent_id_jobs"), "jobs", ["parent_id"], ["id"], ondelete="SET NULL")
        jobs.create_foreign_key(
            op.f("fk_jobs_revises_id_documents"), "documents", ["revises_id"], ["id"], ondelete="SET NULL"
        )
        jobs.create_index(op.f("ix_jobs_parent_id"), ["parent_id"])
        jobs.create_index(op.f("ix_jobs_batch"), ["batch"])


def downgrade() -> None:
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_index(op.f("ix_jobs_batch"))
        jobs.drop_index(op.f("ix_jobs_parent_id"))
        jobs.drop_constraint(op.f("fk_jobs_revises_id_documents"), type_="foreignkey")
        jobs.drop_constraint(op.f("fk_jobs_parent_id_jobs"), type_="foreignkey")
        for name in ("opening", "total", "done", "fields", "revises_id", "parent_id", "batch"):
            jobs.drop_column(name)
    for table in ("imported_items", "signature_bands", "signatures", "document_pictures", "pictures"):
        op.drop_table(table)
    op.drop_column("sections", "language")
    op.drop_column("files", "uncleanable")
    op.drop_column("files", "cleaned")
    op.add_column("documents", sa.Column("offer_original", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE documents SET offer_original = true WHERE original = 'offered'")
    op.drop_column("documents", "suggestions")
    op.drop_column("documents", "original")
