"""When whoever has a gift card was told that its last day comes near.

Revision ID: 0062
Revises: 0061
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None
runs_from = "0038"

INDEX, TO_TELL = "ix_gift_card_to_tell", sa.text("balance > 0 AND told_at IS NULL")


def upgrade() -> None:
    """Nobody has been told yet."""
    op.add_column("gift_card", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(INDEX, "gift_card", ["expires_on"], sqlite_where=TO_TELL, postgresql_where=TO_TELL)


def downgrade() -> None:
    """Who has been told is told by nobody else."""
    op.drop_index(INDEX, table_name="gift_card")
    op.execute("ALTER TABLE gift_card DROP COLUMN told_at")
