"""The end of participants' names: with the contact of their booking. What a certificate is checked by has no name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, text, update

from booking.bookings.models import Booking, State
from booking.bookings.privacy import BASKETS_KEPT, BATCH, CONTACT_KEPT
from booking.courses.models import Participant
from booking.kernel.database import db


def purge(now: datetime) -> int:
    """Clear a batch of what is over its time; call in a unit of work, again until it returns 0."""
    named = text("name <> ''")  # literally, as in the partial index that it is found by
    over = select(Participant.id).where(Participant.starts_at < now - CONTACT_KEPT, named).limit(BATCH)
    ids = list(db.session.scalars(over))
    if ids:
        cleared = update(Participant).where(Participant.id.in_(ids)).values(name="", email="", code="")
        db.session.execute(cleared.execution_options(synchronize_session=False))
    never = (
        select(Participant.id)
        .join(Booking, Booking.id == Participant.booking_id)
        .where(
            Participant.ticket_id.is_(None),
            Participant.name != "",
            Booking.state.in_((State.EXPIRED, State.CANCELLED)),
            Booking.created_at < now - BASKETS_KEPT,
        )
        .limit(BATCH)
    )
    unbought = list(db.session.scalars(never))
    if unbought:
        db.session.execute(delete(Participant).where(Participant.id.in_(unbought)))
    return len(ids) + len(unbought)
