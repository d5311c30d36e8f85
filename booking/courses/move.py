"""What a course's places are agreed on for when they are moved to another time."""

from __future__ import annotations

from datetime import datetime

from booking.agreements.closings import terms_on
from booking.agreements.terms import as_kept
from booking.centre.facts import CentreFacts
from booking.courses.models import Enrolment
from booking.courses.rules import terms_of
from booking.kernel.database import db


def keep_terms(booking_id: int, before: datetime, starts_at: datetime, centre: CentreFacts) -> None:
    """Let places that were booked for `before` keep the terms of the day they are on now; nothing for other bookings.

    The rule is the one that was agreed on. Call inside a unit of work that has the booking locked.
    """
    enrolment = db.session.get(Enrolment, booking_id, populate_existing=True)
    if enrolment is not None:
        days = centre.local(before).date(), centre.local(starts_at).date()
        enrolment.terms = as_kept(terms_on(terms_of(enrolment.terms), *days))
