"""Passes that somebody has gone to save at Google.

Revision ID: 0066
Revises: 0065
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None
runs_from = "0038"


def upgrade() -> None:
    """When, of each booking that is in a wallet."""
    op.add_column("wallet_pass", sa.Column("google_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Google keeps the passes that it has, and hears of nothing more."""
    op.drop_column("wallet_pass", "google_at")
