"""A teacher asks for a programme at the school, page by page: who pays is shown first, what is wrong is told."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.catalogue.models import Activity
from booking.centre.facts import the_centre
from booking.kernel.database import db, unit_of_work
from booking.materials.models import MaterialMoment
from booking.running.check import breaches
from booking.staff.models import Role
from tests.courses.away import Road, a_road, bergen_pays
from tests.materials.sheets import a_material
from tests.web.browsing import Visitor, typed, words
from tests.web.staffing import a_colleague, hidden

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FORM = "/en/school/outreach/star-dome"


@pytest.fixture
def teacher(client: FlaskClient) -> Visitor:
    """Reads English."""
    return Visitor(client)


def asked(road: Road, **more: str) -> dict[str, str]:
    """The form filled in."""
    on = the_centre().local(road.at_ten)
    return {
        "municipality": "Bergen", "date": str(on.date()), "time": on.strftime("%H:%M"), "school": "Solbakken skole",
        "address": "Skulevegen 1", "class_name": "5A", "grade": "5", "pupils": "24", "adults": "2",
        "name": "Kari Nordmann", "email": "kari@example.org", "mobile": "90000000", "step": "book",
    } | more  # fmt: skip


@pytest.fixture
def road(app: Flask) -> Road:
    """A star dome that goes to schools in Bergen."""
    road = a_road()
    with unit_of_work():
        db.session.get_one(Activity, road.activity).slug = "star-dome"
    return road


def test_the_teacher_sees_who_pays_before_anything_is_booked(teacher: Visitor, road: Road) -> None:
    payer = bergen_pays(pays="share", percent=25)
    teacher.get(FORM)
    shown = teacher.post(FORM, asked(road, invoice_reference="12345"))
    bill = words(shown)
    assert shown.status_code == 200
    assert "Somebody else pays for you." in bill
    assert "Bergen kommune NOK 900" in bill and "Solbakken skole NOK 2,700" in bill
    assert typed(shown, "address") == "Skulevegen 1"
    seen = hidden(shown, "seen")
    assert seen == f"{payer}:90000,0:270000"
    booked = teacher.post(FORM, asked(road, invoice_reference="12345", seen=seen))
    assert booked.status_code == 303
    visit = words(teacher.get(booked.location))
    assert "Agreed: we come to you." in visit
    assert "Bergen kommune NOK 900" in visit and "NOK 2,700" in visit
    db.session.rollback()
    assert breaches() == []


def test_files_and_links_are_kept_by_the_office_and_found_before_and_after_booking(
    app: Flask, teacher: Visitor, road: Road
) -> None:
    boss = a_colleague(app, Role.ADMIN, "boss@example.org")
    room = f"/staff/outreach/{road.activity}"
    page = boss.get(room).get_data(as_text=True)
    address = re.search(r'href="([^"]*/materials/new[^"]*kind=link)"', page)
    assert address and "Files and links for teachers" in words(boss.get(room))
    new_link = address[1].replace("&amp;", "&")
    boss.get(new_link)
    titles = {f"title-{lang}": "Stars above us" for lang in ("nb", "nn", "en", "lv")}
    link = {"url": "https://sky.example/map", "moment": "before", "lang": "en", "sort": "10", "seen": ""}
    brought = boss.browser.post(new_link, titles | link)
    assert brought.status_code == 303 and brought.location == f"{room}#materials"
    a_material(road.activity, MaterialMoment.AFTER, "Stars at home")
    assert "Stars above us" in words(boss.get(room)) and "Stars at home" in words(boss.get(room))
    public = words(teacher.get(FORM))
    assert "Before the visit Clear the floor" in public and "Stars above us sky.example" in public
    booked = teacher.post(FORM, asked(road))
    booked = booked if booked.status_code == 303 else teacher.post(FORM, asked(road, seen=hidden(booked, "seen")))
    visit = words(teacher.get(booked.location))
    assert "For the class Before the visit Clear the floor" in visit and "Stars at home PDF, 1 kB" in visit


def test_schools_of_the_register_are_offered_and_bring_their_municipality(teacher: Visitor, road: Road) -> None:
    bergen_pays()
    teacher.get(FORM)
    looked = asked(road, school="solbakken", municipality="", step="look")
    shown = teacher.post(FORM, looked)
    assert "Which of these?" in words(shown)
    known = re.search(r'type="radio" name="known" value="(\d+)"', shown.get_data(as_text=True))
    assert known
    chosen = teacher.post(FORM, looked | {"known": known[1]})
    assert chosen.status_code == 200, words(chosen)
    assert typed(chosen, "school") == "Solbakken skole"
    assert "Which of these?" not in words(chosen)
    booked = teacher.post(
        FORM, asked(road, school="solbakken", known=known[1], invoice_reference="12345", seen=hidden(chosen, "seen"))
    )
    assert booked.status_code == 303, words(booked)


def test_an_agreement_that_does_not_pay_is_told_before_anything_is_booked(teacher: Visitor, road: Road) -> None:
    bergen_pays(most_visits=0)
    teacher.get(FORM)
    shown = teacher.post(FORM, asked(road))
    bill = words(shown)
    assert shown.status_code == 200
    assert "The agreement does not pay for this." in bill
    assert "nothing is left of the agreement this school year" in bill
    assert teacher.post(FORM, asked(road, seen=hidden(shown, "seen"))).status_code == 303


def test_where_only_the_school_pays_one_press_books(teacher: Visitor, road: Road) -> None:
    teacher.get(FORM)
    assert teacher.post(FORM, asked(road)).status_code == 303


def test_who_pays_can_be_looked_at_without_name_and_address(teacher: Visitor, road: Road) -> None:
    bergen_pays()
    teacher.get(FORM)
    looked = teacher.post(FORM, asked(road, step="look", name="", email="", mobile="", address="", time=""))
    assert looked.status_code == 200
    assert "Bergen kommune NOK 3,600" in words(looked)
    assert "For example 12345" in words(looked)


def test_a_wrong_code_and_a_wrong_reference_are_told_and_everything_typed_is_kept(teacher: Visitor, road: Road) -> None:
    bergen_pays()
    teacher.get(FORM)
    wrong = teacher.post(FORM, asked(road, code="no-such", invoice_reference="12-34"))
    shown = words(wrong)
    assert wrong.status_code == 422
    assert "No agreement has this code." in shown and "The payer's references look like 12345." in shown
    assert (typed(wrong, "code"), typed(wrong, "invoice_reference")) == ("no-such", "12-34")
    empty = teacher.post(FORM, dict.fromkeys(asked(road), "") | {"step": "book"})
    assert empty.status_code == 422
    for text in ("Choose a day.", "Choose the municipality.", "Choose the grade.", "Enter your name."):
        assert text in words(empty)


def test_what_the_page_said_must_still_hold_when_it_is_booked(teacher: Visitor, road: Road) -> None:
    payer = bergen_pays()
    teacher.get(FORM)
    late = teacher.post(FORM, asked(road, invoice_reference="12345", seen=f"{payer}:350000"))
    assert late.status_code == 409
    assert "What it costs has changed meanwhile." in words(late)
    assert hidden(late, "seen") == f"{payer}:360000"
