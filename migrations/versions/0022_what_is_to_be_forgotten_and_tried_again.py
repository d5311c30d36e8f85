"""what is to be forgotten is found by indexes that hold just that, also a name or a phone number alone;
long work that fails is tried again
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CONTACT = "email <> '' OR name <> '' OR phone <> '' OR group_name <> '' OR search <> ''"
ADDED = (
    ("ix_waiting_booking_id", "waiting", "booking_id", "booking_id IS NOT NULL"),
    ("ix_outbox_failed", "outbox", "made_at", "last_error <> ''"),
    ("ix_check_in_words", "check_in", "at", "reason <> '' OR undone_reason <> ''"),
    ("ix_slot_note", "slot", "starts_at", "note <> ''"),
)


def upgrade() -> None:
    op.add_column("long_work", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("long_work", sa.Column("last_error", sa.String(length=80), server_default="", nullable=False))
    op.drop_index("ix_booking_contact", table_name="booking")
    _add("ix_booking_contact", "booking", "starts_at", CONTACT)
    for name, table, column, which in ADDED:
        _add(name, table, column, which)


def downgrade() -> None:
    op.drop_column("long_work", "last_error")
    op.drop_column("long_work", "attempts")
    for name, table, _column, _which in ADDED:
        op.drop_index(name, table_name=table)
    op.drop_index("ix_booking_contact", table_name="booking")
    _add("ix_booking_contact", "booking", "starts_at", "email <> ''")


def _add(name: str, table: str, column: str, which: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(which), postgresql_where=sa.text(which))
