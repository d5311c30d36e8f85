"""What pages read of money that somebody must look at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, select, text

from booking.bookings.models import Booking
from booking.kernel.database import db
from booking.payments.models import UNSETTLED, Payment, PaymentState, Refund, RefundState
from booking.payments.refunds import may_still_go

MOST_FAILED = 50
MOST_OF_A_SORT = 20


def was_money_returned(booking_id: int) -> bool:
    """Whether money came for a booking that could not be kept; one statement."""
    query = select(Payment.id).where(Payment.booking_id == booking_id, Payment.state == PaymentState.RETURNED)
    return db.session.scalar(query.limit(1)) is not None


def failed_refunds() -> list[tuple[Refund, str]]:
    """Refunds that failed and may still go, each with its booking's reference; one statement."""
    rows = db.session.execute(
        select(Refund, Booking.reference)
        .join(Booking, Booking.id == Refund.booking_id)
        .where(Refund.state == RefundState.FAILED, may_still_go())
        .limit(MOST_FAILED)
    )
    return [(refund, reference) for refund, reference in rows]


def payments_to_look_at(since: datetime) -> list[tuple[Payment, str]]:
    """Money that came too late or that somebody disputes, newest first, by reference; two statements."""
    unsettled = text(f"payment.{UNSETTLED}")
    returned = and_(unsettled, Payment.state == PaymentState.RETURNED, Payment.begun_at >= since)
    disputed = Payment.disputed_at >= since
    payments: dict[int, tuple[Payment, str]] = {}
    for condition in (returned, disputed):
        rows = db.session.execute(
            select(Payment, Booking.reference)
            .join(Booking, Booking.id == Payment.booking_id)
            .where(condition)
            .order_by(Payment.begun_at.desc())
            .limit(MOST_OF_A_SORT)
        )
        payments |= {payment.id: (payment, reference) for payment, reference in rows}
    return [payments[number] for number in sorted(payments, reverse=True)]
