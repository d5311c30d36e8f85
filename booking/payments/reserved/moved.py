"""A booking that is paid moves to another day: money that is to be taken on the day is taken on that one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from booking.bookings.models import Booking
from booking.centre.facts import the_centre
from booking.kernel.database import db
from booking.payments.models import Capture, CaptureState, Payment
from booking.payments.paid_for import paid_for
from booking.payments.providers import tills
from booking.payments.reserved.capture import SPARE, day_of


def take_on_new_day(booking_id: int, now: datetime) -> None:
    """Earlier or later, but never so late that it may have lapsed; call in the unit of work that moves the booking."""
    query = (
        select(Payment.id, Payment.provider, Capture.lapses_at, Booking.starts_at)
        .join(Capture, Capture.payment_id == Payment.id)
        .join(Booking, Booking.id == booking_id)
        .where(paid_for(booking_id), Capture.state == CaptureState.WAITING)
    )
    for payment_id, provider, lapses_at, starts_at in db.session.execute(query).all():
        rule = tills.of(provider).terms.taken
        if rule is None or rule.at_once:
            continue
        # Everybody locks a payment before what becomes of it.
        db.session.execute(select(Payment.id).where(Payment.id == payment_id).with_for_update(key_share=True))
        due = max(min(day_of(starts_at, the_centre()), lapses_at - SPARE), now)
        waits = update(Capture).where(Capture.payment_id == payment_id, Capture.state == CaptureState.WAITING)
        db.session.execute(waits.values(due_at=due).execution_options(synchronize_session=False))
