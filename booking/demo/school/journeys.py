"""Teachers' own ways in the demo: a class that comes for the exhibition alone, and a bus that is late today."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select, update

from booking.agreements.payers import find_schools
from booking.bookings.details import Contact
from booking.bookings.models import Booking, State, Ticket
from booking.capacity.models import Channel, Slot
from booking.capacity.timetable import at
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import CentreFacts
from booking.demo.school.values import DemoSchools, DemoVisit
from booking.kernel.database import db, unit_of_work
from booking.planner.plans import Part, PartKind, Plan, Timetable
from booking.visits.book import VisitOrder, book_visit, wants_of

HALF = timedelta(minutes=30)
SATURDAY, NOON = 5, 12
LATE = timedelta(minutes=25)


def book_journeys(demo: DemoSchools, centre: CentreFacts, now: datetime) -> None:
    """Both, where there is a day for them."""
    if demo.exhibition is not None:
        _for_the_exhibition(demo.exhibition, demo.teacher, centre, now)
    _late_today(centre, now)


def _for_the_exhibition(visit: DemoVisit, teacher: Contact, centre: CentreFacts, now: datetime) -> None:
    coming = db.session.scalars(
        select(Slot)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(
            Activity.kind == Kind.ADMISSION, Slot.starts_at > now + timedelta(days=20), Slot.capacity - Slot.taken >= 30
        )
        .order_by(Slot.starts_at)
        .limit(120)
    ).all()
    moments = ((centre.local(slot.starts_at), slot) for slot in coming)
    entry = next((slot for moment, slot in moments if moment.weekday() < SATURDAY and moment.hour < NOON), None)
    if entry is None:
        return
    starts, ends = entry.starts_at, entry.starts_at + 2 * HALF
    later = select(Slot.id).where(
        Slot.space_id == entry.space_id,
        Slot.activity_id.is_(None),
        Slot.starts_at >= entry.ends_at,
        Slot.starts_at < ends,
    )
    there = tuple(db.session.scalars(later))
    part = Part(PartKind.EXHIBITION, (entry.id, *there), starts, ends, entry.activity_id, entry.space_id)
    timetables = (Timetable(visit.group, (part,), 0, (entry.id, *there)),)
    plan = Plan(starts.date(), starts, ends + HALF / 6, timetables, wants_of(timetables), is_best=False)
    order = VisitOrder(
        plan, school=find_schools(visit.school)[0], contact=teacher, lang=centre.languages[0], mobile=teacher.phone,
        invoice_reference=visit.reference,
    )  # fmt: skip
    with unit_of_work():
        book_visit(order, centre=centre, now=now)


def _late_today(centre: CentreFacts, now: datetime) -> None:
    midnight = at(centre.local(now).date() + timedelta(days=1), time(0), centre.zone)
    has_come = select(Ticket.id).where(Ticket.booking_id == Booking.id, Ticket.admitted > 0).exists()
    next_class = (
        select(Booking.id, Booking.starts_at)
        .where(
            Booking.channel == Channel.SCHOOL,
            Booking.state == State.CONFIRMED,
            Booking.starts_at >= now,
            Booking.starts_at < midnight,
            ~has_come,
        )
        .order_by(Booking.starts_at)
        .limit(1)
    )
    row = db.session.execute(next_class).first()
    if row is not None:
        with unit_of_work():
            late = update(Booking).where(Booking.id == row[0]).values(expected_at=row[1] + LATE)
            db.session.execute(late)
