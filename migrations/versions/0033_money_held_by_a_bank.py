"""what goes back once a bank decides for us, and payments that a bank has given to the payer for good"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("booking", sa.Column("held_back", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("payment", sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("payment", "lost_at")
    op.drop_column("booking", "held_back")
