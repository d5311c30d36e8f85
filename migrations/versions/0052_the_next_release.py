"""When kept places are free for all next is read with what is free.

Revision ID: 0052
Revises: 0051
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None
runs_from = "0038"


def upgrade() -> None:
    """An index of those that keep any."""
    op.create_index(
        "ix_slot_release_at", "slot", ["release_at"],
        sqlite_where=sa.text("kept > 0"), postgresql_where=sa.text("kept > 0"),
    )  # fmt: skip


def downgrade() -> None:
    """As it was: nobody asks."""
    op.drop_index("ix_slot_release_at", table_name="slot")
