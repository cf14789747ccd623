"""What the cover of a piece shows, and the pictures that were made for covers.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("cover", sa.String(length=80), nullable=False, server_default=""))
    op.create_table(
        "covers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_covers")),
        sa.UniqueConstraint("source", name=op.f("uq_covers_source")),
    )
    op.create_table(
        "cover_pictures",
        sa.Column("cover_id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cover_id"], ["covers.id"], name=op.f("fk_cover_pictures_cover_id_covers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["pictures.id"], name=op.f("fk_cover_pictures_picture_id_pictures"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cover_id", "picture_id", name=op.f("pk_cover_pictures")),
    )


def downgrade() -> None:
    op.drop_table("cover_pictures")
    op.drop_table("covers")
    op.drop_column("documents", "cover")
