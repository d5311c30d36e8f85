"""A course that we close: its places keep the terms of their new day, and nobody is paid back what was never paid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from booking.bookings.confirm import confirm
from booking.bookings.models import State
from booking.centre.facts import the_centre
from booking.centre.models import DayException
from booking.closures import answer
from booking.closures.models import ClosureChoice
from booking.courses.cancel import cancel
from booking.courses.give_up import give_up
from booking.courses.models import CourseRules, Enrolment, Paying
from booking.courses.read import EnrolmentFacts, of_booking
from booking.courses.rules import standing_of
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail import messages
from booking.payments.models import Refund
from booking.running.check import breaches
from booking.settings import settings_of
from booking.visits.models import Visit
from tests.builders import pay_for, taken, tomorrow
from tests.closures.closing import another_day, choice_of, closed, facts_of, offers
from tests.courses.enrolled import PRICE, a_course, an_enrolment, people_of
from tests.visits.booked import a_school_centre, a_visit
from tests.web.browsing import Visitor, words


def places_of(booking_id: int) -> EnrolmentFacts:
    db.session.rollback()
    enrolment = of_booking(booking_id)
    assert enrolment is not None
    return enrolment


def letter(app: Flask, booking_id: int) -> str:
    db.session.rollback()
    written = messages.write("mail.closure", 1, {"booking_id": booking_id}, settings_of(app))
    assert written is not None
    return f"{written.subject} {' '.join(written.text.split())}"


def test_places_that_we_move_keep_the_dates_of_their_new_day_and_the_rule_that_was_agreed_on(app: Flask) -> None:
    slot = a_course()
    done = an_enrolment(slot, "Kari Nordmann")
    agreed = places_of(done.booking_id).terms
    another_day(slot, days=54)
    closed(slot)
    with unit_of_work():  # what the centre changes afterwards is nobody's who has booked
        db.session.add(CourseRules(free_days=60, late_percent=90))
    (times,) = offers(done.booking_id)
    with unit_of_work():
        answer.move(facts_of(done.booking_id), times, now=clock.now())
    now = places_of(done.booking_id).terms
    assert now.rule == agreed.rule and now.dates is not None and agreed.dates is not None
    assert now.dates.on == the_centre().local(times.first.starts_at).date()
    assert now.dates.free_until - agreed.dates.free_until == timedelta(days=14)
    with unit_of_work():  # nor a day that it closes
        db.session.add(DayException(on_date=now.dates.on - timedelta(days=1), reason={"en": "Closed"}))
    assert places_of(done.booking_id).terms == now
    assert breaches() == []


@pytest.mark.parametrize("pays", [Paying.INVOICE, Paying.CARD])
def test_only_who_has_paid_is_promised_money_when_we_close_a_course(
    app: Flask, client: FlaskClient, pays: Paying
) -> None:
    slot = a_course()
    done = an_enrolment(slot, "Kari Nordmann", "Ola Nordmann", pays=pays)
    if pays is Paying.CARD:
        with unit_of_work():
            confirm(done.booking_id, clock.now())
        pay_for(done.booking_id, 2 * PRICE)
    closed(slot)
    visitor = Visitor(client)
    told = [
        letter(app, done.booking_id),
        words(visitor.get(f"/en/course/{done.secret}")),
        words(visitor.get(f"/en/b/{done.secret}/closed")),
    ]
    assert [("money back" in text, "or cancel" in text) for text in told] == [
        ((True, False) if pays is Paying.CARD else (False, True))
    ] * 3
    assert ("nothing will be invoiced" in told[2]) == (pays is Paying.INVOICE)
    assert visitor.post(f"/en/b/{done.secret}/closed/refund").status_code == 303
    assert visitor.post(f"/en/b/{done.secret}/closed/refund").status_code == 303
    db.session.rollback()
    assert list(db.session.scalars(select(Refund.amount))) == ([2 * PRICE] if pays is Paying.CARD else [])
    assert (facts_of(done.booking_id).state, places_of(done.booking_id).fee, taken(slot)) == (State.CANCELLED, 0, 0)
    assert choice_of(done.booking_id) is ClosureChoice.ALL_BACK
    assert breaches() == []


def test_giving_up_places_on_a_course_that_we_have_closed_costs_nothing_however_late(app: Flask) -> None:
    slot = a_course(starts_at=tomorrow(days=2))
    alone, both = an_enrolment(slot, "Kari Nordmann"), an_enrolment(slot, "Ola Nordmann", "Eva Nordmann")
    centre, now = the_centre(), clock.now()
    late = standing_of(alone.booking_id, places_of(alone.booking_id).terms, PRICE, tomorrow(days=2), centre, now)
    assert late.fee.amount.minor > 0
    closed(slot)
    with unit_of_work():
        assert cancel(alone.booking_id, centre=centre, now=now) == 0
    with unit_of_work():
        participant = people_of(slot)["Ola Nordmann"].id
        assert give_up(both.booking_id, participant, centre=centre, now=now) == 0
    assert breaches() == []


def test_a_visit_and_places_to_come_without_the_terms_they_were_booked_on_are_found(app: Flask) -> None:
    centre = a_school_centre()
    visit = a_visit(centre, "6A")
    assert breaches() == []
    with unit_of_work():
        db.session.execute(update(Visit).values(terms=None))
    assert breaches() == [f"terms visit to come without kept terms, booking: {visit.booking_id}"]


def test_places_on_a_course_to_come_without_terms_are_found_and_those_of_the_past_are_left_alone(app: Flask) -> None:
    done = an_enrolment(a_course(), "Kari Nordmann")
    with unit_of_work():
        db.session.execute(update(Enrolment).values(terms=None))
    assert breaches() == [f"terms places on a course to come without kept terms, booking: {done.booking_id}"]


def test_what_giving_up_costs_is_said_at_the_checkout_of_a_course(app: Flask, client: FlaskClient) -> None:
    soon = an_enrolment(a_course(starts_at=tomorrow(days=2)), "Kari Nordmann", "Ola Nordmann", pays=Paying.CARD)
    page = words(Visitor(client).get(f"/en/checkout/{soon.secret}"))
    assert "If you cancel, NOK 950 is owed from now on. On the day itself it costs NOK 1,900." in page
