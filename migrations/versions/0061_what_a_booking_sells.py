"""What a booking sells, said in so many words.

Revision ID: 0061
Revises: 0060
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None
runs_from = "0038"


def upgrade() -> None:
    """A booking of nobody was a gift card until now."""
    sells = sa.Enum("places", "gift_card", name="sold", native_enum=False, create_constraint=False, length=20)
    op.add_column("booking", sa.Column("sells", sells, server_default="places", nullable=False))
    op.execute("UPDATE booking SET sells = 'gift_card' WHERE people = 0")


def downgrade() -> None:
    """A build of before tells gift cards by their people alone."""
    op.execute("ALTER TABLE booking DROP COLUMN sells")
