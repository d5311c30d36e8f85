"""Visits that their teacher wants to find again: kept with name and classes to the end of the next school year.

Without that choice they are forgotten like any booking, 90 days after the visit. After it, numbers without names stay
with the school.
"""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import select, update

from booking.agreements.rules import SCHOOL_YEAR_BEGINS, school_year
from booking.bookings.forgetting import CONTACT_KEPT
from booking.bookings.models import Booking
from booking.capacity.planning import at
from booking.centre.facts import CentreFacts
from booking.kernel.database import db
from booking.visits.models import Visit

YEARS = 2  # school years, that of the visit among them


def kept_until(arrives_at: datetime, centre: CentreFacts) -> datetime:
    """When a visit that is kept is forgotten: when the second school year is over."""
    year = school_year(centre.local(arrives_at).date())
    return at(date(year + YEARS, SCHOOL_YEAR_BEGINS, 1), time(0), centre.zone)


def keep_visits(email: str, centre: CentreFacts) -> None:
    """Keep all visits that this address has booked for two school years each; call inside a unit of work."""
    rows = select(Booking.id, Visit.arrives_at).join(Visit, Visit.booking_id == Booking.id)
    of_year: dict[datetime, list[int]] = {}
    for booking_id, arrives_at in db.session.execute(rows.where(Booking.email == email)):
        of_year.setdefault(kept_until(arrives_at, centre), []).append(booking_id)
    for until, booking_ids in of_year.items():
        kept = update(Booking).where(Booking.id.in_(booking_ids), Booking.email == email)
        _run(kept.values(forgotten_as_of=until - CONTACT_KEPT))


def let_visits_go(email: str) -> None:
    """Keep none of them beyond the time of every booking; call inside a unit of work."""
    _run(update(Booking).where(Booking.email == email).values(forgotten_as_of=None))


def _run(statement: object) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))  # type: ignore[attr-defined]
