"""A worker's heartbeat says how far its machine's clock is off.

Revision ID: 0043
Revises: 0042
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None
runs_from = "0038"


def upgrade() -> None:
    """Add it; a worker of an earlier version does not say."""
    op.add_column("heartbeat", sa.Column("skew_ms", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("heartbeat", "skew_ms")
