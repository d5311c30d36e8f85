"""A show of a class's day on pages: the office opens it, teachers see what it costs, and no page breaks on it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.kernel.database import db, unit_of_work
from booking.machines import facts
from booking.machines.facts import SharedFact
from booking.mail import messages
from booking.outbox.models import Promise
from booking.planner.plans import PartKind
from booking.programmes.models import SchoolShow
from booking.records.models import AuditEntry
from booking.running.check import breaches
from booking.settings import settings_of
from booking.staff.models import Role
from booking.visits.models import VisitPart
from tests.builders import a_centre, an_activity
from tests.visits.booked import Centre, a_school_centre, a_visit, taken_of
from tests.visits.test_shows import a_show, booked
from tests.web.browsing import Visitor, words
from tests.web.staffing import Colleague, a_colleague, hidden
from tests.web.test_every_address import methods, path, rules

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OPEN = {"is_open": "y", "grade_from": "1", "grade_to": "7", "price": "40", "vat_rate": "25"}
ODD_SUMS = ("", "-1", "abc", "٢", "\0", "9" * 30, "1000000000000")
# From when the bus should come: weeks before, when all is final, before, there, at the show, over, the next day, years.
EARLIER = timedelta(hours=2, minutes=25)
HOURS = (-24 * 20, -20, -0.5, 0, 2.6, 5, 30, 24 * 800)


@pytest.fixture
def centre(app: Flask) -> Centre:
    return a_school_centre()


@pytest.fixture
def boss(app: Flask) -> Colleague:
    """An administrator."""
    return a_colleague(app, Role.ADMIN, "boss@example.org")


@pytest.fixture
def teacher(client: FlaskClient) -> Visitor:
    return Visitor(client)


def wish(centre: Centre, show: object, grade: int = 6, **changed: object) -> str:
    """The address of the plans of one class with a programme and a show."""
    values = {
        "name": "6A", "grade": grade, "pupils": 25, "adults": 4, "date": centre.on, "arrival": "09:00",
        "departure": "15:30", "exhibition": 30, "programme": centre.bridges, "show": show, "plan": 1,
    }  # fmt: skip
    return "/en/school/visit?" + urlencode(values | changed)


def secret_of(booking_id: int) -> str:
    db.session.rollback()
    return db.session.scalars(select(Booking.secret).where(Booking.id == booking_id)).one()


def broken(app: Flask, visitor: Visitor, secret: str, booking_id: int) -> list[str]:
    """The addresses of a visit and of its booking where something is wrong with us, opened and sent empty."""
    answers = []
    for rule in rules(app):
        if any(part in rule.rule for part in ("/visit/<secret>", "/b/<secret>", "/staff/desk/booking/<int:")):
            address = path(rule, "en", secret, booking_id)
            for method in methods(rule):
                status = (visitor.get if method == "GET" else visitor.post)(address).status_code
                if status >= 500:
                    answers.append(f"{method} {rule.rule}: {status}")
    return answers


def test_the_office_opens_a_show_to_classes_and_what_is_wrong_is_said_at_its_field(boss: Colleague) -> None:
    a_centre()
    show = an_activity(Kind.SHOW, 40, "Lightning")
    page = f"/staff/activities/{show}/classes"
    assert f'href="{page}"' in boss.get(f"/staff/activities/{show}").text
    assert "Classes cannot see this show yet" in words(boss.get(page))
    for wrong in ({"grade_to": ""}, {"grade_from": "8"}, {"grade_to": "14"}, {"vat_rate": "101"}, {"vat_rate": ""}):
        assert boss.post(page, **(OPEN | wrong)).status_code == 422, wrong
    for odd in ODD_SUMS:
        answer = boss.post(page, **(OPEN | {"price": odd}))
        assert answer.status_code == 422, odd
        assert 'value="25"' in answer.text  # what was typed beside it is kept
    db.session.rollback()
    assert db.session.get(SchoolShow, show) is None

    stands = {"version": "0058", "runs_from": "0038"}
    with unit_of_work():
        facts.write(SharedFact.SCHEMA, stands)
    assert boss.post(page, **OPEN | {"is_open": ""}).status_code == 303
    assert facts.read(SharedFact.SCHEMA)[SharedFact.SCHEMA] == stands
    assert boss.post(page, **OPEN, seen=hidden(boss.get(page), "seen")).status_code == 303
    db.session.rollback()
    # A server of before cannot read a visit that has one, so from now on none is ready.
    assert facts.read(SharedFact.SCHEMA)[SharedFact.SCHEMA] == stands | {"runs_from": "0057"}
    row = db.session.get_one(SchoolShow, show)
    assert (row.is_open, row.grade_from, row.grade_to, row.price, row.vat_rate) == (True, 1, 7, 4000, 2500)
    assert "Classes cannot see this show yet" not in words(boss.get(page))
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.subject == f"school_show:{show}")).all()


def test_two_in_the_office_do_not_write_over_each_other_and_other_kinds_have_no_such_page(
    app: Flask, boss: Colleague
) -> None:
    a_centre()
    show, workshop = an_activity(Kind.SHOW, 40, "Lightning"), an_activity(Kind.WORKSHOP, 40, "Slime")
    page = f"/staff/activities/{show}/classes"
    assert boss.post(page, **OPEN).status_code == 303
    other = a_colleague(app, Role.ADMIN, "other@example.org")
    mine, theirs = (hidden(colleague.get(page), "seen") for colleague in (boss, other))
    assert other.post(page, **OPEN | {"price": "50", "seen": theirs}).status_code == 303
    assert boss.post(page, **OPEN | {"price": "60", "seen": mine}).status_code == 409
    for number in (workshop, 999999999999999999):
        assert boss.get(f"/staff/activities/{number}/classes").status_code == 404
        assert boss.post(f"/staff/activities/{number}/classes", **OPEN).status_code == 404


def test_a_typed_address_reaches_no_show_that_is_not_open_or_is_none(teacher: Visitor, centre: Centre) -> None:
    show, closed = a_show(), a_show(is_open=False)
    assert "Lightning" in words(teacher.get(wish(centre, show)))
    for odd in (closed, centre.body, 10**12, 10**30, -1, "abc", "", "\0", "٢"):
        answer = teacher.get(wish(centre, odd))
        assert answer.status_code == 200, odd
        assert 'class="show"' not in answer.text, odd
    other_grade = words(teacher.get(wish(centre, show, grade=9)))
    assert "Lightning is for other grades than that of 6A" in other_grade


def test_the_teacher_sees_what_the_show_costs_and_that_it_is_the_show(
    app: Flask, teacher: Visitor, centre: Centre
) -> None:
    booking_id = booked(centre, a_show())

    page = words(teacher.get(f"/en/visit/{secret_of(booking_id)}"))
    assert "6A: NOK 1,000, the show" in page.replace("\xa0", " ")
    promise = db.session.scalars(select(Promise).where(Promise.kind == "mail.confirmation")).first()
    assert promise is not None
    letter = messages.write(promise.kind, promise.id, promise.about, settings_of(app))
    assert letter is not None
    for text in (letter.text, letter.html):
        assert "Lightning" in text
        assert "Of this for shows: NOK 1,000" in text.replace("\xa0", " ")


@pytest.mark.parametrize("hours", HOURS)
def test_the_pages_of_a_visit_with_a_show_answer_at_any_hour(
    app: Flask, teacher: Visitor, centre: Centre, hours: float
) -> None:
    booking_id = booked(centre, a_show())
    secret = secret_of(booking_id)
    with unit_of_work():  # the show is the first thing of the class
        part = db.session.scalars(select(VisitPart).where(VisitPart.kind == PartKind.SHOW)).one()
        part.starts_at, part.ends_at = part.starts_at - EARLIER, part.ends_at - EARLIER
        arrives = db.session.scalars(select(Booking.starts_at).where(Booking.id == booking_id)).one()
    with time_machine.travel(arrives + timedelta(hours=hours)):
        assert broken(app, teacher, secret, booking_id) == []


@pytest.mark.parametrize("hours", HOURS)
def test_the_desks_pages_of_a_visit_with_a_show_answer_at_any_hour(
    app: Flask, boss: Colleague, centre: Centre, hours: float
) -> None:
    booking_id = booked(centre, a_show())
    secret = secret_of(booking_id)
    arrives = db.session.scalars(select(Booking.starts_at).where(Booking.id == booking_id)).one()
    with time_machine.travel(arrives + timedelta(hours=hours)):
        desk = a_colleague(app, Role.ADMIN, "later@example.org")
        assert broken(app, desk.browser, secret, booking_id) == []
        assert desk.get(f"/staff/board?date={centre.on}").status_code < 500


def test_a_visit_keeps_a_show_that_the_centre_has_closed_renamed_or_taken_from_its_offer(
    app: Flask, teacher: Visitor, centre: Centre
) -> None:
    show = a_show()
    booking_id = booked(centre, show)
    secret = secret_of(booking_id)
    with unit_of_work():
        db.session.get_one(SchoolShow, show).is_open = False
        activity = db.session.get_one(Activity, show)
        activity.title, activity.active = {"en": "Thunder", "nb": "Torden"}, False
        db.session.execute(update(Slot).where(Slot.activity_id == show).values(opens_at=None))

    assert "Thunder" in words(teacher.get(f"/en/visit/{secret}"))
    assert "Thunder" in words(teacher.get(f"/en/school/visit?move={secret}"))
    query = urlencode({"move": secret, "date": centre.on, "arrival": "09:00", "departure": "15:30", "plan": 1})
    plans = teacher.get(f"/en/school/visit?{query}")
    assert plans.status_code == 200 and 'class="show"' in plans.text
    answer = teacher.post(f"/en/visit/{secret}/move", {"plan": hidden(plans, "plan")})
    assert answer.status_code == 303, words(answer)
    assert taken_of(show) == [29]
    assert not breaches()


def test_the_same_again_has_the_show_only_where_it_suits_the_new_grade_and_says_so(
    teacher: Visitor, centre: Centre
) -> None:
    """6A is 7A a year on, for which the show is not."""
    show = a_show(grade_to=6)
    secret = secret_of(booked(centre, show))

    same_grade = teacher.get(f"/en/visit/{secret}/again?grade=same")
    assert "Lightning" in words(same_grade) and "does not suit" not in words(same_grade)
    later = teacher.get(f"/en/visit/{secret}/again")
    assert "Lightning does not suit the new grade" in words(later)


def test_pages_of_a_visit_that_was_booked_without_a_show_say_nothing_of_one(
    app: Flask, teacher: Visitor, centre: Centre
) -> None:
    booking_id = a_visit(centre, "6A").booking_id
    a_show()
    assert "the show" not in words(teacher.get(f"/en/visit/{secret_of(booking_id)}"))
    assert broken(app, teacher, secret_of(booking_id), booking_id) == []
    assert not breaches()


def test_the_waiting_list_says_that_a_show_has_none_and_gives_it_back_to_the_plan(
    teacher: Visitor, centre: Centre
) -> None:
    show = a_show()
    days = {"from": str(centre.on), "until": str(centre.on), "people": "75", "show": str(show)}
    line = "/en/school/waiting-list?" + urlencode({"programme": "bridges"} | days)
    assert "choose Lightning then, if there are seats" in words(teacher.get(line))
    form = {"programme": "bridges", "email": "kari@example.org"} | days
    too_many = teacher.post("/en/school/waiting-list", form)
    assert too_many.status_code == 422 and hidden(too_many, "show") == str(show)
    assert f'show={show}">Plan them as groups' in too_many.get_data(as_text=True)
    free = teacher.post("/en/school/waiting-list", form | {"people": "20"})
    assert "No need to wait" in words(free)
    assert f"date={centre.on}&amp;show={show}" in free.get_data(as_text=True)
    assert "Shows have no waiting list" not in words(teacher.get(line.partition("&show")[0] + "&show=abc&show=999"))
