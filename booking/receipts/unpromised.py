"""Money that moved and of which nobody has promised a receipt: by an older release that ran beside this one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, exists, func, select, union

from booking.bookings.models import Booking
from booking.kernel.database import run, unit_of_work
from booking.outbox.promises import promise
from booking.payments.models import Payment, PaymentState, Refund, RefundState
from booking.payments.receipts import RECEIPT
from booking.receipts.models import PaymentReceipt
from booking.receipts.moved import PART, has_sale_receipt

LOOKED_BACK = timedelta(days=7)  # nights that may be missed
ON_ITS_WAY = timedelta(hours=1)  # what moved since then has its promise still

_WHOSE = func.coalesce(Booking.changes_id, Booking.id)
_MOVED = union(
    select(_WHOSE.label("booking_id"))
    .join(Payment, Payment.booking_id == Booking.id)
    .where(
        Payment.state == PaymentState.PAID,
        Payment.paid_at.between(bindparam("since"), bindparam("until")),
        ~has_sale_receipt(),
    ),
    select(_WHOSE.label("booking_id"))
    .join(Payment, Payment.booking_id == Booking.id)
    .join(Refund, Refund.payment_id == Payment.id)
    .where(
        Refund.state.in_(tuple(RefundState)),  # as the index that has the moment begins
        Refund.requested_at.between(bindparam("since"), bindparam("until")),
        Payment.state == PaymentState.PAID,
        ~Refund.idempotency_key.contains(PART),
        ~exists().where(PaymentReceipt.refund_id == Refund.id),
    ),
)


def promise_missing(now: datetime) -> None:
    """Promise the receipts that are missing of these days; once a day for each booking. Not inside a unit of work."""
    with unit_of_work():
        for (booking_id,) in run(_MOVED, {"since": now - LOOKED_BACK, "until": now - ON_ITS_WAY}).all():
            promise(RECEIPT, f"receipt:missing:{booking_id}:{now.date()}", {"booking_id": booking_id})
