"""What teachers have typed that others must know: who comes along, how the invoice is marked, where we come to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from booking.agreements.models import School
from booking.courses.models import Enrolment
from booking.kernel.database import run
from booking.outreach.models import OutreachVisit
from booking.visits.models import Visit


@dataclass(frozen=True, slots=True)
class ToldByTeacher:
    """Of one booking; "" for what was not said. `place` is where we come to, for a programme held at the school."""

    school: str
    person: str
    mobile: str
    invoice_reference: str
    order_number: str
    place: str = ""


_VISITS = (
    select(
        Visit.booking_id, School.name, Visit.on_the_day, Visit.mobile, Visit.invoice_reference, Visit.order_number,
        OutreachVisit.address, OutreachVisit.room, OutreachVisit.municipality,
    )
    .join(School, School.id == Visit.school_id)
    .outerjoin(OutreachVisit, OutreachVisit.visit_id == Visit.id)
    .where(Visit.booking_id.in_(bindparam("bookings", expanding=True)))
)  # fmt: skip
_ENROLMENTS = select(
    Enrolment.booking_id, Enrolment.employer, Enrolment.invoice_reference, Enrolment.order_number
).where(Enrolment.booking_id.in_(bindparam("bookings", expanding=True)))


def told_by(booking_ids: Collection[int]) -> dict[int, ToldByTeacher]:
    """By booking, of visits here, programmes at schools and enrolments in courses, in two statements."""
    if not booking_ids:
        return {}
    ids = {"bookings": sorted(booking_ids)}
    told = {}
    for booking_id, school, person, mobile, reference, number, *place in run(_VISITS, ids):
        where = ", ".join(part for part in place if part)
        told[booking_id] = ToldByTeacher(school, person, mobile, reference, number, where)
    for booking_id, employer, reference, number in run(_ENROLMENTS, ids):
        told[booking_id] = ToldByTeacher(employer, "", "", reference, number)
    return told
