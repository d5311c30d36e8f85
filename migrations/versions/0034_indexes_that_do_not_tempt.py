"""Indexes hold what somebody looks for: payments not settled, bookings that count, enrolments that say who pays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

UNSETTLED = sa.text("state IN ('begun', 'open', 'processing', 'returned')")
COUNTED = sa.text("holder <> ''")
SAYS = sa.text("employer <> '' OR org_number <> '' OR invoice_reference <> '' OR order_number <> ''")


def upgrade() -> None:
    """Put the small ones in the large one's place."""
    op.create_index(
        "ix_payment_unsettled", "payment", ["state", "begun_at"], sqlite_where=UNSETTLED, postgresql_where=UNSETTLED
    )
    op.drop_index("ix_payment_state", table_name="payment")
    op.create_index(
        "ix_booking_counted", "booking", ["starts_at"], sqlite_where=COUNTED, postgresql_where=COUNTED
    )
    op.create_index("ix_enrolment_says", "enrolment", ["booking_id"], sqlite_where=SAYS, postgresql_where=SAYS)


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_enrolment_says", table_name="enrolment")
    op.drop_index("ix_booking_counted", table_name="booking")
    op.create_index("ix_payment_state", "payment", ["state", "begun_at"])
    op.drop_index("ix_payment_unsettled", table_name="payment")
