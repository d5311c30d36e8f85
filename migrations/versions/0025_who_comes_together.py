"""tickets that go with others, children whom a grown-up had better come with, two shows at one time"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("centre", sa.Column("two_at_once", sa.String(length=20), server_default="warn", nullable=False))
    # No foreign key: SQLite would have to copy a table that others stand on; ticket types are never taken away.
    op.add_column("ticket_type", sa.Column("goes_with_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "ticket_type", sa.Column("advises_adult", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("ticket_type", "advises_adult")
    op.drop_column("ticket_type", "goes_with_id")
    op.drop_column("centre", "two_at_once")
