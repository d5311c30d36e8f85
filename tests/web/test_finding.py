"""Finding a programme, its price and its sessions; waiting for any Monday; saying how it was. Without scripting."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from booking.agreements.models import Agreement
from booking.agreements.prices import Pays
from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.centre.facts import the_centre
from booking.feedback.models import Feedback
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.programmes.models import Programme
from booking.settings import settings_of
from booking.staff.models import Role
from booking.visit_waiting import waiting
from booking.visits.links import feedback_key
from booking.visits.models import Visit
from tests.courses.away import a_road
from tests.courses.enrolled import a_course
from tests.visits.booked import Centre, a_school_centre, a_visit
from tests.web.browsing import Visitor, path_of, statements, typed, words
from tests.web.staffing import a_colleague

# What the database makes of it is held against both in the rooms' own tests and in tests/mail.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NONSENSE = ("", "\0", "٢", "1_0", "9" * 30, "-1", "<b>", "2027-02-31", "'\"; DROP")


@pytest.fixture
def centre(app: Flask) -> Centre:
    return a_school_centre(class_visits=1)


@pytest.fixture
def teacher(centre: Centre, client: FlaskClient) -> Visitor:
    return Visitor(client)


def test_an_empty_answer_counts_what_each_looser_search_would_find(teacher: Visitor, centre: Centre) -> None:
    there = centre.on + timedelta(days=1)
    page = teacher.get(f"/en/school?grade=6&from={there}&until={there + timedelta(days=3)}")
    assert "0 programmes" in words(page)
    assert "without the date: 2" in words(page)
    assert "without the grade" not in words(page)
    looser = re.findall(r'<ul class="looser">\s*<li><a href="([^"#]*)', page.get_data(as_text=True))[0]
    assert "2 programmes" in words(teacher.get(looser))
    shown = words(teacher.get(f"/en/school?q=bridg&from={centre.on}&until={centre.on}"))
    assert "1 programme with a session available then" in shown
    assert f"3 available times in {centre.on:%B}" in shown


def test_the_list_runs_as_many_statements_whatever_is_filtered_for(teacher: Visitor, centre: Centre) -> None:
    counts = set()
    for query in ("", "q=x", f"grade=6&from={centre.on}", f"q=nothing&from={centre.on}&until={centre.on}"):
        with statements() as seen:
            assert teacher.get(f"/en/school?{query}").status_code == 200
        counts.add(len(seen))
    assert max(counts) <= 6


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_is_answered_kindly_everywhere(teacher: Visitor, centre: Centre, nonsense: str) -> None:
    for name in ("q", "grade", "subject", "kind", "language", "duration", "from", "until"):
        assert teacher.get("/en/school?" + urlencode({name: nonsense})).status_code == 200, name
    for name in ("month", "date", "school", "school_q", "pupils", "adults", "grade"):
        assert teacher.get("/en/school/bridges?" + urlencode({name: nonsense})).status_code in (200, 422), name
    wish = {"programme": "bridges", "people": "20", "email": "ola@example.org", "from": nonsense, "until": nonsense}
    answer = teacher.post("/en/school/waiting-list", wish | {"weekday": nonsense})
    assert answer.status_code == 422
    assert typed(answer, "email") == "ola@example.org"
    assert teacher.get("/en/school/waiting-list?" + urlencode({"programme": nonsense})).status_code == 404
    assert teacher.get("/en/school/feedback/" + (urlencode({"": nonsense})[1:] or "x")).status_code in (404, 400)


def test_the_month_shows_sessions_with_places_in_words(teacher: Visitor, centre: Centre) -> None:
    a_visit(centre, "6A", "6B")
    with statements() as seen:
        page = teacher.get("/en/school/bridges")
    shown = words(page)
    assert len(seen) <= 12
    assert f"{centre.on.day} 1 available" in shown
    assert shown.count("full, Waiting list") == 2
    assert "30 places" in shown
    month = teacher.get(f"/en/school/bridges?month={centre.on + timedelta(days=31):%Y-%m}")
    assert "No session that month" in words(month)
    with unit_of_work():
        db.session.execute(update(Programme).values(shared=True))
    small = words(teacher.get("/en/school/bridges?pupils=3&adults=1"))
    assert f"{centre.on.day} 3 available" in small
    assert "only 4 places" in words(teacher.get("/en/school/bridges?pupils=20&adults=2"))


def test_the_price_for_my_school_says_who_pays_and_stays_in_the_address(teacher: Visitor, centre: Centre) -> None:
    teacher.get("/en/school/bridges")
    answer = teacher.post("/en/school/bridges", {"school_q": "solb", "pupils": "24", "adults": "2", "grade": "6"})
    assert answer.status_code == 303
    page = teacher.get(path_of(answer.location).split("#")[0])
    shown = words(page)
    assert "Paid by Bergen kommune: NOK 2,640" in shown
    assert "NOK 0 for you" in shown
    assert "1 visit for each class in a school year" in shown
    months = re.findall(r'href="(/en/school/bridges\?[^"]*month=[^"]*)"', page.get_data(as_text=True))
    assert months and all(f"school={centre.school.id}" in link for link in months)
    assert "Set-Cookie" not in {name for name, value in page.headers if "solb" in value.lower()}
    number = words(teacher.get("/en/school/bridges?school_q=974760673"))
    assert "Solbakken skole" in number
    unknown = teacher.get("/en/school/bridges?school_q=xyzzy")
    assert unknown.status_code == 422
    assert typed(unknown, "school_q") == "xyzzy"


def test_a_code_is_the_fallback_and_never_in_an_address(teacher: Visitor, centre: Centre) -> None:
    teacher.get("/en/school/bridges")
    good = teacher.post("/en/school/bridges", {"code": "bergen", "pupils": "20", "adults": "2", "grade": "6"})
    assert good.status_code == 200
    assert "Paid by Bergen kommune: NOK 2,200" in words(good)
    assert "code=bergen" not in good.get_data(as_text=True)
    bad = teacher.post("/en/school/bridges", {"code": "no-such", "pupils": "20"})
    assert bad.status_code == 422
    assert "No agreement has this code" in words(bad)
    assert typed(bad, "code") == "no-such"


def test_half_is_paid_where_half_is_agreed(app: Flask, client: FlaskClient) -> None:
    centre = a_school_centre()
    with unit_of_work():
        db.session.execute(update(Agreement).values(pays=Pays.SHARE, percent=50))
    page = words(Visitor(client).get(f"/en/school/bridges?school={centre.school.id}&pupils=24&adults=2&grade=6"))
    assert "Paid by Bergen kommune: NOK 1,320" in page
    assert "You pay NOK 1,320" in page


def test_any_monday_is_waited_for_offered_and_let_go(app: Flask, teacher: Visitor, centre: Centre) -> None:
    a_visit(centre, "6A", "6B", "6C")
    form = {
        "programme": "bridges", "weekday": ["0", "1"], "from": str(centre.on), "until": str(centre.on),
        "people": "26", "email": "ola@example.org",
    }  # fmt: skip
    teacher.get("/en/school/waiting-list?programme=bridges")
    place = path_of(teacher.post("/en/school/waiting-list", form).location)
    shown = words(teacher.get(place))
    assert "You are on the waiting list" in shown
    assert "you are the first in line" in shown
    slot = db.session.scalars(select(Slot.id).where(Slot.activity_id == centre.bridges)).first()
    desk = a_colleague(app, Role.DESK)
    assert "26 people wait for places here" in words(desk.get(f"/staff/capacity/slot/{slot}"))
    assert "1 class on the waiting list" in words(desk.get("/staff/visits"))
    whole = words(desk.get("/staff/visits/waiting"))
    assert "Bridges 1 class · 26 people" in whole
    with unit_of_work():
        db.session.execute(update(Programme).values(shared=True))
        db.session.execute(update(Slot).where(Slot.id == slot).values(capacity=60))
    assert waiting.offer_next(centre.facts, clock.now()) == 1
    assert "is kept for you until" in words(teacher.get(place))
    assert teacher.post(f"{place}/leave").status_code == 303
    assert "You are no longer on the list" in words(teacher.get(place))
    free = teacher.post("/en/school/waiting-list", form)
    assert "No need to wait: these are available now" in words(free)
    assert teacher.get("/en/school/waiting/4BKC9RC7M7AWJB3W3C1D4JSVCV").status_code == 404


def test_a_teacher_says_how_it_was_by_the_link_and_staff_read_it_by_programme(
    app: Flask, teacher: Visitor, centre: Centre
) -> None:
    booking_id = a_visit(centre, "6A").booking_id
    page = f"/en/school/feedback/{feedback_key(booking_id, settings_of(app).secret_key)}"
    assert "We ask the day after" in words(teacher.get(page))
    with unit_of_work():
        for visit in db.session.scalars(select(Visit)):
            visit.arrives_at, visit.leaves_at = clock.now() - timedelta(hours=30), clock.now() - timedelta(hours=26)
    assert "5 stars, very good" in words(teacher.get(page))
    missing = teacher.post(page, {f"said-{centre.bridges}": "Fint =cmd"})
    assert missing.status_code == 422
    assert "Choose from one to five stars" in words(missing)
    assert "Fint =cmd" in words(missing)
    for stars in ("3", "4"):
        answer = {f"stars-{activity_id}": stars for activity_id in (centre.bridges, centre.body)}
        assert teacher.post(page, answer | {f"said-{centre.bridges}": "=Fint"}).status_code == 303
    assert "Thank you, your answer has been saved" in words(teacher.get(page))
    assert db.session.scalar(select(Booking.email)) == "kari@example.org"
    assert [row.stars for row in db.session.scalars(select(Feedback))] == [4, 4]
    for wrong in ("0", "6", "9" * 30, "٣"):
        assert teacher.post(page, {f"stars-{centre.bridges}": wrong}).status_code == 422
    for key in (page + "x", "/en/school/feedback/nonsense"):
        assert teacher.get(key).status_code == 404
    educator = a_colleague(app, Role.EDUCATOR)
    shown = words(educator.get(f"/staff/feedback?programme={centre.bridges}"))
    assert "4.0 of 5 · 1 answer" in shown
    assert "=Fint" in shown
    assert "Kari" not in shown and "Solbakken" not in shown
    money = a_colleague(app, Role.FINANCE, "eva@example.org")
    money.get("/staff/feedback")
    file = money.post("/staff/feedback/export", format="csv").get_data(as_text=True)
    assert "'=Fint" in file
    assert "Solbakken" not in file


def test_what_was_said_of_a_visit_is_final_after_a_month(app: Flask, teacher: Visitor, centre: Centre) -> None:
    page = f"/en/school/feedback/{feedback_key(a_visit(centre, '6A').booking_id, settings_of(app).secret_key)}"
    for days, stars, status in ((30, "5", 303), (31, "1", 410)):
        with unit_of_work():
            for visit in db.session.scalars(select(Visit)):
                visit.arrives_at = clock.now() - timedelta(days=days)
        answer = {f"stars-{activity_id}": stars for activity_id in (centre.bridges, centre.body)}
        assert teacher.post(page, answer).status_code == status
    db.session.rollback()
    assert {row.stars for row in db.session.scalars(select(Feedback))} == {5}


def test_courses_and_outreach_follow_the_filters_and_are_counted(app: Flask, client: FlaskClient) -> None:
    a_road()
    slot = a_course()
    on = the_centre().local(db.session.get_one(Slot, slot).starts_at).date()
    teacher = Visitor(client)
    with statements() as seen:
        page = teacher.get("/en/school")
    assert len(seen) <= 7
    assert "2 offers" in words(page) and "Outreach: we come to you" in words(page) and "Next available" in words(page)
    for query, there in (
        ("kind=outreach", "Star dome"), ("kind=course", "Coding"), ("q=star", "Star dome"), ("duration=long", "Coding"),
        (f"from={on}&until={on}&kind=course", "Coding"), ("grade=3", "Star dome"),
    ):  # fmt: skip
        shown = words(teacher.get(f"/en/school?{query}"))
        assert "1 offer" in shown and there in shown, query
    none = words(teacher.get(f"/en/school?q=coding&from={on + timedelta(days=1)}&until={on + timedelta(days=1)}"))
    assert "No programme matches all of that" in none and "without the date: 1" in none
