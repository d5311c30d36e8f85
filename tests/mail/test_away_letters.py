"""Where we come to the school, no letter tells the class to come to us."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.agreements.models import SchoolRules
from booking.bookings.models import Booking
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail import messages
from booking.mail.letter import Letter
from booking.mail.letters.reminders import promise_reminders
from booking.mail.visit_reminders import promise_visit_letters
from booking.materials.models import MaterialMoment
from booking.outbox.models import Promise
from booking.settings import settings_of
from tests.courses.away import Road, a_road, away
from tests.materials.sheets import a_material

DAY = timedelta(days=1)
TO_COME = ("visit to", "visiting us", "coming to us", "ticket-", "Lunch", "See your visit", "/en/visit/", "Find us")


@pytest.fixture
def road(app: Flask) -> Road:
    road = a_road()
    booking_id = away(road, road.at_ten).booking_id
    with unit_of_work():
        long_ago = clock.now() - 3 * DAY
        db.session.execute(update(Booking).where(Booking.id == booking_id).values(confirmed_at=long_ago))
    return road


def promise_reminder(now: datetime) -> None:
    with unit_of_work():
        db.session.execute(update(Booking).values(confirmed_at=now - 30 * DAY))
        promise_reminders(now)


def letter_of(app: Flask, kind: str, now: datetime) -> Letter:
    """The letter that is due then."""
    with unit_of_work():
        promise_visit_letters(the_centre(), now)
    db.session.rollback()
    promise = db.session.scalars(select(Promise).where(Promise.kind == kind)).one()
    letter = messages.write(promise.kind, promise.id, promise.about, settings_of(app))
    assert letter is not None
    for written in (letter.subject, letter.text, letter.html):
        assert [words for words in TO_COME if words in written] == []
    return letter


def test_a_week_before_it_says_that_we_come_and_what_must_be_ready(app: Flask, road: Road) -> None:
    letter = letter_of(app, "mail.visit_week", road.at_ten - 7 * DAY)
    assert letter.subject == "In a week we come to you with Star dome"
    assert "We come to you. You need no ticket." in letter.text and "Clear the floor" in letter.html
    assert [attached.name for attached in letter.attachments if attached.name.endswith(".pdf")] == []


def test_the_number_can_be_changed_on_the_page_of_our_visit(app: Flask, road: Road) -> None:
    letter = letter_of(app, "mail.visit_number", road.at_ten - 6 * DAY)
    assert "We come to you on Monday" in letter.text and "We come to you on Monday" in letter.html
    assert "24 pupils" in letter.text and "/en/outreach/" in letter.text and "/en/outreach/" in letter.html


def test_files_come_before_us(app: Flask, road: Road) -> None:
    a_material(road.activity, MaterialMoment.BEFORE, "Stars")
    with unit_of_work():
        db.session.execute(update(Booking).values(confirmed_at=road.at_ten - timedelta(hours=5)))
    letter = letter_of(app, "mail.visit_before", road.at_ten - timedelta(hours=4))
    assert letter.subject == "Before we come to you: for the class"
    assert "We come to Solbakken skole 5A on Monday" in letter.text and "stars.pdf" in letter.text
    assert "We come to Solbakken skole 5A on Monday" in letter.html and "/en/outreach/" in letter.html


def test_the_reminder_brings_the_files_and_an_earlier_letter_does_not(app: Flask, road: Road) -> None:
    a_material(road.activity, MaterialMoment.BEFORE, "Stars")
    promise_reminder(road.at_ten - timedelta(hours=23))
    letter = letter_of(app, "mail.reminder", road.at_ten - timedelta(hours=23))
    assert "For the class, before we come" in letter.text and "stars.pdf" in letter.text and "stars.pdf" in letter.html
    letter = letter_of(app, "mail.visit_week", road.at_ten - 7 * DAY)
    assert "stars.pdf" not in letter.text


def test_files_of_their_own_time_tell_what_to_prepare_with_them(app: Flask, road: Road) -> None:
    a_material(road.activity, MaterialMoment.BEFORE, "Stars")
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(material_days=14))
    letter = letter_of(app, "mail.visit_before", road.at_ten - 13 * DAY)
    assert "stars.pdf" in letter.text and "Clear the floor" in letter.text
    promise_reminder(road.at_ten - timedelta(hours=23))
    assert "stars.pdf" not in letter_of(app, "mail.reminder", road.at_ten - timedelta(hours=23)).text


def test_afterwards_we_thank_them_for_having_us(app: Flask, road: Road) -> None:
    letter = letter_of(app, "mail.visit_feedback", road.at_ten + 26 * timedelta(hours=1))
    assert letter.subject == "How was our visit?"
    assert "Thank you for having us, Solbakken skole 5A. How was it?" in letter.text
    a_material(road.activity, MaterialMoment.AFTER, "Stars")
    letter = letter_of(app, "mail.visit_feedback", road.at_ten + 26 * timedelta(hours=1))
    assert letter.subject == "After our visit: for the class" and "stars.pdf" in letter.html
    assert "Thank you for having us, Solbakken skole 5A. Here is what the class can go on with." in letter.html
