"""The reminder the day before."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select

from booking.bookings.models import Booking, State
from booking.capacity.timetable import at
from booking.centre.facts import CentreFacts
from booking.kernel.database import db
from booking.outbox.promises import promise

BEFORE = timedelta(hours=24)
MORNING = time(8)
MOST = 500


def promise_reminders(now: datetime) -> int:
    """Promise a reminder for each booking of the coming day; call inside a unit of work, as often as you like.

    Not for those bought within the day before: they have just had their tickets. A booking that moves is reminded of
    its new time; whether it still stands is asked when the letter is written.
    """
    rows = db.session.execute(
        select(Booking.id, Booking.starts_at, Booking.confirmed_at)
        .where(
            Booking.starts_at > now,
            Booking.starts_at <= now + BEFORE,
            Booking.state == State.CONFIRMED,
            Booking.changes_id.is_(None),
            Booking.email != "",
            Booking.confirmed_at < now,
        )
        .order_by(Booking.starts_at.desc())  # what has just become due first: the others were promised before
        .limit(MOST)
    ).all()
    # Compared here: SQLite keeps moments as texts and takes no hours from them.
    due = [
        (booking_id, starts_at)
        for booking_id, starts_at, bought_at in rows
        if bought_at is not None and is_reminded(bought_at, starts_at)
    ]
    for booking_id, starts_at in due:
        about = {"booking_id": booking_id, "starts_at": starts_at.isoformat()}
        promise("mail.reminder", f"reminder:{booking_id}:{starts_at:%Y%m%d%H%M}", about)
    return len(due)


def files_since(arrives_at: datetime, days: int | None, centre: CentreFacts) -> datetime:
    """When files and links for before are mailed: the morning so many days before, or without a number a day before."""
    if days is None:
        return arrives_at - BEFORE
    return at(centre.local(arrives_at).date() - timedelta(days=days), MORNING, centre.zone)


def is_reminded(confirmed_at: datetime, starts_at: datetime) -> bool:
    """Whether it was bought long enough before for a reminder: not within the day before, when one has just read it."""
    return confirmed_at < starts_at - BEFORE
