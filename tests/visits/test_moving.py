"""A visit is moved as it is: its own classes; what was said of the old day is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.bookings.at_the_desk import expect_at
from booking.bookings.models import Booking
from booking.bookings.refusals import TooLate
from booking.capacity.models import Slot
from booking.centre.facts import the_centre
from booking.closures import answer
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outreach.change import change as change_outreach
from booking.planner.plans import Plan
from booking.running.check import breaches
from booking.visits import change
from booking.visits.change import ChangedSince
from tests.builders import a_confirmed_booking, a_sale
from tests.closures.closing import another_day, closed, facts_of, offers
from tests.courses.away import a_road, away
from tests.visits.booked import Centre, a_plan, a_school_centre, a_visit

TWENTY = timedelta(minutes=20)


@pytest.fixture
def centre(app: Flask) -> Centre:
    return a_school_centre()


def late(booking_id: int) -> None:
    """Their bus is twenty minutes late."""
    with unit_of_work():
        starts_at = db.session.get_one(Booking, booking_id).starts_at
        expect_at(booking_id, starts_at + TWENTY, "buyer")


def is_late(booking_id: int) -> bool:
    db.session.rollback()
    return db.session.get_one(Booking, booking_id).expected_at is not None


def a_plan_a_week_later(centre: Centre) -> Plan:
    """The same day of the week after, when all slots are."""
    with unit_of_work():
        for slot in db.session.scalars(select(Slot).order_by(Slot.starts_at.desc())):
            slot.ends_at += timedelta(days=7)
            slot.starts_at += timedelta(days=7)
    return a_plan(replace(centre, on=centre.on + timedelta(days=7)), "6A")


def test_a_visit_moved_to_another_day_forgets_when_its_bus_was_expected(centre: Centre) -> None:
    booking_id = a_visit(centre, "6A").booking_id
    late(booking_id)
    plan = a_plan_a_week_later(centre)
    with unit_of_work():
        change.move_visit(booking_id, plan, centre=centre.facts, now=clock.now())
    assert not is_late(booking_id)
    assert breaches() == []


def test_other_numbers_leave_the_late_bus_as_it_is(centre: Centre) -> None:
    booking_id = a_visit(centre, "6A").booking_id
    late(booking_id)
    with unit_of_work():
        change.change_numbers(booking_id, {0: (20, 2)}, centre=centre.facts, now=clock.now())
    assert is_late(booking_id)


def test_a_visit_to_a_school_that_is_moved_forgets_it_too(app: Flask) -> None:
    road = a_road()
    booking_id = away(road).booking_id
    late(booking_id)
    with unit_of_work():
        later = road.at_ten + timedelta(days=1)
        change_outreach(booking_id, later, 24, 2, centre=the_centre(), now=clock.now())
    assert not is_late(booking_id)


def test_a_party_that_a_closure_moves_to_another_day_forgets_it_too(app: Flask) -> None:
    _, slot, adult = a_sale()
    booking_id = a_confirmed_booking(slot, adult, 2).booking_id
    late(booking_id)
    another_day(slot)
    closed(slot)
    (times,) = offers(booking_id)
    with unit_of_work():
        answer.move(facts_of(booking_id), times, now=clock.now())
    assert not is_late(booking_id)


def test_a_plan_for_other_classes_or_for_the_visit_as_it_was_moves_nothing(centre: Centre) -> None:
    booking_id = a_visit(centre, "6A").booking_id
    same, other = a_plan(centre, "6A"), a_plan(centre, "7B")
    for plan, version in ((other, 1), (same, 2)):
        with pytest.raises(ChangedSince), unit_of_work():
            change.move_visit(booking_id, plan, version=version, centre=centre.facts, now=clock.now())
    with unit_of_work():
        change.move_visit(booking_id, same, version=1, centre=centre.facts, now=clock.now())
    assert breaches() == []


def test_a_visit_that_costs_something_to_give_up_is_moved_by_staff_alone(centre: Centre) -> None:
    booking_id = a_visit(centre, "6A").booking_id
    plan = a_plan(centre, "6A")
    the_day_before = plan.arrives_at - timedelta(days=1)
    with pytest.raises(TooLate), unit_of_work():
        change.move_visit(booking_id, plan, centre=centre.facts, now=the_day_before)
    with unit_of_work():
        change.move_visit(booking_id, plan, centre=centre.facts, now=the_day_before, actor="account:1")
    assert breaches() == []
