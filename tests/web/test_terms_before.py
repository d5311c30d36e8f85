"""What cancelling costs is said before the button, with the sum, never as a date that is past; then in the letter."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from booking.agreements.models import SchoolRules
from booking.bookings.models import Booking
from booking.catalogue.models import Activity
from booking.kernel.database import db, unit_of_work
from booking.mail import messages
from booking.outreach.models import Outreach
from booking.programmes.models import Programme
from booking.settings import settings_of
from tests.builders import tomorrow
from tests.courses.away import Road, a_road
from tests.courses.enrolled import a_course
from tests.visits.booked import Centre
from tests.web.browsing import Visitor, words
from tests.web.test_outreach_page import FORM, asked
from tests.web.test_teachers import WHO, chosen, hidden, wish

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SINCE = ("It was free until", "could be changed until", "has been final since", "Cancelling is free until")


@pytest.fixture
def teacher(client: FlaskClient) -> Visitor:
    return Visitor(client)


@pytest.fixture
def road(app: Flask) -> Road:
    road = a_road()
    with unit_of_work():
        db.session.get_one(Activity, road.activity).slug = "star-dome"
    return road


def make_late() -> None:
    """Every deadline of a visit in five weeks is past."""
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(number_days=60, free_days=60, lunch_days=60))


def letter_of(app: Flask, kind: str) -> str:
    db.session.rollback()
    booking_id = db.session.scalars(select(Booking.id)).one()
    letter = messages.write(kind, 1, {"booking_id": booking_id}, settings_of(app))
    assert letter is not None
    return " ".join(letter.text.split())


def book_page(teacher: Visitor, centre: Centre) -> str:
    plan = hidden(teacher.get(wish(centre, classes=1)).get_data(as_text=True), "plan")
    return words(teacher.post("/en/school/visit", {"plan": plan, "school_q": "solbakken", "step": "find"}))


def test_in_good_time_the_page_says_until_when_it_is_free_and_what_it_costs_then(
    teacher: Visitor, centre: Centre
) -> None:
    shown = book_page(teacher, centre)
    assert "You can change the number until" in shown
    assert "Cancelling is free until" in shown
    assert "After that it costs NOK 1,320, on the day itself NOK 2,640." in shown


def test_a_visit_within_the_limit_says_what_is_owed_from_now_on(app: Flask, teacher: Visitor, centre: Centre) -> None:
    make_late()
    shown = book_page(teacher, centre)
    owed = "If you cancel, NOK 1,320 is owed from now on. On the day itself it costs NOK 2,640."
    assert "The number is final once you have booked." in shown
    assert owed in shown
    booked = teacher.post("/en/school/visit", chosen(teacher, centre, classes=1) | WHO | {"step": "book"})
    page = words(teacher.get(booked.location))
    assert owed in page
    assert "The number is final now." in page
    assert "The lunch room can no longer be changed here." in page
    assert "Cancelling now costs the school NOK 1,320." in words(teacher.get(f"{booked.location}/cancel"))
    letter = letter_of(app, "mail.confirmation")
    assert owed in letter
    for text in (shown, page, letter):
        assert not [words for words in SINCE if words in text]


def test_a_request_is_withdrawn_for_nothing_and_says_what_it_costs_once_we_have_said_yes(
    app: Flask, teacher: Visitor, centre: Centre
) -> None:
    make_late()
    with unit_of_work():
        db.session.get_one(Programme, centre.body).instant = False
    withdraw = "As long as we have not said yes, you can withdraw at no cost. After that cancelling costs NOK 1,320."
    assert withdraw in book_page(teacher, centre)
    booked = teacher.post("/en/school/visit", chosen(teacher, centre, classes=1) | WHO | {"step": "book"})
    assert withdraw in words(teacher.get(booked.location))
    assert withdraw in letter_of(app, "mail.visit_asked")
    assert "It costs nothing: we have not said yes yet." in words(teacher.get(f"{booked.location}/cancel"))
    assert teacher.post(f"{booked.location}/cancel").status_code == 303
    assert "The fee is" not in words(teacher.get(booked.location))


def test_who_wants_us_to_come_within_the_limit_sees_the_sum_before_it_is_booked(
    app: Flask, teacher: Visitor, road: Road
) -> None:
    make_late()
    teacher.get(FORM)
    owed = "If you cancel, NOK 1,800 is owed from now on. On the day itself it costs NOK 3,600."
    first = teacher.post(FORM, asked(road))
    assert first.status_code == 200
    assert owed in words(first)
    assert db.session.scalars(select(Booking.id)).all() == []
    booked = teacher.post(FORM, asked(road, terms="180000"))
    assert booked.status_code == 303
    page, letter = words(teacher.get(booked.location)), letter_of(app, "mail.confirmation")
    for text in (page, letter):
        assert owed in text
        assert not [words for words in SINCE if words in text]
    with unit_of_work():
        db.session.execute(update(Outreach).values(instant=False))
    looked = words(teacher.post(FORM, asked(road, step="look")))
    assert "you can withdraw at no cost. After that cancelling costs NOK 1,800." in looked


def test_a_course_within_the_limit_says_what_a_place_costs_that_is_given_up(app: Flask, teacher: Visitor) -> None:
    slot = a_course(starts_at=tomorrow(days=2))
    with unit_of_work():
        db.session.scalars(select(Activity)).one().slug = "coding"
    form = words(teacher.get(f"/en/school/courses/coding/places?slot={slot}"))
    assert "If you cancel, NOK 475 each is owed from now on. On the day itself it costs NOK 950 each." in form
    who = {"person_name": "Ada Aas", "person_email": "ada@example.org", "name": "Ada", "email": "ada@example.org"}
    invoice = {"employer": "Solbakken", "org_number": "974760673", "pays": "invoice", "slot": str(slot), "step": "book"}
    booked = teacher.post("/en/school/courses/coding/places", who | invoice)
    assert booked.status_code == 303
    for text in (words(teacher.get(booked.location)), letter_of(app, "mail.confirmation")):
        assert "If you cancel, NOK 475 is owed from now on." in text
        assert not [words for words in SINCE if words in text]
