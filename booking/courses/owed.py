"""What is owed for places on a course, and that it is another sum since it was invoiced or let go."""

from __future__ import annotations

from sqlalchemy import ColumnElement, case, true, update

from booking.bookings.models import Booking, State
from booking.courses.models import Enrolment
from booking.kernel.database import run


def owed_now() -> ColumnElement[int]:
    """Of the enrolment and its booking that a query reads: the places that stand, and what giving up others cost."""
    return case((Booking.state == State.CONFIRMED, Booking.total), else_=0) + Enrolment.fee


def note_otherwise(booking_id: int) -> None:
    """Places were given up: if an invoice stands for them, or they were let go, somebody looks at it again.

    Inside a unit of work that has the booking locked.
    """
    dealt_with = (Enrolment.booking_id == booking_id, Enrolment.dealt_with == true())
    run(update(Enrolment).where(*dealt_with).values(owes_otherwise=True))
