"""why a visit became a request is kept with it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit", sa.Column("asked_for", sa.String(length=20), nullable=True))


def downgrade() -> None:
    op.drop_column("visit", "asked_for")
