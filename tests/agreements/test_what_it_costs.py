"""What a visit costs through its changes: lunch follows who eats, and prices are those of the day of booking."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.agreements.kept_price import as_kept, from_kept
from booking.agreements.models import SchoolRules
from booking.agreements.prices import OwnPrice, Ratio, SchoolPrice, VisitKind
from booking.bookings.models import Booking, Line
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.money import Money
from booking.planner.missed import Hours
from booking.programmes.models import PriceBy, Programme
from booking.programmes.offered import programmes
from booking.running.check import breaches
from booking.visits import adjust, alternatives, change, read
from booking.visits.adjust import Cause
from booking.visits.book import book_visit
from booking.visits.models import Visit
from tests.visits.booked import Centre, a_plan, a_school_centre, an_order


@pytest.fixture
def centre(app: Flask) -> Centre:
    """The house, where a seat at lunch costs something and an agreement pays for programmes."""
    made = a_school_centre()
    prices(lunch_price=2000)
    return made


def prices(**columns: int) -> None:
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(**columns))


def own_price(activity_id: int, **columns: object) -> None:
    with unit_of_work():
        db.session.execute(update(Programme).where(Programme.activity_id == activity_id).values(**columns))


def booked(centre: Centre, lunch: int) -> int:
    plan = a_plan(centre, "6A", lunch=lunch)
    with unit_of_work():
        return book_visit(an_order(centre, plan), centre=centre.facts, now=clock.now()).booking_id


def facts_of(booking_id: int) -> read.VisitFacts:
    db.session.rollback()
    visit = read.of_booking(booking_id, "NOK")
    assert visit is not None
    return visit


def test_lunch_is_the_schools_own_and_follows_who_eats(centre: Centre) -> None:
    number = booked(centre, lunch=0)
    facts = facts_of(number)
    assert facts.by_payer() == [("Bergen kommune", 24 * 11000)] and not facts.for_lunch
    hours = Hours(facts.arrives_at, facts.leaves_at)
    there = alternatives.day_of(facts, hours, programmes(), centre.facts, clock.now())
    eating, version = alternatives.with_lunch(facts, there)[0].plan, db.session.get_one(Booking, number).version
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
    without = alternatives.without_lunch(facts_of(number), there)
    assert without is not None
    version = db.session.get_one(Booking, number).version
    db.session.rollback()
    with unit_of_work():
        adjust.accept(number, without.plan, Cause.LUNCH, version, centre=centre.facts, now=clock.now())
    assert facts_of(number).by_payer() == [("Bergen kommune", 20 * 11000)]
    assert breaches() == []


def test_who_changes_the_number_pays_by_the_prices_of_the_day_of_booking(centre: Centre) -> None:
    own_price(centre.body, price_by="person", price=500)
    number = booked(centre, lunch=30)
    prices(lunch_price=9000, pupil_price=20000, least_price=900000, pupils_per_adult=1)
    own_price(centre.body, price=77700)
    with unit_of_work():
        change.change_numbers(number, {0: (20, 4)}, centre=centre.facts, now=clock.now())
    then = 20 * (11000 + 500) + 1 * (11000 + 500)  # three adults come free
    assert facts_of(number).by_payer() == [("Bergen kommune", then), ("", 24 * 2000)]
    assert breaches() == []
    with unit_of_work():  # one of before price lists were kept
        db.session.execute(update(Visit).values(price=None))
    with unit_of_work():
        change.change_numbers(number, {0: (21, 4)}, centre=centre.facts, now=clock.now())
    assert facts_of(number).for_lunch == 25 * 9000
    assert breaches() == []


def nok(minor: int) -> Money:
    return Money(minor, "NOK")


def test_a_price_list_is_the_same_when_it_is_read_again() -> None:
    ratios = (Ratio(4, (0, 0)), Ratio(8, None, frozenset({VisitKind.ADMISSION})), Ratio(15))
    own = {7: OwnPrice(PriceBy.GROUP, nok(90000)), 8: OwnPrice(PriceBy.PERSON, nok(500), nok(0))}
    for price in (SchoolPrice(nok(1), nok(2), nok(3), ratios, own, nok(4)), SchoolPrice(nok(1), nok(0), nok(0))):
        assert from_kept(json.loads(json.dumps(as_kept(price))), "NOK") == price
