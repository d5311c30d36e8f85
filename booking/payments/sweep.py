"""Ask again about everything long under way: lost webhooks, crashes between two steps, closed tabs."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select

from booking.bookings.hold import back_to_basket, expire_pending
from booking.bookings.models import Booking, State
from booking.centre.facts import the_centre
from booking.kernel.database import db, end_reading, unit_of_work
from booking.payments import refunds, webhook
from booking.payments.fulfil import fulfil, settle
from booking.payments.models import Payment, PaymentState, Refund, RefundState
from booking.payments.pay import NoAnswer, open_session
from booking.payments.provider import Rejected, Unreachable
from booking.payments.providers import tills

BEGUN_FOR = timedelta(minutes=1)
LOOK_EVERY = timedelta(minutes=2)
REFUND_WAITS = timedelta(minutes=10)
MOST = 50


def sweep(now: datetime) -> int:
    """Look at what is due; returns how many. Not in a unit of work. A provider that is down ends the round early."""
    looked = 0
    try:
        for payment_id in _half_begun(now):
            _finish_beginning(payment_id, now)
            looked += 1
        for payment_id in _long_under_way(now):
            fulfil(payment_id)
            looked += 1
        for booking_id in _overdue(now):
            _close(booking_id, now)
            looked += 1
        for refund_id in _unsent(now):
            refunds.send(refund_id)
            looked += 1
        looked += _undelivered()
    except (Unreachable, NoAnswer):
        db.session.rollback()
    return looked


def _half_begun(now: datetime) -> list[int]:
    """Payments whose session we never heard of."""
    found = select(Payment.id).where(Payment.state == PaymentState.BEGUN, Payment.begun_at < now - BEGUN_FOR)
    return _ids(found)


def _finish_beginning(payment_id: int, now: datetime) -> None:
    payment = db.session.get_one(Payment, payment_id, populate_existing=True)
    if payment.expires_at - timedelta(minutes=30) > now:
        # Young enough to be opened: the same key gives the session that may exist already, and then we know its name.
        try:
            open_session(payment_id)
        except Rejected:
            return
        return
    booking_id = payment.booking_id
    with unit_of_work():
        payment = db.session.get_one(Payment, payment_id, populate_existing=True)
        payment.state = PaymentState.FAILED
        back_to_basket(booking_id, the_centre(), now)


def _long_under_way(now: datetime) -> list[int]:
    return _ids(
        select(Payment.id)
        .where(
            Payment.state.in_((PaymentState.OPEN, PaymentState.PROCESSING)),
            or_(Payment.looked_at.is_(None), Payment.looked_at < now - LOOK_EVERY),
        )
        .order_by(Payment.looked_at)
    )


def _overdue(now: datetime) -> list[int]:
    """Bookings whose places have waited long enough for their money."""
    return _ids(select(Booking.id).where(Booking.held_until < now, Booking.state == State.PENDING))


def _close(booking_id: int, now: datetime) -> None:
    """Make sure that nothing can be paid any more, and only then let the places go."""
    rows = db.session.execute(
        select(Payment.id, Payment.provider_ref).where(
            Payment.booking_id == booking_id, Payment.state.in_((PaymentState.OPEN, PaymentState.PROCESSING))
        )
    ).all()
    end_reading()
    for payment_id, ref in rows:
        if ref is not None:
            settle(payment_id, tills.provider.close(ref))
    with unit_of_work():
        still = db.session.scalar(
            select(Payment.id).where(
                Payment.booking_id == booking_id,
                Payment.state.in_((PaymentState.BEGUN, PaymentState.OPEN, PaymentState.PROCESSING)),
            )
        )
        if still is None:
            expire_pending(booking_id, now)


def _unsent(now: datetime) -> list[int]:
    return _ids(
        select(Refund.id).where(
            Refund.state == RefundState.REQUESTED,
            Refund.provider_ref.is_(None),
            Refund.requested_at < now - REFUND_WAITS,
        )
    )


def _undelivered() -> int:
    events = tills.provider.undelivered()
    for event in events:
        webhook.receive(event)
    return len(events)


def _ids(query: Select[int]) -> list[int]:
    found = list(db.session.scalars(query.limit(MOST)))
    end_reading()
    return found
