"""The reminder the day before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import or_, select

from booking.bookings.models import Booking, State
from booking.capacity.timetable import at
from booking.centre.facts import CentreFacts
from booking.kernel.database import as_values, run
from booking.outbox.models import Promise
from booking.outbox.promises import promise

BEFORE = timedelta(hours=24)
MORNING = time(8)
MOST = 500  # promised in one unit of work, and looked at in one statement


@dataclass(frozen=True, slots=True)
class Reminded:
    """A confirmed booking of the coming day, and since when it has been."""

    booking_id: int
    starts_at: datetime
    confirmed_at: datetime

    @property
    def key(self) -> str:
        """One reminder for each time that a booking has."""
        return f"reminder:{self.booking_id}:{self.starts_at:%Y%m%d%H%M}"


def promise_reminders(now: datetime) -> int:
    """Promise a reminder for each booking of the coming day; call inside a unit of work, as often as you like.

    Not for those bought within the day before: they have just had their tickets. A booking that moves is reminded of
    its new time; whether it still stands is asked when the letter is written. Returns how many are promised now, the
    soonest first and so many at a time; those that were promised before keep nobody from their turn.
    """
    left, after = MOST, (now, 0)
    while left and (coming := _coming(now, after)):
        after = coming[-1].starts_at, coming[-1].booking_id
        due = [reminded for reminded in coming if is_reminded(reminded.confirmed_at, reminded.starts_at)]
        there = _promised(due)
        new = [reminded for reminded in due if reminded.key not in there][:left]
        for reminded in new:
            about = {"booking_id": reminded.booking_id, "starts_at": reminded.starts_at.isoformat()}
            promise("mail.reminder", reminded.key, about)
        left -= len(new)
    return MOST - left


def _coming(now: datetime, after: tuple[datetime, int]) -> list[Reminded]:
    """So many of the coming day's bookings behind one of them, by their time; one statement."""
    begins, last = after
    query = (
        select(Booking.id, Booking.starts_at, Booking.confirmed_at)
        .where(
            Booking.starts_at >= begins,
            or_(Booking.starts_at > begins, Booking.id > last),
            Booking.starts_at > now,
            Booking.starts_at <= now + BEFORE,
            Booking.state == State.CONFIRMED,
            Booking.changes_id.is_(None),
            Booking.email != "",
            Booking.confirmed_at < now,
        )
        .order_by(Booking.starts_at, Booking.id)
        .limit(MOST)
    )
    # Compared with its time outside: SQLite keeps moments as texts and takes no hours from them.
    return as_values(Reminded, run(query))


def _promised(due: Sequence[Reminded]) -> set[str]:
    """The keys of those that are promised; one statement."""
    keys = [reminded.key for reminded in due]
    return {str(key) for (key,) in run(select(Promise.key).where(Promise.key.in_(keys)))} if keys else set()


def files_since(arrives_at: datetime, days: int | None, centre: CentreFacts) -> datetime:
    """When files and links for before are mailed: the morning so many days before, or without a number a day before."""
    if days is None:
        return arrives_at - BEFORE
    return at(centre.local(arrives_at).date() - timedelta(days=days), MORNING, centre.zone)


def is_reminded(confirmed_at: datetime, starts_at: datetime) -> bool:
    """Whether it was bought long enough before for a reminder: not within the day before, when one has just read it."""
    return confirmed_at < starts_at - BEFORE
