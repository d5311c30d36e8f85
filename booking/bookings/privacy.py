"""The end of personal data: contact 90 days after the visit, needs the day after, unbought baskets after a week."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, TextClause, delete, func, or_, select, text, update

from booking.bookings.models import Booking, Line, State, Subscriber, Waiting, WaitingState
from booking.bookings.words import forget_words
from booking.kernel.database import db

CONTACT_KEPT = timedelta(days=90)
NEEDS_KEPT = timedelta(days=1)
BASKETS_KEPT = timedelta(days=7)
UNANSWERED_KEPT = timedelta(days=30)
BATCH = 1000  # bookings of each kind at a time: buyers write between two batches


def purge(now: datetime) -> int:
    """Clear a batch of what is over its time; call in a unit of work of its own, again until it returns 0.

    Returns how many bookings were touched.

    Sums, tickets and payments stay for the five years that bokføringsloven § 13 asks; who they were for does not.
    """
    touched = 0
    # The conditions on text stand literally, as in the partial indexes that they are found by.
    touched += _clear(Booking.starts_at < now - NEEDS_KEPT, text("needs <> ''"), needs="")
    touched += _clear(Booking.starts_at < now - NEEDS_KEPT, text("holder <> ''"), holder="", person="")
    touched += _clear(
        Booking.starts_at < now - CONTACT_KEPT,
        text("email <> ''"),
        name="",
        email="",
        phone="",
        search="",
        group_name="",
    )
    old = (
        select(Booking.id)
        .where(
            Booking.state.in_((State.EXPIRED, State.CANCELLED)),
            Booking.confirmed_at.is_(None),
            func.length(Booking.email) == 0,  # not by the index on e-mail, where the forgotten are many
            Booking.changes_id.is_(None),
            Booking.created_at < now - BASKETS_KEPT,
        )
        .limit(BATCH)
    )
    abandoned = list(db.session.scalars(old))
    if abandoned:
        db.session.execute(delete(Line).where(Line.booking_id.in_(abandoned)))
        db.session.execute(delete(Booking).where(Booking.id.in_(abandoned)))
    db.session.execute(
        update(Waiting)
        .where(Waiting.state == WaitingState.ENDED, Waiting.created_at < now - CONTACT_KEPT)
        .values(name="", email="")
    )
    marked = or_(text("holder <> ''"), text("person <> ''"))
    db.session.execute(update(Waiting).where(Waiting.state == WaitingState.ENDED, marked).values(holder="", person=""))
    db.session.execute(
        delete(Subscriber).where(Subscriber.confirmed_at.is_(None), Subscriber.asked_at < now - UNANSWERED_KEPT)
    )
    return touched + len(abandoned)


def _clear(*which: ColumnElement[bool] | TextClause, **values: str) -> int:
    over = list(db.session.scalars(select(Booking.id).where(*which).limit(BATCH)))
    if over:
        clear = update(Booking).where(Booking.id.in_(over)).values(**values)
        db.session.execute(clear.execution_options(synchronize_session=False))
        if "search" in values:
            forget_words(over)
    return len(over)
