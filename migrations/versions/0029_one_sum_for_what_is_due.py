"""what is due back in one sum: terms of the money on a booking, lines at several prices, the till's money, receipts

What was sold in the centre's own till becomes a payment of its own, so that it adds up as what is paid online does. Of
cancelled ones nothing is known of what the till paid out, so they get none. What late changes left with the centre is
what was paid beyond today's price.

The way back fails, and says so, where a booking has one ticket type at two prices: the older tables cannot hold it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TILL_SALES = """
INSERT INTO payment (booking_id, provider, state, amount, refunded, currency, idempotency_key, url, begun_at, expires_at,
  paid_at, looked_at)
SELECT id, 'till', 'paid', total, 0, currency, 'till-' || id, '', confirmed_at, confirmed_at, confirmed_at, confirmed_at
FROM booking WHERE till_receipt <> '' AND total > 0 AND state = 'confirmed'
"""
# A change that was sold in the till is paid with the change; what the booking itself was sold for is the rest.
OF_CHANGES = """
UPDATE payment SET amount = amount - (
  SELECT COALESCE(SUM(other.amount), 0) FROM payment AS other JOIN booking AS change ON change.id = other.booking_id
  WHERE change.changes_id = payment.booking_id AND other.state = 'paid')
WHERE provider = 'till' AND amount > (
  SELECT COALESCE(SUM(other.amount), 0) FROM payment AS other JOIN booking AS change ON change.id = other.booking_id
  WHERE change.changes_id = payment.booking_id AND other.state = 'paid')
"""
LEFT = """
(SELECT COALESCE(SUM(payment.amount - payment.refunded), 0) FROM payment
   JOIN booking AS paid ON paid.id = payment.booking_id
   WHERE payment.state = 'paid' AND (paid.id = booking.id OR paid.changes_id = booking.id))
"""
KEPT = f"""
UPDATE booking SET kept_by_rule = {LEFT} - total
WHERE state = 'confirmed' AND changes_id IS NULL AND {LEFT} > total
"""


def upgrade() -> None:
    op.add_column('booking', sa.Column('late_total', sa.Integer(), server_default='0', nullable=False))
    op.add_column('booking', sa.Column('kept_by_rule', sa.Integer(), server_default='0', nullable=False))
    op.add_column('refund', sa.Column('till_receipt', sa.String(length=40), server_default='', nullable=False))
    op.drop_index('uq_line_booking_slot_type', table_name='line')
    op.create_index('uq_line_as_bought', 'line', ['booking_id', 'slot_id', 'ticket_type_id', 'unit_price', 'vat_rate', 'admits'], unique=True)
    op.create_table('receipt',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('paid', sa.Integer(), nullable=False),
    sa.Column('kept', sa.Integer(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('number > 0', name=op.f('ck_receipt_number')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_receipt_booking_id_booking')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_receipt'))
    )
    op.create_index('uq_receipt_says', 'receipt', ['booking_id', 'version', 'paid', 'kept'], unique=True)
    for statement in (TILL_SALES, OF_CHANGES, KEPT):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DELETE FROM refund WHERE payment_id IN (SELECT id FROM payment WHERE provider = 'till')")
    op.execute("DELETE FROM payment WHERE provider = 'till'")
    op.drop_table('receipt')
    op.drop_index('uq_line_as_bought', table_name='line')
    op.create_index('uq_line_booking_slot_type', 'line', ['booking_id', 'slot_id', 'ticket_type_id'], unique=True)
    op.drop_column('refund', 'till_receipt')
    op.drop_column('booking', 'kept_by_rule')
    op.drop_column('booking', 'late_total')
