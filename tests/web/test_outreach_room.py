"""The staff's pages around outreach: from nothing to what teachers see, through pages alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from booking.capacity.educators import away_space
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outreach.models import Outreach, Travel
from booking.records.models import AuditEntry
from booking.staff.models import Role
from tests.builders import a_centre, an_activity
from tests.courses.away import a_road
from tests.web.browsing import Visitor, typed, words
from tests.web.staffing import Colleague, a_colleague, hidden

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FACTS: dict[str, str | list[str]] = {
    "grade_from": "3", "grade_to": "7", "weekdays": ["0", "1", "2", "3", "4"], "from_time": "08:30",
    "until_time": "13:30", "setup_minutes": "45", "most_a_day": "2", "notice_days": "7", "instant": "y",
    "price": "3500", "vat_rate": "0", "needs-nb": "Golv, 6 × 6 meter",
}  # fmt: skip


@pytest.fixture
def boss(app: Flask) -> Colleague:
    """An administrator."""
    return a_colleague(app, Role.ADMIN, "boss@example.org")


def send(who: Colleague, path: str, **more: str | list[str]) -> int:
    page = who.get(path)
    seen = hidden(page, "seen") if 'name="seen"' in page.text else ""
    return who.browser.post(path, FACTS | {"seen": seen} | more).status_code


def test_an_empty_centre_goes_out_to_schools_through_pages_alone(boss: Colleague, client: FlaskClient) -> None:
    a_centre()
    assert "None yet" in words(boss.get("/staff/outreach"))
    boss.get("/staff/activities/new")
    new = {"title-nb": "Stjernetelt", "kind": "programme", "active": "y", "minutes": "60", "capacity": "30"}
    made = boss.post("/staff/activities/new", **new, turnaround_minutes="0", stay_minutes="0", sort="0")
    assert made.status_code == 303, words(made)
    db.session.rollback()
    activity = db.session.scalars(select(Activity)).one()
    assert f"/staff/outreach/{activity.id}" in boss.get(f"/staff/activities/{activity.id}").get_data(as_text=True)
    assert send(boss, f"/staff/outreach/{activity.id}") == 303
    boss.get("/staff/travel/new")
    for name, minutes, fee in (("Bergen", "25", "0"), ("Ås", "100", "900")):
        assert boss.post("/staff/travel/new", municipality=name, minutes=minutes, fee=fee).status_code == 303
    shown = words(boss.get("/staff/outreach"))
    assert "Stjernetelt" in shown and "Ås" in shown and "100 minutes" in shown and "900" in shown
    on = (the_centre().local(clock.now()) + timedelta(days=14)).date()
    on += timedelta(days=-on.weekday() % 7)
    teacher = Visitor(client)
    teacher.get(f"/en/school/outreach/{activity.slug}")
    where = {"municipality": "aas", "date": str(on), "step": "look"}
    assert "08:30" in words(teacher.post(f"/en/school/outreach/{activity.slug}", where))
    db.session.rollback()
    assert (
        db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("travel.%"))).all()
        == ["travel.add"] * 2
    )
    with unit_of_work():
        assert db.session.get_one(Activity, activity.id).space_id == away_space()


def test_what_is_wrong_is_told_and_what_was_typed_is_kept(boss: Colleague) -> None:
    road = a_road()
    room = f"/staff/outreach/{road.activity}"
    seen = hidden(boss.get(room), "seen")
    wrong = boss.browser.post(room, FACTS | {"seen": seen, "grade_from": "9", "until_time": "07:00", "price": "4000"})
    assert wrong.status_code == 422 and typed(wrong, "price") == "4000"
    assert "The lower grade comes first." in words(wrong) and "The earlier time comes first." in words(wrong)
    assert send(boss, room, price="4000.50") == 303
    late = boss.browser.post(room, FACTS | {"seen": seen, "price": "1"})
    assert late.status_code == 409 and "Somebody else has saved this" in words(late) and typed(late, "price") == "1"
    db.session.rollback()
    assert db.session.get_one(Outreach, road.activity).price == 400050
    assert boss.get(f"/staff/outreach/{10**18}").status_code == 404
    boss.get("/staff/travel/new")
    twice = boss.post("/staff/travel/new", municipality="BERGEN", minutes="3", fee="0")
    assert twice.status_code == 422 and "in the list already" in words(twice)
    way = db.session.scalars(select(Travel.id)).one()
    seen = hidden(boss.get(f"/staff/travel/{way}"), "seen")
    assert (
        boss.post(f"/staff/travel/{way}", municipality="Bergen", minutes="45", fee="100", seen=seen).status_code == 303
    )
    assert boss.post(f"/staff/travel/{way}", municipality="Bergen", minutes="5", fee="0", seen=seen).status_code == 409
    assert boss.post(f"/staff/travel/{way}/remove").status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(Travel.id)).all() == []


def test_a_programme_is_held_in_the_house_or_at_schools(boss: Colleague) -> None:
    road = a_road()
    told = {"grade_from": "1", "grade_to": "3", "subjects": "science", "aims-nb": "x"}
    boss.get(f"/staff/programmes/{road.activity}")
    answer = boss.post(f"/staff/programmes/{road.activity}", **told)
    assert answer.status_code == 422 and "held at schools" in words(answer)
    other = an_activity(Kind.SHOW, 30, "Show")
    assert boss.get(f"/staff/outreach/{other}").status_code == 404
    assert "Star dome" not in words(boss.get("/staff/programmes")) and "Star dome" in words(boss.get("/staff/outreach"))
