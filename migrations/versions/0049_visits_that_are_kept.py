"""A teacher may have the own visits kept for two school years.

Revision ID: 0049
Revises: 0048
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None
runs_from = "0038"


def upgrade() -> None:
    """Nobody has asked for it yet."""
    op.add_column("booking", sa.Column("forgotten_as_of", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """As it was: they are forgotten with the next night."""
    op.drop_column("booking", "forgotten_as_of")
