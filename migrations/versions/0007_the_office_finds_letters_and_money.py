"""letters by their booking and kind, money by its day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('outbox', sa.Column('booking_id', sa.BigInteger(), nullable=True))
    if op.get_bind().dialect.name == 'postgresql':
        said = "CAST(about AS json) ->> 'booking_id'"
    else:
        said = "json_extract(about, '$.booking_id')"
    # Letters of before are found too. Only what is about a booking is touched.
    op.execute(f"UPDATE outbox SET booking_id = CAST({said} AS bigint) WHERE about LIKE '%\"booking_id\"%'")
    op.create_index('ix_outbox_kind', 'outbox', ['kind', 'id'], unique=False)
    op.create_index('ix_outbox_booking', 'outbox', ['booking_id'], unique=False, sqlite_where=sa.text('booking_id IS NOT NULL'), postgresql_where=sa.text('booking_id IS NOT NULL'))
    op.create_index('ix_payment_paid_at', 'payment', ['paid_at'], unique=False)
    op.create_index('ix_refund_done_at', 'refund', ['done_at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_refund_done_at', table_name='refund')
    op.drop_index('ix_payment_paid_at', table_name='payment')
    op.drop_index('ix_outbox_booking', table_name='outbox', sqlite_where=sa.text('booking_id IS NOT NULL'), postgresql_where=sa.text('booking_id IS NOT NULL'))
    op.drop_index('ix_outbox_kind', table_name='outbox')
    op.drop_column('outbox', 'booking_id')
