"""School holidays: kept by the staff, and heeded where a teacher wants the same again next year."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from booking.agreements.holiday_models import SchoolHoliday
from booking.kernel.database import db
from booking.records.models import AuditEntry
from booking.staff.models import Role
from booking.visits.rebook import YEAR
from tests.visits.booked import a_school_centre, a_visit
from tests.web.browsing import Visitor, typed, words
from tests.web.staffing import Colleague, a_colleague, hidden

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def boss(app: Flask) -> Colleague:
    """An administrator."""
    return a_colleague(app, Role.ADMIN, "boss@example.org")


def test_a_week_that_staff_enter_is_not_proposed_to_that_municipality(boss: Colleague, client: FlaskClient) -> None:
    centre = a_school_centre()
    visit, teacher = f"/en/visit/{a_visit(centre, '6A').secret}", Visitor(client)
    week = centre.on + YEAR
    assert "Enter the autumn and winter holidays" in words(boss.get("/staff/school-holidays"))
    boss.get("/staff/school-holidays/new")
    days = {"from_date": str(week), "until_date": str(week + timedelta(days=4))}
    new = {"name": "Skidagar", "municipalities": "Askøy, BERGEN"} | days
    assert boss.post("/staff/school-holidays/new", **new).status_code == 303
    assert "Askøy, BERGEN" in words(boss.get("/staff/school-holidays"))
    assert "your school has a holiday (Skidagar)" in words(teacher.get(f"{visit}/again"))
    db.session.rollback()
    row = db.session.scalars(select(SchoolHoliday)).one()
    place = f"/staff/school-holidays/{row.id}"
    seen = hidden(boss.get(place), "seen")
    assert boss.post(place, **new | {"municipalities": "Voss", "seen": seen}).status_code == 303
    assert "Skidagar" not in words(teacher.get(f"{visit}/again"))
    boss.get(place)
    assert boss.post(f"{place}/remove").status_code == 303
    db.session.rollback()
    done = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("school_holiday.%"))).all()
    assert sorted(done) == ["school_holiday.add", "school_holiday.change", "school_holiday.remove"]
    assert boss.get(f"/staff/school-holidays/{10**18}").status_code == 404


def test_what_is_wrong_is_told_and_what_was_typed_is_kept(boss: Colleague) -> None:
    a_school_centre()
    boss.get("/staff/school-holidays/new")
    new = {"name": "Week off", "from_date": "2027-10-15", "until_date": "2027-10-11", "municipalities": " , "}
    wrong = boss.post("/staff/school-holidays/new", **new)
    assert wrong.status_code == 422 and typed(wrong, "name") == "Week off"
    assert "The earlier day comes first." in words(wrong)
    nowhere = boss.post("/staff/school-holidays/new", **new | {"until_date": "2027-10-16"})
    assert nowhere.status_code == 422 and "write * for everywhere" in words(nowhere)
    long = boss.post("/staff/school-holidays/new", **new | {"until_date": "2028-10-16", "municipalities": "*"})
    assert long.status_code == 422 and "longer than any school holiday" in words(long)
