"""What `flask check` asks of visits and places on courses: that what was agreed on is kept with each that is to come.

Without it a rule that is changed, or a day that is closed, later than the booking would change what somebody owes.
"""

from __future__ import annotations

from sqlalchemy import Select, bindparam, select

from booking.bookings.models import Booking, State
from booking.courses.models import Enrolment
from booking.kernel import clock
from booking.kernel.database import UTCDateTime
from booking.visits.models import Visit

_LIVES = (State.PENDING, State.CONFIRMED)
# Asked each time that the question is put, since questions are built once.
_NOW = bindparam("now", callable_=clock.now, type_=UTCDateTime)


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
    return [
        (
            "terms",
            "visit to come without kept terms, booking",
            select(Visit.booking_id)
            .join(Booking, Booking.id == Visit.booking_id)
            .where(Visit.terms.is_(None), Visit.arrives_at > _NOW, Booking.state.in_(_LIVES)),
        ),
        (
            "terms",
            "places on a course to come without kept terms, booking",
            select(Enrolment.booking_id)
            .join(Booking, Booking.id == Enrolment.booking_id)
            .where(Enrolment.terms.is_(None), Booking.starts_at > _NOW, Booking.state.in_(_LIVES)),
        ),
    ]
