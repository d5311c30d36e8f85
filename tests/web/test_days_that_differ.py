"""A day that differs is a closing: the same look at whom it hits, the same letters, opened as closures are."""

from __future__ import annotations

import re
from datetime import date, datetime, time

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.capacity.models import Slot, SlotStatus
from booking.centre.facts import the_centre
from booking.centre.models import DayException, OpeningHours
from booking.closures.models import Closure, ClosureHit
from booking.kernel.database import db, unit_of_work
from booking.staff.models import Role
from tests.builders import a_centre, a_confirmed_booking, a_slot, a_ticket_type, an_activity, tomorrow
from tests.web.browsing import words
from tests.web.staffing import Colleague, a_colleague, hidden


@pytest.fixture
def boss(app: Flask) -> Colleague:
    """An administrator."""
    return a_colleague(app, Role.ADMIN, "boss@example.org")


def fresh() -> None:
    db.session.rollback()
    db.session.expire_all()


def a_sold_day() -> tuple[str, int]:
    """A day in ten days on which an entry at noon has a booking: (date, slot)."""
    a_centre()
    activity = an_activity()
    slot = a_slot(activity, 10, tomorrow(12, days=10))
    a_confirmed_booking(slot, a_ticket_type(activity), 2)
    with unit_of_work():
        db.session.add_all([OpeningHours(weekday=n, opens=time(8), closes=time(18)) for n in range(7)])
    return str(tomorrow(days=10).date()), slot


def status_of(slot: int) -> SlotStatus:
    fresh()
    return db.session.scalars(select(Slot.status).where(Slot.id == slot)).one()


@pytest.mark.parametrize("hours", [{"opens": "", "closes": ""}, {"opens": "13:00", "closes": "18:00"}])
def test_a_day_that_differs_is_a_closing_with_the_same_look_and_letters(boss: Colleague, hours: dict[str, str]) -> None:
    on, slot = a_sold_day()
    boss.get("/staff/days/new")
    form = {"on_date": on, "reason_nb": "Flytting"} | hours
    answer = boss.browser.post("/staff/days/new", form)
    assert answer.status_code == 200
    assert "Close, and write to 1 booking" in words(answer)
    assert status_of(slot) is SlotStatus.OPEN
    saved = boss.browser.post("/staff/days/new", form | {"sure": "y"})
    assert saved.status_code == 303
    assert status_of(slot) is SlotStatus.CANCELLED
    closure = db.session.scalars(select(Closure)).one()
    fresh()
    assert db.session.scalar(select(func.count()).select_from(ClosureHit)) == 1
    day = db.session.scalars(select(DayException.id)).one()
    boss.get(f"/staff/days/{day}")
    kept = boss.browser.post(f"/staff/days/{day}/remove", {})
    assert kept.location.endswith(f"/staff/closures/{closure.id}")
    fresh()
    assert db.session.scalar(select(func.count()).select_from(DayException)) == 1
    boss.post(f"/staff/closures/{closure.id}/reopen")
    assert status_of(slot) is SlotStatus.OPEN
    assert db.session.scalar(select(func.count()).select_from(DayException)) == 0


def test_a_closed_day_with_a_closure_is_not_given_hours_behind_its_back(boss: Colleague) -> None:
    on, slot = a_sold_day()
    boss.get("/staff/days/new")
    boss.browser.post("/staff/days/new", {"on_date": on, "sure": "y"})
    day = db.session.scalars(select(DayException.id)).one()
    page = boss.get(f"/staff/days/{day}")
    form = {"on_date": on, "opens": "10:00", "closes": "15:00", "seen": hidden(page, "seen")}
    answer = boss.browser.post(f"/staff/days/{day}", form)
    assert answer.status_code == 422
    assert "A closure closes that day." in words(answer)
    assert status_of(slot) is SlotStatus.CANCELLED


def test_a_public_holiday_on_which_times_are_sold_is_closed_as_everything_is(boss: Colleague) -> None:
    a_centre()
    page = boss.get("/staff/timetable/holidays").get_data(as_text=True)
    first = re.findall(r'name="day" value="([^"]+)"', page)[0]
    activity = an_activity()
    noon = datetime.combine(date.fromisoformat(first), time(12), the_centre().zone)
    slot = a_slot(activity, 10, noon)
    a_confirmed_booking(slot, a_ticket_type(activity), 2)
    answer = boss.browser.post("/staff/timetable/holidays", {"day": first})
    assert "Close, and write to 1 booking" in words(answer)
    assert status_of(slot) is SlotStatus.OPEN
    assert boss.browser.post("/staff/timetable/holidays", {"day": first, "sure": "y"}).status_code == 303
    assert status_of(slot) is SlotStatus.CANCELLED
    assert db.session.scalar(select(func.count()).select_from(ClosureHit)) == 1
