"""Yearly figures for funders: classes counted once at the door, by where they come from and who pays for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select, update

from booking.agreements.models import School, SchoolRules
from booking.bookings.models import Ticket
from booking.catalogue.models import Activity
from booking.door.admit import Admitting, admit
from booking.door.models import EntryWay
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.reports.all import REPORTS
from booking.reports.figures import ReportRequest, make
from booking.reports.period import Against, Period
from booking.sheets.sheet import Cell, Sheet
from booking.visits.models import VisitGroup
from tests.builders import a_confirmed_booking, a_slot, a_ticket_type, an_activity
from tests.visits.booked import Centre, a_school_centre, a_visit


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context(), force_locale("en_GB"):
        yield


def read(slug: str) -> Sheet:
    today = clock.now().date()
    period = Period(today - timedelta(days=1), today + timedelta(days=300), ZoneInfo("UTC"))
    return make(REPORTS[slug], ReportRequest(period, "nb"), Against.NOTHING)


def rows(slug: str) -> dict[Cell, list[Cell]]:
    return {row[0]: list(row[1:]) for row in read(slug).rows}


def let_in(centre: Centre, booking_id: int, absent: int) -> None:
    """The class at each of its programmes, so many pupils less than booked each time; one adult comes."""
    adult_type = db.session.scalars(select(SchoolRules.adult_type_id)).one()
    tickets = db.session.scalars(select(Ticket).where(Ticket.booking_id == booking_id)).all()
    for ticket in tickets:
        heads = 1 if ticket.ticket_type_id == adult_type else ticket.admits - absent
        how = Admitting(new_secret(), clock.now(), EntryWay.LIST, None, reason="Prøve")
        with unit_of_work():
            admit(booking_id, {(ticket.slot_id, ticket.ticket_type_id): heads}, how, centre.facts)


def test_classes_are_counted_once_by_all_that_funders_ask() -> None:
    """6A comes with 21 of 24 pupils and one of two adults; 6B, here of a kindergarten, has not come yet. Both go to two
    programmes and lunch, and their municipality pays 24 x 110.00 for each.
    """
    centre = a_school_centre()
    let_in(centre, a_visit(centre, "6A").booking_id, absent=3)
    a_visit(centre, "6B", email="ola@example.org")
    with unit_of_work():
        db.session.execute(update(VisitGroup).where(VisitGroup.name == "6B").values(grade=0))
    both = [2, 2, 48, 21, 4, 1, 528_000, 0, 4_380]
    assert rows("municipalities") == {"Bergen": both}
    assert rows("schools") == {"Solbakken skole": ["Bergen", *both]}
    assert rows("agreements") == {"Bergen kommune": both}
    assert rows("programmes") == {"Bridges": both[:6], "Body": both[:6]}
    assert rows("grades") == {
        "Kindergarten": [1, 1, 24, 0, 2, 0, 264_000, 0, 0],
        "Grade 6": [1, 1, 24, 21, 2, 1, 264_000, 0, 8_750],
    }
    assert read("grades").total == ["Total", None, *both[1:]]  # a visit may be of two grades


def test_the_year_has_everybody_once() -> None:
    centre = a_school_centre()
    let_in(centre, a_visit(centre, "6A").booking_id, absent=4)
    with unit_of_work():
        db.session.execute(update(School).values(municipality=""))
    entry = an_activity()
    family = a_confirmed_booking(a_slot(entry), a_ticket_type(entry), 3)
    ticket = db.session.scalars(select(Ticket).where(Ticket.booking_id == family.booking_id)).first()
    assert ticket is not None
    show = an_activity()
    a_confirmed_booking(a_slot(show), a_ticket_type(show), 2)
    with unit_of_work():  # nobody comes into the house on it
        db.session.execute(update(Activity).where(Activity.id == show).values(needs_admission=True))
    how = Admitting(new_secret(), clock.now(), EntryWay.LIST, None, reason="Prøve")
    with unit_of_work():
        admit(family.booking_id, {(ticket.slot_id, ticket.ticket_type_id): 2}, how, centre.facts)
    assert rows("year") == {
        "School visits": [1, 1, 10_000],
        "Groups": [1, 1, 10_000],
        "Different schools and kindergartens": [1, 1, 10_000],
        "Different municipalities": [0, 0, None],
        "Pupils": [24, 20, 8_330],
        "Children of kindergartens": [0, 0, None],
        "Adults with groups": [2, 1, 5_000],
        "Other visitors": [3, 2, 6_670],
        "All visitors": [29, 23, 7_930],
    }
    assert rows("municipalities").keys() == {"Not known"}
