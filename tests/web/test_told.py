"""What teachers typed stands where staff look: at the visit, on the board, at the slot, in the file."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking, Ticket
from booking.door.told import ToldByTeacher, told_by
from booking.exports import sources
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.reports import bookings
from booking.staff.models import Role
from booking.visits.models import Visit
from tests.builders import a_confirmed_booking, a_sale
from tests.visits.booked import a_school_centre, a_visit
from tests.web.browsing import Visitor, words
from tests.web.test_desk import signed_in

SAID = ("INV-4711", "PO-0815", "Berit Vikar", "+4791234567")


@pytest.fixture
def visit(app: Flask) -> int:
    """A visit whose teacher filled in everything."""
    centre = a_school_centre()
    return a_visit(
        centre, "6A", "6B", invoice_reference=SAID[0], order_number=SAID[1], on_the_day=SAID[2], mobile=SAID[3]
    ).booking_id


def slot_of(booking_id: int) -> int:
    return db.session.scalars(select(Ticket.slot_id).where(Ticket.booking_id == booking_id).limit(1)).one()


def test_what_was_typed_is_read_of_many_bookings_at_once(visit: int) -> None:
    _, slot, adult = a_sale()
    family = a_confirmed_booking(slot, adult).booking_id
    assert told_by([visit, family]) == {visit: ToldByTeacher("Solbakken skole", SAID[2], SAID[3], SAID[0], SAID[1])}
    assert told_by([]) == {}


def test_staff_see_it_at_the_visit_the_booking_and_the_slot_with_the_plan_of_each_class(
    visit: int, visitor: Visitor
) -> None:
    signed_in(visitor, Role.ADMIN)
    for page in (f"/staff/desk/booking/{visit}", f"/staff/bookings/{visit}", f"/staff/capacity/slot/{slot_of(visit)}"):
        shown = words(visitor.get(page))
        assert [text for text in SAID if text not in shown] == [], page
    for page in (f"/staff/desk/booking/{visit}", f"/staff/bookings/{visit}"):
        shown = words(visitor.get(page))
        assert "6A 24 pupils, 2 adults" in shown and "Bridges" in shown, page
        assert "1 × Pupil" not in shown, page


def test_it_is_on_the_board_and_the_day_on_paper(visit: int, visitor: Visitor) -> None:
    comes = db.session.scalars(select(Booking.starts_at).where(Booking.id == visit)).one()
    ahead = comes - clock.now()
    with unit_of_work():  # as if it were today
        db.session.execute(update(Booking).where(Booking.id == visit).values(starts_at=comes - ahead))
        db.session.execute(update(Visit).values(arrives_at=comes - ahead))
    signed_in(visitor, Role.DESK)
    for page in ("/staff/desk/", "/staff/desk/day"):
        shown = words(visitor.get(page))
        assert [text for text in SAID if text not in shown] == [], page


def test_it_is_in_the_file_of_bookings(visit: int) -> None:
    wanted = sources.bookings_filters(bookings.BookingFilter())
    sheet = sources.sheet_of("bookings", wanted, "en")
    (row,) = sheet.rows
    titles = [column.title for column in sheet.columns]
    assert dict(zip(titles, row, strict=True)) | {
        "Invoice reference": SAID[0], "Order number": SAID[1], "Comes along": SAID[2],
        "Mobile on the day": SAID[3],
    } == dict(zip(titles, row, strict=True))  # fmt: skip
