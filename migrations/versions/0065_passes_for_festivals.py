"""Passes for all days of a festival, and bookings of several days.

Revision ID: 0065
Revises: 0064
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None
runs_from = "0038"

SEVERAL_DAYS = sa.text("last_at IS NOT NULL")
FLAGS = (("ticket_type", "all_days"), ("line", "of_pass"))


def upgrade() -> None:
    """Nothing that was sold is a pass, and every booking is of one day."""
    for table, column in FLAGS:
        op.add_column(table, sa.Column(column, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("booking", sa.Column("last_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_booking_last_at", "booking", ["last_at"], sqlite_where=SEVERAL_DAYS, postgresql_where=SEVERAL_DAYS
    )


def downgrade() -> None:
    """Refused once a pass was sold: a build of before would let its holder in on one day only."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM booking WHERE last_at IS NOT NULL LIMIT 1")).first():
        raise RuntimeError("passes for several days were sold, which a build of before does not know")
    op.drop_index("ix_booking_last_at", table_name="booking")
    op.execute("ALTER TABLE booking DROP COLUMN last_at")
    for table, column in reversed(FLAGS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
