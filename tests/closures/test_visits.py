"""A class on a day that the centre has closed: moving and giving up cost nothing; otherwise the schools' rule holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from booking.agreements.models import SchoolRules
from booking.bookings.models import Booking, State
from booking.bookings.refusals import TooLate
from booking.closures import refund_unanswered
from booking.closures.models import ClosureChoice
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail import messages
from booking.outbox import long_work
from booking.running.check import breaches
from booking.running.steps import STEPS
from booking.settings import settings_of
from booking.staff.models import Role
from booking.visits import change, read
from booking.visits.models import Visit
from tests.closures.closing import choice_of, closed, facts_of, promised, write
from tests.visits.booked import Centre, a_plan, a_school_centre, a_visit
from tests.web.browsing import Visitor, words
from tests.web.staffing import a_colleague


@pytest.fixture
def centre(app: Flask) -> Centre:
    """A centre where it is too late already to cancel for nothing."""
    school_centre = a_school_centre()
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(free_days=200))
    return school_centre


def fee_of(booking_id: int, centre: Centre) -> int:
    facts = facts_of(booking_id)
    seen = read.of_booking(booking_id, facts.currency)
    assert seen is not None
    return change.fee_now(seen, facts.total, centre.facts, clock.now()).amount.minor


def noted_fee(booking_id: int) -> int:
    db.session.rollback()
    return db.session.scalars(select(Visit.fee).where(Visit.booking_id == booking_id)).one()


def a_session_closed(booking_id: int) -> int:
    """Close one of its sessions alone, which makes no closing day."""
    return closed(facts_of(booking_id).lines[0].slot_id)


def everything_closed(booking_id: int) -> int:
    start = facts_of(booking_id).starts_at - timedelta(hours=2)
    return closed(starts_at=start, ends_at=start + timedelta(hours=12))


def test_what_we_closed_moves_and_is_given_up_at_no_cost(centre: Centre) -> None:
    booking = a_visit(centre, "6A").booking_id
    assert fee_of(booking, centre) > 0
    with pytest.raises(TooLate), unit_of_work():
        change.move_visit(booking, a_plan(centre, "6A"), centre=centre.facts, now=clock.now())
    a_session_closed(booking)
    assert fee_of(booking, centre) == 0
    with unit_of_work():
        change.move_visit(booking, a_plan(centre, "6A"), centre=centre.facts, now=clock.now())
    assert breaches() == []


def test_the_teachers_page_and_letter_say_so_and_the_answer_is_noted(
    app: Flask, client: FlaskClient, centre: Centre
) -> None:
    booked = a_visit(centre, "6A")
    closure = everything_closed(booked.booking_id)
    write(closure)
    letter = messages.write("mail.closure", 1, promised("mail.closure")[0], settings_of(app))
    assert letter is not None
    text = " ".join(letter.text.split())
    assert "nothing will be invoiced" in text
    assert f"/visit/{booked.secret}" in text
    assert "money back" not in text
    teacher = Visitor(client)
    assert teacher.get(f"/en/b/{booked.secret}/closed").location.endswith(f"/en/visit/{booked.secret}")
    page = words(teacher.get(f"/en/visit/{booked.secret}"))
    assert "We have closed: moving and cancelling cost nothing." in page
    assert "Move the visit" in page
    assert "nothing will be invoiced" in words(teacher.get(f"/en/visit/{booked.secret}/cancel"))
    assert teacher.post(f"/en/visit/{booked.secret}/cancel").status_code == 303
    assert (noted_fee(booked.booking_id), choice_of(booked.booking_id)) == (0, ClosureChoice.ALL_BACK)


def test_the_desk_cancels_a_class_by_the_schools_rule(app: Flask, centre: Centre) -> None:
    first, second = a_visit(centre, "6A").booking_id, a_visit(centre, "6B").booking_id
    fee = fee_of(first, centre)
    desk, boss = a_colleague(app), a_colleague(app, Role.ADMIN, "boss@example.org")
    page = words(desk.browser.get(f"/staff/desk/booking/{first}", **{"Accept-Language": "en"}))
    assert "Cancelling now costs the school" in page
    assert desk.post(f"/staff/desk/booking/{first}/cancel", refund="rule").status_code == 303
    assert noted_fee(first) == fee > 0
    boss.get(f"/staff/desk/booking/{second}")
    sent = {"refund": "whole", "reason": "Sykdom i klassen"}
    assert boss.post(f"/staff/desk/booking/{second}/cancel", **sent).status_code == 303
    assert noted_fee(second) == 0
    assert promised("payment.refund") == []
    assert breaches() == []


@pytest.mark.parametrize("all_of_it", [True, False])
def test_those_who_never_chose_keep_what_is_not_closed(centre: Centre, all_of_it: bool) -> None:
    booking = a_visit(centre, "6A").booking_id
    closure = everything_closed(booking) if all_of_it else a_session_closed(booking)
    with unit_of_work():
        work = refund_unanswered.begin(closure, None, "account:1")
    long_work.go_on(work, STEPS)
    db.session.rollback()
    state = db.session.scalars(select(Booking.state).where(Booking.id == booking)).one()
    assert state is (State.CANCELLED if all_of_it else State.CONFIRMED)
    assert (noted_fee(booking), promised("payment.refund")) == (0, [])
    assert breaches() == []
