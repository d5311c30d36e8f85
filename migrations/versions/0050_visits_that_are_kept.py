"""A teacher may have the own visits kept for two school years.

Revision ID: 0050
Revises: 0049
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None
runs_from = "0038"


def upgrade() -> None:
    """Nobody has asked for it yet."""
    op.add_column("booking", sa.Column("forgotten_as_of", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_booking_forgotten_as_of", "booking", ["forgotten_as_of"],
        sqlite_where=sa.text("forgotten_as_of IS NOT NULL"), postgresql_where=sa.text("forgotten_as_of IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    """As it was: they are forgotten with the next night."""
    op.drop_index("ix_booking_forgotten_as_of", table_name="booking")
    op.drop_column("booking", "forgotten_as_of")
