"""A teacher changes a booked visit without a phone call; what cannot be is said, and nothing is lost."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.bookings.models import Booking, Ticket
from booking.catalogue.models import Activity, Kind
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.programmes.models import Programme
from booking.running.check import breaches
from booking.running.worker import Worker
from booking.staff.models import Role
from booking.visits.book import book_visit
from booking.visits.models import Visit
from tests.builders import a_slot
from tests.visits.booked import HALF, Centre, a_plan, a_visit, an_order, taken_of
from tests.web.browsing import Visitor, path_of, statements, typed, words
from tests.web.staffing import a_colleague

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NONSENSE = ("", "\0", "٢", "1_0", "9" * 30, "-1", "<b>", "25:99")


def page_of(booking_id: int) -> str:
    db.session.rollback()
    secret = db.session.scalars(select(Booking.secret).where(Booking.id == booking_id)).one()
    return f"/en/visit/{secret}"


def hidden(page: str, name: str) -> str:
    field = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', page)
    assert field, f"no hidden {name}"
    return html.unescape(field[1])


def on_the_day(monkeypatch: pytest.MonkeyPatch, booking_id: int, before: timedelta = HALF) -> datetime:
    """Let it be so long before the bus should come."""
    db.session.rollback()
    comes = db.session.scalars(select(Visit.arrives_at).where(Visit.booking_id == booking_id)).one()
    monkeypatch.setattr("booking.kernel.clock.now", lambda: comes - before)
    return comes


def test_a_late_bus_gets_a_new_plan_that_desk_and_educator_see(
    app: Flask, teacher: Visitor, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = a_visit(centre, "6A", "6B").booking_id
    visit, comes = page_of(booking), on_the_day(monkeypatch, booking)
    late = f"{comes + timedelta(minutes=45):%H:%M}"
    there = teacher.post(f"{visit}/late", {"expected_at": late})
    assert there.status_code == 303
    proposals = teacher.get(path_of(there.location))
    shown = words(proposals)
    assert "With the plan as it is, you would miss this: 6A: no time for" in shown
    assert "If the bus can wait until" in shown
    educator = a_colleague(app, Role.EDUCATOR)
    assert "begins before they come" in words(educator.get("/staff/desk/"))
    offer = re.findall(r'name="offer" value="([^"]*)"', proposals.get_data(as_text=True))
    assert teacher.post(f"{visit}/plan", {"offer": offer[-1]}).status_code == 303
    assert "The new plan holds" in words(teacher.get(f"{visit}?done=bus"))
    board = words(educator.get("/staff/desk/"))
    assert f"Late: comes at {late}" in board
    assert "New plan since" in board
    assert f"The bus arrives (planned {comes:%H:%M})" in board
    assert "begins before they come" not in board
    assert teacher.post(f"{visit}/plan", {"offer": offer[-1]}).status_code == 409
    assert teacher.post(f"{visit}/plan", {"offer": offer[0][:-2]}).status_code == 410
    assert breaches() == []


def test_when_nothing_fits_they_are_told_what_they_miss_and_whom_to_call(
    teacher: Visitor, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = a_visit(centre, "6A").booking_id
    visit, comes = page_of(booking), on_the_day(monkeypatch, booking)
    soon = f"{comes + timedelta(minutes=10):%H:%M}"
    there = path_of(teacher.post(f"{visit}/late", {"leave_at": soon}).location)
    shown = words(teacher.get(there))
    assert "6A: no time for" in shown
    assert "No other plan fits today. Your places are kept as they are." in shown
    for nonsense in NONSENSE[2:]:
        assert teacher.post(f"{visit}/late", {"expected_at": nonsense}).status_code == 422
        assert teacher.get(f"{visit}/hours?come={nonsense}").status_code == 303
    assert path_of(teacher.post(f"{visit}/late", {"expected_at": f"{comes:%H.%M}"}).location).endswith("done=late")


def test_lunch_is_added_and_given_back(teacher: Visitor, centre: Centre) -> None:
    with unit_of_work():
        order = an_order(centre, a_plan(centre, "6A", lunch=0))
        booking = book_visit(order, centre=centre.facts, now=clock.now()).booking_id
    visit = page_of(booking)
    assert "You can add a table in the lunch room until" in words(teacher.get(visit))
    times = teacher.get(f"{visit}/lunch").get_data(as_text=True)
    assert times.count("Eat then") >= 2
    assert teacher.post(f"{visit}/plan", {"offer": hidden(times, "offer")}).status_code == 303
    assert "The lunch room is yours" in words(teacher.get(f"{visit}?done=lunch"))
    assert teacher.get(f"{visit}/lunch").status_code == 303
    assert teacher.post(f"{visit}/lunch/away").status_code == 303
    assert "The lunch room is given back" in words(teacher.get(f"{visit}?done=lunch"))
    assert breaches() == []


def test_a_class_comes_along_and_another_stays_at_home(teacher: Visitor, centre: Centre) -> None:
    booking = a_visit(centre, "6A", "6B").booking_id
    visit = page_of(booking)
    third = {"name": "6C", "grade": "6", "pupils": "20", "adults": "2"}
    proposal = teacher.post(f"{visit}/classes", third).get_data(as_text=True)
    assert teacher.post(f"{visit}/plan", {"offer": hidden(proposal, "offer")}).status_code == 303
    assert "NOK 7,480" in words(teacher.get(visit))
    for nonsense in NONSENSE:
        answer = teacher.post(f"{visit}/classes", third | {"name": "6D", "pupils": nonsense})
        assert answer.status_code == 422
        assert typed(answer, "name") == "6D"
    assert "a name of its own" in words(teacher.post(f"{visit}/classes", third))
    assert "no room for one more class" in words(teacher.post(f"{visit}/classes", third | {"name": "6D"}))
    assert teacher.post(f"{visit}/classes/away", {"place": "0", "version": "2"}).status_code == 303
    assert teacher.post(f"{visit}/classes/away", {"place": "0", "version": "2"}).status_code == 409
    assert teacher.post(f"{visit}/classes/away", {"place": "9", "version": "3"}).status_code == 409
    assert sum(taken_of(centre.bridges)) == 48
    assert breaches() == []


def test_needs_reach_desk_and_educator(app: Flask, teacher: Visitor, centre: Centre) -> None:
    booking = a_visit(centre, "6A").booking_id
    visit = page_of(booking)
    assert teacher.post(f"{visit}/needs", {"needs": "Rullestol\0 og nøtter"}).status_code == 303
    assert typed(teacher.get(visit), "needs") == "Rullestol og nøtter"
    assert teacher.post(f"{visit}/needs", {"needs": "x" * 401}).status_code == 422
    slot = db.session.scalars(select(Visit.id)).one()
    educator = a_colleague(app, Role.EDUCATOR)
    assert "Rullestol og nøtter" in words(educator.get(f"/staff/desk/booking/{booking}"))
    line = next(part for part in a_session_of(booking))
    assert "Rullestol og nøtter" in words(educator.get(f"/staff/capacity/slot/{line}"))
    assert slot


def a_session_of(booking_id: int) -> list[int]:
    from booking.bookings.models import Line

    db.session.rollback()
    return list(db.session.scalars(select(Line.slot_id).where(Line.booking_id == booking_id)))


def test_a_colleague_gets_the_wishes_and_nothing_of_whose_they_were(
    app: Flask, teacher: Visitor, centre: Centre
) -> None:
    booking = a_visit(centre, "6A", "6B", mobile="+4790000000", on_the_day="Ola").booking_id
    visit = page_of(booking)
    assert teacher.post(f"{visit}/copy", {"colleague": "ola@"}).status_code == 422
    for _ in range(2):
        assert teacher.post(f"{visit}/copy", {"colleague": "ola@example.org"}).status_code == 303
    db.session.rollback()
    (about,) = db.session.scalars(select(Promise.about).where(Promise.kind == "mail.visit_copy"))
    for private in ("Kari", "kari", "90000000", "Ola", visit.rsplit("/", 1)[1], "6A", "BERGEN", "tter"):
        assert private not in about["wishes"]
    Worker(app).round()
    form = teacher.get(f"/en/school/visit?{about['wishes']}")
    assert typed(form, "pupils-1") == "24"
    assert form.get_data(as_text=True).count('name="programme"') == 2
    assert form.get_data(as_text=True).split("</main>")[0].count("checked") == 3


def test_the_same_again_next_year_is_proposed_planned_and_filled_in(teacher: Visitor, centre: Centre) -> None:
    booking = a_visit(centre, "6A", mobile="+4790000000", invoice_reference="12345").booking_id
    visit = page_of(booking)
    with statements() as seen:
        shown = words(teacher.get(f"{visit}/again"))
    assert len(seen) <= 15
    assert "7A : Grade 7, 24 pupils, 2 adults" in shown
    assert "That week can be booked from" in shown
    nine = datetime.combine(centre.on, datetime.min.time()).replace(hour=9, tzinfo=clock.now().tzinfo)
    for activity in (centre.bridges, centre.body):
        for weeks in range(44, 60):
            for hour in (0, 2):
                a_slot(activity, 30, nine + timedelta(weeks=weeks, hours=hour, minutes=15))
    lunch = db.session.scalars(select(Activity.id).where(Activity.kind == Kind.LUNCH)).one()
    for weeks in range(44, 60):
        a_slot(lunch, 70, nine + timedelta(weeks=weeks, hours=1, minutes=30))
    page = teacher.get(f"{visit}/again")
    assert "There are places available that week." in words(page)
    (there,) = re.findall(r'class="button wide" href="([^"]*)"', page.get_data(as_text=True))
    text = teacher.get(html.unescape(there)).get_data(as_text=True)
    fields = {"plan": hidden(text, "plan"), "again": hidden(text, "again")}
    form = teacher.post("/en/school/visit", fields)
    assert typed(form, "name") == "Kari Nordmann"
    assert typed(form, "invoice_reference") == "12345"
    assert "Bergen kommune" in words(form)
    fields = {name: hidden(form.get_data(as_text=True), name) for name in ("plan", "seen", "school")}
    who = {"name": "Kari", "email": "kari@example.org", "mobile": "90000000", "invoice_reference": "12345"}
    assert teacher.post("/en/school/visit", fields | who | {"step": "book"}).status_code == 303
    assert teacher.post("/en/school/visit", fields | {"again": "nonsense"}).status_code == 200
    assert breaches() == []


def test_a_programme_for_other_grades_is_replaced_by_one_that_suits(teacher: Visitor, centre: Centre) -> None:
    booking = a_visit(centre, "6A").booking_id
    with unit_of_work():
        db.session.get_one(Programme, centre.body).grade_to = 6
    shown = words(teacher.get(f"{page_of(booking)}/again"))
    assert "No programme suits the new grade instead of Body" in shown
    assert "6A : Grade 6" in words(teacher.get(f"{page_of(booking)}/again?grade=same"))


def test_who_is_in_already_changes_the_plan_at_the_desk(
    app: Flask, teacher: Visitor, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = a_visit(centre, "6A").booking_id
    visit, comes = page_of(booking), on_the_day(monkeypatch, booking, timedelta())
    with unit_of_work():
        ticket = db.session.scalars(select(Ticket).where(Ticket.booking_id == booking)).first()
        assert ticket is not None
        ticket.admitted = 1
    answer = teacher.get(f"{visit}/hours?leave={comes + timedelta(hours=1):%H:%M}")
    assert answer.status_code == 409
    assert "You have been let in already" in words(answer)


def test_numbers_typed_before_a_class_stayed_at_home_are_not_given_to_another(teacher: Visitor, centre: Centre) -> None:
    visit = page_of(a_visit(centre, "6A", "6B").booking_id)
    old = hidden(teacher.get(visit).get_data(as_text=True), "version")
    assert teacher.post(f"{visit}/classes/away", {"place": "0", "version": old}).status_code == 303
    numbers = {"version": old, "pupils-0": "13", "adults-0": "1"}
    answer = teacher.post(f"{visit}/numbers", numbers)
    assert answer.status_code == 409
    assert "changed meanwhile" in words(answer)
    assert typed(answer, "pupils-0") == "24"
    again = numbers | {"version": hidden(answer.get_data(as_text=True), "version")}
    for _time in range(2):
        assert teacher.post(f"{visit}/numbers", again).status_code == 303
    page = teacher.get(visit)
    assert typed(page, "pupils-0") == "13"
    assert hidden(page.get_data(as_text=True), "version") == "3"  # made once
    assert breaches() == []


def test_what_cancelling_costs_is_what_the_page_said(teacher: Visitor, centre: Centre) -> None:
    visit = page_of(a_visit(centre, "6A").booking_id)
    assert hidden(teacher.get(f"{visit}/cancel").get_data(as_text=True), "shown") == "0"
    answer = teacher.post(f"{visit}/cancel", {"shown": "132000"})
    assert answer.status_code == 409
    assert "It is NOK 0 by now" in words(answer)
    assert "cancelled" not in words(teacher.get(visit))
    assert teacher.post(f"{visit}/cancel", {"shown": "0"}).status_code == 303
    assert "This visit is cancelled." in words(teacher.get(visit))


@pytest.mark.parametrize("odd", ["0", "-1", "200"])
def test_a_number_that_cannot_be_is_answered_with_how_few_and_how_many_there_may_be(
    teacher: Visitor, centre: Centre, odd: str
) -> None:
    visit = page_of(a_visit(centre, "7C").booking_id)
    few = "Enter how many pupils of a class, from 1 to 60. If you are more, add one class more."
    assert few in words(teacher.post(f"{visit}/numbers", {"pupils-0": odd, "adults-0": "2"}))
    assert few in words(teacher.post(f"{visit}/classes", {"name": "7X", "grade": "7", "pupils": odd}))
    if odd != "0":
        answer = teacher.post(f"{visit}/numbers", {"pupils-0": "20", "adults-0": odd})
        assert "Enter how many adults, from 0 to 60." in words(answer)
