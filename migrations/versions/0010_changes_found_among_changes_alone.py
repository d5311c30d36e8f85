"""changes found among changes alone

Nearly every booking changes none. While they stood in the index too, SQLite read all bookings by it wherever changes
were to be left out: a month's figures cost as much as ten years'.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_booking_changes_id', table_name='booking')
    op.create_index('ix_booking_changes_id', 'booking', ['changes_id'], unique=False, sqlite_where=sa.text('changes_id IS NOT NULL'), postgresql_where=sa.text('changes_id IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_booking_changes_id', table_name='booking', sqlite_where=sa.text('changes_id IS NOT NULL'), postgresql_where=sa.text('changes_id IS NOT NULL'))
    op.create_index('ix_booking_changes_id', 'booking', ['changes_id'], unique=False)
