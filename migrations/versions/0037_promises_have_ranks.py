"""Promises have ranks: who waits at a screen goes before a crowd of letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Add the rank, the same for all that waits now, and the index by which the next promise is chosen."""
    op.add_column("outbox", sa.Column("rank", sa.SmallInteger(), server_default="1", nullable=False))
    op.create_index(
        "ix_outbox_turn", "outbox", ["rank", "due_at"], sqlite_where=WAITING, postgresql_where=WAITING
    )


def downgrade() -> None:
    """Take both away."""
    op.drop_index("ix_outbox_turn", table_name="outbox")
    op.drop_column("outbox", "rank")
