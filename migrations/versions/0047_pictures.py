"""Pictures of activities and of the house: what pages show of them, each whole, and its files.

Revision ID: 0047
Revises: 0045
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0045"
branch_labels = None
depends_on = None
runs_from = "0038"


def upgrade() -> None:
    """Nothing has a picture yet."""
    op.create_table(
        "picture",
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("whole", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_picture")),
    )
    op.create_table(
        "picture_file",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mark"], ["picture.mark"], name=op.f("fk_picture_file_mark_picture"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_picture_file")),
    )
    op.create_index(op.f("ix_picture_file_mark"), "picture_file", ["mark"])
    op.add_column("activity", sa.Column("picture", sa.Text(), nullable=True))
    op.add_column("centre", sa.Column("picture", sa.Text(), nullable=True))


def downgrade() -> None:
    """As it was."""
    op.drop_column("centre", "picture")
    op.drop_column("activity", "picture")
    op.drop_index(op.f("ix_picture_file_mark"), table_name="picture_file")
    op.drop_table("picture_file")
    op.drop_table("picture")
