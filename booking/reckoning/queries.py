"""What pages read of visits whose classes nobody has counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select

from booking.bookings.models import Booking, State
from booking.door.models import CheckIn
from booking.invoicing.heads import awaits_reckoning, is_to_claim
from booking.kernel.database import as_values, run
from booking.visits.models import Visit

ASKED_FOR = timedelta(days=30)  # as long as a centre can wait for a count at most
MOST_ASKED = 20


@dataclass(frozen=True, slots=True)
class UncountedVisit:
    """A visit that is over, is billed by the count, and has none."""

    booking_id: int
    reference: str
    group_name: str
    arrived_at: datetime


def uncounted_visits(now: datetime) -> list[UncountedVisit]:
    """What the desk is asked about, the oldest first; in one statement."""
    counted = exists(select(CheckIn.id).where(CheckIn.booking_id == Visit.booking_id, CheckIn.undone_at.is_(None)))
    rows = run(
        select(Booking.id, Booking.reference, Booking.group_name, Visit.arrives_at)
        .join(Booking, Booking.id == Visit.booking_id)
        .where(
            Visit.arrives_at > now - ASKED_FOR,
            Visit.arrives_at <= now,
            Visit.leaves_at <= now,
            awaits_reckoning(),
            ~counted,
            Booking.state == State.CONFIRMED,
            is_to_claim(),
        )
        .order_by(Visit.arrives_at)
        .limit(MOST_ASKED)
    )
    return as_values(UncountedVisit, rows)
