"""A teacher has the own visits kept for two school years: what stays meanwhile, and that it goes after all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.bookings import forgetting as of_bookings
from booking.bookings.models import Booking
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.visits import forgetting as of_visits
from booking.visits.forgetting import keep_visits, kept_until, let_visits_go
from booking.visits.models import VisitGroup
from tests.support.forgetting import forget
from tests.visits.booked import a_school_centre, a_visit

EVERYTHING = (*of_bookings.FORGETTINGS, *of_visits.FORGETTINGS)
OVER = timedelta(days=200)


def kept_of(booking_id: int) -> tuple[str, str, str, list[str]]:
    """What is there of a visit: name, mail address, phone and the names of its classes."""
    db.session.rollback()
    booking = db.session.get_one(Booking, booking_id)
    return booking.name, booking.email, booking.phone, list(db.session.scalars(select(VisitGroup.name)))


def test_a_visit_is_forgotten_as_ever_unless_its_teacher_says_otherwise(app: Flask) -> None:
    booking_id = a_visit(a_school_centre()).booking_id
    forget(EVERYTHING, clock.now() + OVER)
    assert kept_of(booking_id) == ("", "", "", [""])


def test_a_visit_that_is_kept_loses_the_phone_in_time_and_everything_after_the_second_school_year(app: Flask) -> None:
    centre = a_school_centre()
    booking_id = a_visit(centre).booking_id
    name, email, phone, classes = kept_of(booking_id)
    assert phone
    with unit_of_work():
        keep_visits(email, centre.facts)
    forget(EVERYTHING, clock.now() + OVER)
    assert kept_of(booking_id) == (name, email, "", classes)
    starts_at = db.session.get_one(Booking, booking_id).starts_at
    until = kept_until(starts_at, centre.facts)
    forget(EVERYTHING, until - timedelta(days=1))
    assert kept_of(booking_id) == (name, email, "", classes)
    forget(EVERYTHING, until + timedelta(days=1))
    assert kept_of(booking_id) == ("", "", "", [""])


def test_who_changes_their_mind_is_forgotten_in_time(app: Flask) -> None:
    centre = a_school_centre()
    booking_id = a_visit(centre).booking_id
    email = kept_of(booking_id)[1]
    with unit_of_work():
        keep_visits(email, centre.facts)
    with unit_of_work():
        let_visits_go(email)
    forget(EVERYTHING, clock.now() + OVER)
    assert kept_of(booking_id) == ("", "", "", [""])


def test_only_the_visits_of_the_address_are_kept(app: Flask) -> None:
    centre = a_school_centre()
    booking_id = a_visit(centre).booking_id
    with unit_of_work():
        keep_visits("somebody.else@example.org", centre.facts)
    forget(EVERYTHING, clock.now() + OVER)
    assert kept_of(booking_id) == ("", "", "", [""])


@pytest.mark.parametrize(
    ("visit", "until"), [("2026-11-04", "2028-08-01"), ("2027-06-18", "2028-08-01"), ("2027-08-20", "2029-08-01")]
)
def test_two_school_years_are_that_of_the_visit_and_the_next(app: Flask, visit: str, until: str) -> None:
    centre = a_school_centre().facts
    day = datetime.fromisoformat(visit).replace(hour=10, tzinfo=UTC)
    assert centre.local(kept_until(day, centre)).date().isoformat() == until
