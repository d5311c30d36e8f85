"""What a visit costs through its changes: lunch follows who eats, and prices are those of the day of booking."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking, Line
from booking.check import breaches
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.schools import adjust, change, instead, read
from booking.schools.adjust import Cause
from booking.schools.book import book_visit
from booking.schools.models import SchoolRules
from booking.schools.offered import programmes
from tests.schools.visits import Centre, a_plan, a_school_centre, an_order


@pytest.fixture
def centre(app: Flask) -> Centre:
    """The house, where a seat at lunch costs something and an agreement pays for programmes."""
    made = a_school_centre()
    prices(lunch_price=2000)
    return made


def prices(**columns: int) -> None:
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(**columns))


def booked(centre: Centre, lunch: int) -> int:
    plan = a_plan(centre, "6A", lunch=lunch)
    with unit_of_work():
        return book_visit(an_order(centre, plan), centre=centre.facts, now=clock.now()).booking_id


def facts_of(booking_id: int) -> read.VisitFacts:
    db.session.rollback()
    found = read.of_booking(booking_id, "NOK")
    assert found is not None
    return found


def test_lunch_is_the_schools_own_and_follows_who_eats(centre: Centre) -> None:
    number = booked(centre, lunch=0)
    facts = facts_of(number)
    assert facts.by_payer() == [("Bergen kommune", 24 * 11000)] and not facts.for_lunch
    hours = instead.Hours(facts.arrives_at, facts.leaves_at)
    there = instead.day_of(facts, hours, programmes(), centre.facts, clock.now())
    eating, version = instead.with_lunch(facts, there)[0].plan, db.session.get_one(Booking, number).version
    db.session.rollback()
    with unit_of_work():
        adjust.accept(number, eating, Cause.LUNCH, version, centre=centre.facts, now=clock.now())
    assert facts_of(number).for_lunch == 26 * 2000
    with unit_of_work():
        change.change_numbers(number, {0: (20, 1)}, centre=centre.facts, now=clock.now())
    assert facts_of(number).by_payer() == [("Bergen kommune", 20 * 11000), ("", 21 * 2000)]
    seats = select(Line.admits, Line.unit_price).where(Line.booking_id == number, Line.unit_price == 21 * 2000)
    assert db.session.execute(seats).all() == [(21, 21 * 2000)]
    assert breaches() == []
    without = instead.without_lunch(facts_of(number), there)
    assert without is not None
    version = db.session.get_one(Booking, number).version
    db.session.rollback()
    with unit_of_work():
        adjust.accept(number, without.plan, Cause.LUNCH, version, centre=centre.facts, now=clock.now())
    assert facts_of(number).by_payer() == [("Bergen kommune", 20 * 11000)]
    assert breaches() == []
