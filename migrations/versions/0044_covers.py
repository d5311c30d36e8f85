"""A ticket type says which people it stands for, so that the best price for a party can be worked out.

Revision ID: 0044
Revises: 0043
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None
runs_from = "0038"


def upgrade() -> None:
    """Those that are there stand for nobody but themselves until somebody says otherwise."""
    op.add_column("ticket_type", sa.Column("covers", sa.Text(), server_default="[]", nullable=False))


def downgrade() -> None:
    """As it was."""
    op.drop_column("ticket_type", "covers")
