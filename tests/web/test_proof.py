"""Anybody can type an address that is known: what proves that it is one's own, and why a visit waits, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from booking.agreements.models import AskedFor
from booking.bookings.models import Booking, State
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail import messages
from booking.programmes.models import Programme
from booking.running.check import breaches
from booking.settings import settings_of
from booking.staff.models import Role
from booking.visits.forgetting import FORGETTINGS
from booking.visits.links import LIVES, PROOF_LIVES, end_links, key_for, proof_of, proves
from booking.visits.models import Approval, Visit
from tests.support.forgetting import forget
from tests.visits.booked import Centre, a_school_centre, a_visit
from tests.web.browsing import Visitor, words
from tests.web.test_capacity import signed_in
from tests.web.test_teachers import WHO, chosen

EMAIL = WHO["email"]


@pytest.fixture
def centre(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """Limits are on, and a visit of Kari's has taken place."""
    school_centre = a_school_centre()
    for room in ("book", "outreach.form"):
        monkeypatch.setattr(f"booking.web.teacher.{room}.holder", lambda: "h" * 32)
    a_visit(school_centre, "7C", email=EMAIL)
    with unit_of_work():
        past = clock.now() - timedelta(days=30)
        db.session.execute(update(Visit).values(arrives_at=past, leaves_at=past + timedelta(hours=4)))
    return school_centre


def secret_key(app: Flask) -> str:
    return settings_of(app).secret_key


class Made(NamedTuple):
    """A booking just made."""

    id: int
    secret: str
    state: State


def book(teacher: Visitor, centre: Centre) -> Made:
    answer = teacher.post("/en/school/visit", chosen(teacher, centre, classes=1) | WHO | {"step": "book"})
    assert answer.status_code == 303, words(answer)
    db.session.rollback()
    newest = select(Booking.id, Booking.secret, Booking.state).order_by(Booking.id.desc()).limit(1)
    return Made(*db.session.execute(newest).one())


def letter_to(app: Flask, booking_id: int) -> str:
    db.session.rollback()
    letter = messages.write("mail.visit_asked", 1, {"booking_id": booking_id}, settings_of(app))
    assert letter is not None and letter.recipient == EMAIL
    return letter.text


def visit_of(booking_id: int) -> Visit:
    db.session.rollback()
    return db.session.scalars(select(Visit).where(Visit.booking_id == booking_id)).one()


def state_of(booking_id: int) -> State:
    db.session.rollback()
    return db.session.scalars(select(Booking.state).where(Booking.id == booking_id)).one()


def link_in(letter: str) -> str:
    (address,) = [line for line in letter.splitlines() if "/school/yes/" in line]
    return "/en/" + address.split("/en/")[1].strip()


def test_a_known_address_in_a_strange_browser_is_confirmed_by_one_press_in_its_letter_and_then_known_there(
    app: Flask, client: FlaskClient, centre: Centre
) -> None:
    teacher = Visitor(client)
    booking = book(teacher, centre)
    assert (booking.state, visit_of(booking.id).asked_for) == (State.PENDING, AskedFor.UNPROVEN)
    page = words(teacher.get(f"/en/visit/{booking.secret}"))
    assert f"Press the button in the email that we have sent to {EMAIL}" in page and "two working days" not in page
    link = link_in(letter_to(app, booking.id))
    assert "Is this visit yours?" in words(teacher.get(link))
    assert visit_of(booking.id).approval is Approval.ASKED  # opening it is nothing: mail scanners do
    assert teacher.post(link, {"answer": "yes"}).status_code == 303
    assert teacher.post(link, {"answer": "yes"}).status_code == 303
    assert state_of(booking.id) is State.CONFIRMED
    assert teacher.get(link).status_code == 303
    assert teacher.get(link + "x").status_code == 404
    assert breaches() == []
    kept = client.get_cookie("mailbox")
    assert kept is not None and proves(kept.value, EMAIL, secret_key(app), clock.now())


def test_whoever_did_not_ask_for_it_says_so_and_the_places_are_free(
    app: Flask, client: FlaskClient, centre: Centre
) -> None:
    booking = book(Visitor(client), centre)
    owner, link = Visitor(app.test_client()), link_in(letter_to(app, booking.id))
    owner.get(link)
    assert owner.post(link, {"answer": "no"}).status_code == 303
    assert state_of(booking.id) is State.CANCELLED
    assert visit_of(booking.id).fee == 0
    assert breaches() == []


def test_a_no_after_a_yes_in_another_tab_costs_nothing_and_leads_to_the_page_that_says_what_cancelling_costs(
    app: Flask, client: FlaskClient, centre: Centre
) -> None:
    booking = book(Visitor(client), centre)
    owner, link = Visitor(app.test_client()), link_in(letter_to(app, booking.id))
    owner.post(link, {"answer": "yes"})
    answer = owner.post(link, {"answer": "no"})
    assert answer.status_code == 409
    assert "The visit has been confirmed from this address meanwhile." in words(answer)
    page = answer.get_data(as_text=True)
    assert f'href="/en/visit/{booking.secret}/cancel"' in page
    assert 'name="answer"' not in page
    assert (state_of(booking.id), visit_of(booking.id).fee) == (State.CONFIRMED, 0)


def test_a_no_is_a_no_however_often_it_is_pressed_and_a_yes_comes_too_late_then(
    app: Flask, client: FlaskClient, centre: Centre
) -> None:
    booking = book(Visitor(client), centre)
    owner, link = Visitor(app.test_client()), link_in(letter_to(app, booking.id))
    assert [owner.post(link, {"answer": "no"}).status_code for _ in range(2)] == [303, 303]
    late = owner.post(link, {"answer": "yes"})
    assert late.status_code == 409
    assert 'name="answer"' not in late.get_data(as_text=True)
    assert state_of(booking.id) is State.CANCELLED


def test_a_browser_that_has_opened_the_link_to_ones_own_visits_books_at_once_until_the_links_are_ended(
    app: Flask, client: FlaskClient, centre: Centre
) -> None:
    teacher, key = Visitor(client), key_for(EMAIL, secret_key(app), clock.now())
    assert teacher.get(f"/en/my/{key}").status_code == 200
    assert book(teacher, centre).state is State.CONFIRMED
    assert teacher.post(f"/en/my/{key}/end").status_code == 303
    db.session.rollback()
    now, proof = clock.now(), proof_of(EMAIL, secret_key(app), clock.now() - timedelta(seconds=1))
    assert not proves(proof, EMAIL, secret_key(app), now)
    assert not proves(proof_of(EMAIL, "another key", now), EMAIL, secret_key(app), now)


def test_a_proof_is_of_one_address_for_half_a_year_and_ended_links_are_remembered_as_long(app: Flask) -> None:
    key, now = secret_key(app), clock.now()
    proof = proof_of(EMAIL, key, now)
    assert proves(proof, EMAIL, key, now + PROOF_LIVES - timedelta(days=1))
    assert not proves(proof, EMAIL, key, now + PROOF_LIVES)
    assert not proves(proof, "other@example.org", key, now)
    with unit_of_work():
        end_links(EMAIL, key, now + timedelta(seconds=1))
    later = now + LIVES + timedelta(days=2)
    forget(FORGETTINGS, later)
    db.session.rollback()
    assert not proves(proof, EMAIL, key, later)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_staff_and_teacher_read_why_a_visit_waits(app: Flask, client: FlaskClient, centre: Centre) -> None:
    sentences = {
        AskedFor.PROGRAMME: ("The programme is booked only with our yes.", "booked when we have said yes"),
        AskedFor.NEW_SENDER: ("nobody with this address has been here", "nobody with your address has been here"),
        AskedFor.MANY_VISITS: ("many visits ahead from this sender", "many visits ahead from you"),
        AskedFor.UNPROVEN: ("anybody can have typed it", "cannot see that it is you"),
    }
    with unit_of_work():
        db.session.execute(update(Programme).values(instant=False))
    booking = book(Visitor(client), centre)
    assert visit_of(booking.id).asked_for is AskedFor.PROGRAMME
    boss = signed_in(Visitor(app.test_client()), Role.ADMIN)
    for why, (to_staff, to_teacher) in sentences.items():
        with unit_of_work():
            db.session.execute(update(Visit).where(Visit.booking_id == booking.id).values(asked_for=why))
        for page in ("/staff/visits", f"/staff/desk/booking/{booking.id}"):
            assert to_staff in words(boss.get(page)), (why, page)
        assert to_teacher in words(Visitor(client).get(f"/en/visit/{booking.secret}")), why
        if why is not AskedFor.UNPROVEN:
            assert to_teacher in " ".join(letter_to(app, booking.id).split())
