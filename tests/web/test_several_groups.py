"""A class that no session takes whole is led to groups wherever its number is typed, and what was typed is kept."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.catalogue.models import Activity
from booking.kernel.database import db, unit_of_work
from booking.programmes.models import Programme
from tests.courses.away import a_road
from tests.visits.booked import Centre, a_visit
from tests.web.browsing import Visitor, typed, words
from tests.web.test_outreach_page import FORM, asked


@pytest.fixture
def teacher(client: FlaskClient) -> Visitor:
    return Visitor(client)


def test_the_programmes_page_leads_into_the_planners_offer(teacher: Visitor, centre: Centre) -> None:
    page = teacher.get(f"/en/school/bridges?pupils=75&adults=6&grade=6&school={centre.school.id}")
    assert page.status_code == 200
    assert "75 pupils become 3 groups: 25, 25 and 25" in words(page)
    assert typed(page, "pupils") == "75" and typed(page, "adults") == "6"
    assert "Paid by Bergen kommune: NOK 8,250" in words(page), "all groups have their price"
    way = re.search(r'class="button" href="([^"]+)">Plan these groups', page.get_data(as_text=True))
    assert way
    offer = words(teacher.get(html.unescape(way[1])))
    assert "75 pupils become 3 groups: 25, 25 and 25" in offer and "Something is missing" not in offer


def test_its_month_shows_where_one_of_the_groups_gets_in(teacher: Visitor, centre: Centre) -> None:
    page = words(teacher.get("/en/school/bridges?pupils=56&adults=4&grade=6"))
    assert "56 pupils become 2 groups: 28 and 28" in page and "3 available times" in page


def test_whoever_can_come_as_no_groups_either_reads_it_at_the_field(teacher: Visitor, centre: Centre) -> None:
    for address in ("/en/school/bridges?pupils=300&grade=6", "/en/school/bridges?pupils=1&adults=60&grade=6"):
        page = teacher.get(address)
        assert page.status_code == 422 and "At most 30 of a class come together." in words(page), address
    with unit_of_work():
        db.session.get_one(Programme, centre.bridges).most_groups = 1
    page = teacher.get("/en/school/bridges?pupils=56&adults=4&grade=6")
    assert page.status_code == 422 and typed(page, "pupils") == "56"


def test_a_waiting_list_shows_the_way_to_groups(teacher: Visitor, centre: Centre) -> None:
    line = "/en/school/waiting-list"
    teacher.get(f"{line}?programme=bridges")
    days = {"programme": "bridges", "from": str(centre.on), "until": str(centre.on), "email": "kari@example.org"}
    for people, most in (("40", 30), ("75", 60)):
        page = teacher.post(line, days | {"people": people})
        assert page.status_code == 422 and typed(page, "people") == people
        assert f"At most {most} come together; a larger class comes as several groups." in words(page)
        way = re.search(r'href="([^"]+)">Plan them as groups', page.get_data(as_text=True))
        assert way and "pupils=" not in way[1], "they are pupils and adults together"
        assert "There you say how many are pupils" in words(page)


def test_a_visit_that_is_booked_says_that_more_come_as_one_class_more(teacher: Visitor, centre: Centre) -> None:
    secret = a_visit(centre, "6A").secret
    teacher.get(f"/en/visit/{secret}")
    page = teacher.post(f"/en/visit/{secret}/numbers", {"pupils-0": "75", "adults-0": "2", "version": "1"})
    assert page.status_code == 422 and "from 1 to 60. If you are more, add one class more." in words(page)


def test_a_class_that_is_too_large_for_us_at_its_school_reads_which_groups_to_book(
    app: Flask, teacher: Visitor
) -> None:
    road = a_road()
    with unit_of_work():
        db.session.get_one(Activity, road.activity).slug = "star-dome"
    teacher.get(FORM)
    for step in ("look", "book"):
        page = teacher.post(FORM, asked(road, pupils="56", step=step))
        assert page.status_code == 422 and typed(page, "pupils") == "56"
        assert "Book one group after the other: 28 and 28." in words(page)
