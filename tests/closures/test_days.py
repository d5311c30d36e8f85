"""A day that differs closes what it touches, wherever it is asked for, by one closure with its letters."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking
from booking.capacity.models import Pattern, Slot, SlotStatus
from booking.capacity.timetable import make_slots
from booking.catalogue.models import Kind
from booking.centre.facts import the_centre
from booking.centre.models import DayException, OpeningHours
from booking.closures.days import Differing, close_for, closure_of_day, wish_for
from booking.closures.models import Closure
from booking.closures.reopen import reopen
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from tests.builders import a_centre, a_confirmed_booking, a_space, a_ticket_type, an_activity, in_all
from tests.closures.closing import promised, write


@pytest.fixture
def day(app: Flask) -> date:
    """A house that is open from ten to six, with entry each hour and a party at nine in the evening, made by hand."""
    a_centre(timezone="Europe/Oslo")
    a_space(400, is_house=True)
    entry, party = an_activity(), an_activity(Kind.EVENT, title="Fest")
    on = (clock.now() + timedelta(days=5)).date()
    with unit_of_work():
        db.session.add_all([OpeningHours(weekday=n, opens=time(10), closes=time(18)) for n in range(7)])
        db.session.add(Pattern(activity_id=entry, every_minutes=60, times=[], last_before_close=60))
    make_slots(on, on + timedelta(days=1))
    evening = datetime.combine(on, time(21), the_centre().zone)
    with unit_of_work():
        db.session.add(
            Slot(activity_id=party, starts_at=evening, ends_at=evening + timedelta(hours=1), capacity=50, by_hand=True)
        )
        db.session.execute(update(Slot).values(opens_at=None))
    return on


def cancelled() -> list[str]:
    """The times of day, on the wall, that are cancelled."""
    db.session.rollback()
    starts = db.session.scalars(
        select(Slot.starts_at).where(Slot.status == SlotStatus.CANCELLED).order_by(Slot.starts_at)
    )
    return [f"{the_centre().local(start):%H}" for start in starts]


def slot_at(hour: int, on: date) -> int:
    start = datetime.combine(on, time(hour), the_centre().zone)
    return db.session.scalars(select(Slot.id).where(Slot.starts_at == start, Slot.activity_id.is_not(None))).one()


def say(on: date, opens: time | None = None, closes: time | None = None) -> int | None:
    """As the pages do: look before, write the day, close."""
    db.session.rollback()
    with unit_of_work():
        wish = wish_for(Differing(on, opens, closes, in_all("Flytting")), the_centre(), clock.now())
        db.session.add(DayException(on_date=on, opens=opens, closes=closes, reason=in_all("Flytting")))
        db.session.flush()
        return None if wish is None else close_for(wish, now=clock.now(), account_id=None, actor="account:1")


def a_family(slot: int) -> int:
    activity = db.session.scalars(select(Slot.activity_id).where(Slot.id == slot)).one() or 0
    return a_confirmed_booking(slot, a_ticket_type(activity), 2).booking_id


def test_a_closed_day_sells_nothing_and_everybody_is_written_to(day: date) -> None:
    family = a_family(slot_at(12, day))
    closure = say(day)
    assert closure is not None
    assert cancelled() == [f"{n}" for n in range(10, 18)] + ["21"]
    write(closure)
    assert [about["booking_id"] for about in promised("mail.closure")] == [family]
    assert closure_of_day(day, the_centre()) == closure
    assert db.session.get_one(Closure, closure).words == in_all("Flytting")
    db.session.rollback()
    with unit_of_work():
        assert reopen(closure, now=clock.now(), actor="account:1") == 9
    assert (cancelled(), list(db.session.scalars(select(DayException.on_date)))) == ([], [])


def test_shorter_hours_close_what_they_cut_off_and_nothing_else(day: date) -> None:
    early, late = a_family(slot_at(10, day)), a_family(slot_at(16, day))
    a_family(slot_at(12, day))
    closure = say(day, time(11), time(16))
    assert closure is not None
    assert cancelled() == ["10", "16", "17"]  # entry ends an hour before closing; the party never fitted
    write(closure)
    assert [about["booking_id"] for about in promised("mail.closure")] == [early, late]
    make_slots(day, day + timedelta(days=1))
    assert cancelled() == ["10", "16", "17"]
    assert breaches() == []
    db.session.rollback()
    with unit_of_work():
        reopen(closure, now=clock.now(), actor="account:1")
    assert (cancelled(), list(db.session.scalars(select(DayException.on_date)))) == ([], [])


def test_longer_hours_close_nothing(day: date) -> None:
    assert say(day, time(9), time(20)) is None
    assert cancelled() == []


def test_a_day_on_which_nothing_runs_is_only_written_down(day: date) -> None:
    assert say(day + timedelta(days=30)) is None
    assert db.session.scalar(select(Closure.id)) is None
    assert db.session.scalar(select(Booking.id)) is None
