"""Applying the weekly patterns: what is foreseen is what happens, what has bookings stays, and it can be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from booking.bookings.change import cancel
from booking.capacity import apply_patterns, one_off_slots
from booking.capacity.apply_patterns import ApplyRequest
from booking.capacity.audit import wrong_counters
from booking.capacity.change_slot import set_status, settings_of
from booking.capacity.models import Duty, Pattern, Slot, SlotStatus
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import the_centre
from booking.centre.models import OpeningHours
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from tests.builders import a_centre, a_confirmed_booking, a_space, a_ticket_type, an_activity

BEFORE_SPRING = datetime(2027, 3, 20, 12, tzinfo=UTC)
MONDAY = date(2027, 3, 22)  # the clock goes forward on the Sunday after it
WEEKS = ApplyRequest(MONDAY, MONDAY + timedelta(days=14))


@contextmanager
def a_house_with_a_show() -> Iterator[int]:
    """A show at eleven every day in a house that is open all week, in Riga."""
    with time_machine.travel(BEFORE_SPRING, tick=False):
        a_centre(timezone="Europe/Riga", currency="EUR", country="LV")
        a_space(400, is_house=True)
        activity_id = an_activity(Kind.SHOW, 50, "Show", space_id=a_space(60))
        with unit_of_work():
            for weekday in range(7):
                db.session.add(OpeningHours(weekday=weekday, opens=time(10), closes=time(18)))
            db.session.add(Pattern(activity_id=activity_id, times=["11:00"]))
        yield activity_id


@pytest.fixture
def show(app: Flask) -> Iterator[int]:
    with a_house_with_a_show() as activity_id:
        yield activity_id


def apply(wanted: ApplyRequest = WEEKS, made_by: int = 7) -> dict[str, int]:
    """Apply and say what was done, nought left out."""
    db.session.rollback()
    return {name: count for name, count in apply_patterns.apply(wanted, made_by, clock.now()).items() if count}


def foreseen(wanted: ApplyRequest = WEEKS) -> tuple[int, int, int, int]:
    """(made, changed, taken away, booked and staying)."""
    db.session.rollback()
    foresight = apply_patterns.foresee(wanted, clock.now())
    return foresight.make, foresight.change, foresight.remove, foresight.booked


def times(activity_id: int) -> list[datetime]:
    db.session.rollback()
    return list(
        db.session.scalars(select(Slot.starts_at).where(Slot.activity_id == activity_id).order_by(Slot.starts_at))
    )


def at_times(activity_id: int, clocks: Sequence[str]) -> None:
    with unit_of_work():
        db.session.execute(update(Pattern).where(Pattern.activity_id == activity_id).values(times=list(clocks)))


def first_slot(activity_id: int) -> int:
    return (
        db.session.scalars(select(Slot.id).where(Slot.activity_id == activity_id).order_by(Slot.starts_at)).first() or 0
    )


def test_what_is_foreseen_is_what_happens_and_again_is_nothing(show: int) -> None:
    assert foreseen() == (14, 0, 0, 0)
    assert apply() == {"made": 14}
    assert foreseen() == (0, 0, 0, 0)
    assert apply() == {}


def test_a_change_of_a_weekly_time_across_the_clock_change_is_right_to_the_minute(show: int) -> None:
    apply()
    at_times(show, ["12:15"])
    assert foreseen() == (14, 0, 14, 0)
    assert apply() == {"made": 14, "removed": 14}
    starts = times(show)
    assert starts[:6] == [datetime(2027, 3, 22 + n, 10, 15, tzinfo=UTC) for n in range(6)]
    assert starts[6:] == [datetime(2027, 3, 28, 9, 15, tzinfo=UTC) + timedelta(days=n) for n in range(8)]


def test_a_time_with_bookings_stays_as_it_is(show: int) -> None:
    apply()
    slot_id = first_slot(show)
    with unit_of_work():
        db.session.execute(update(Slot).values(opens_at=None))
    a_confirmed_booking(slot_id, a_ticket_type(show), 2)
    at_times(show, ["11:15"])
    assert foreseen() == (13, 0, 13, 1)  # the new time of that day would meet the old one in its space
    assert apply()["booked"] == 1
    assert db.session.get(Slot, slot_id) is not None
    assert list(wrong_counters()) == []


def test_a_changed_capacity_reaches_what_has_no_bookings(show: int) -> None:
    apply()
    with unit_of_work():
        db.session.execute(update(Activity).values(capacity=40))
        db.session.execute(update(Slot).where(Slot.id == first_slot(show)).values(by_hand=True))
    assert foreseen() == (0, 13, 0, 0)
    assert apply() == {"changed": 13}
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(Slot.activity_id == show, Slot.capacity == 40)) == 13


def test_a_longer_stay_draws_on_more_of_the_house(show: int) -> None:
    apply()
    with unit_of_work():
        db.session.execute(update(Activity).values(stay_minutes=180))
    assert apply() == {"changed": 14}
    assert foreseen() == (0, 0, 0, 0)


def test_a_week_is_copied_at_the_same_wall_clock_times_across_the_clock_change(show: int) -> None:
    apply(ApplyRequest(MONDAY, MONDAY + timedelta(days=7)))
    db.session.rollback()
    extra = tuple(one_off_slots.slots_of_week(MONDAY, 1))
    copy = ApplyRequest(MONDAY + timedelta(days=7), MONDAY + timedelta(days=14), False, False, extra)
    assert apply(one_off_slots.wanted_from(copy.as_facts() | {"extra": one_off_slots.extra_facts(extra)})) == {
        "made": 7
    }
    assert times(show)[7:] == [datetime(2027, 3, 29, 8, tzinfo=UTC) + timedelta(days=n) for n in range(7)]
    at_times(show, ["15:00"])
    assert foreseen(copy := ApplyRequest(copy.start, copy.end))[2] == 0  # made by hand: the patterns leave them alone
    assert copy.remove


def test_a_slot_that_was_cancelled_or_closed_is_left_alone(show: int) -> None:
    apply()
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == first_slot(show)).values(status=SlotStatus.CANCELLED))
    at_times(show, ["12:15"])
    assert foreseen() == (14, 0, 13, 0)


def given_up_at_eleven(show: int) -> int:
    """A time that the patterns no longer have, and that a cancelled booking still names."""
    apply()
    slot_id = first_slot(show)
    with unit_of_work():
        db.session.execute(update(Slot).values(opens_at=None))
    held = a_confirmed_booking(slot_id, a_ticket_type(show), 2)
    with unit_of_work():
        cancel(held.booking_id, centre=the_centre(), now=clock.now())
    return slot_id


def status_of(slot_id: int) -> SlotStatus:
    db.session.rollback()
    return db.session.scalars(select(Slot.status).where(Slot.id == slot_id)).one()


def test_what_the_patterns_gave_up_takes_nobodys_room_or_educator(show: int) -> None:
    slot_id = given_up_at_eleven(show)
    with unit_of_work():
        db.session.add(Duty(weekdays=127, educators=1))
    at_times(show, ["11:15"])
    assert apply() == {"made": 14, "removed": 13, "closed": 1}
    assert status_of(slot_id) is SlotStatus.CLOSED
    assert foreseen() == (0, 0, 0, 0)
    assert apply() == {}
    assert len(times(show)) == 15


def test_a_time_that_was_given_up_is_open_when_the_patterns_have_it_again(show: int) -> None:
    slot_id = given_up_at_eleven(show)
    at_times(show, ["15:00"])
    apply()
    at_times(show, ["11:00"])
    assert foreseen() == (13, 1, 14, 0)
    assert apply() == {"made": 13, "changed": 1, "removed": 14}
    assert status_of(slot_id) is SlotStatus.OPEN
    assert apply() == {}


def test_what_staff_closed_keeps_its_room_and_stays_closed(show: int) -> None:
    apply()
    slot_id = first_slot(show)
    with unit_of_work():
        set_status(slot_id, settings_of(slot_id)[1], SlotStatus.CLOSED, "account:1")
    at_times(show, ["11:15"])
    assert apply() == {"made": 13, "removed": 13, "clashes": 1}
    at_times(show, ["11:00"])
    apply()
    assert status_of(slot_id) is SlotStatus.CLOSED


def test_sessions_are_taken_away_only_from_the_activities_that_are_ticked(show: int) -> None:
    lab = an_activity(Kind.WORKSHOP, 20, "Lab", space_id=a_space(30))
    with unit_of_work():
        db.session.add(Pattern(activity_id=lab, times=["11:00"]))
    apply()
    at_times(show, ["15:00"])
    at_times(lab, ["15:00"])
    db.session.rollback()
    none, of_show = replace(WEEKS, remove_of=frozenset()), replace(WEEKS, remove_of=frozenset({show}))
    assert apply_patterns.foresee(none, clock.now()).no_longer_fit == {show: 14, lab: 14}
    assert (foreseen(none)[2], foreseen(of_show)[2]) == (0, 14)
    assert apply(one_off_slots.wanted_from(of_show.as_facts())) == {"made": 28, "removed": 14}
    assert (len(times(show)), len(times(lab))) == (14, 28)


def test_what_is_not_ticked_keeps_its_space(show: int) -> None:
    apply()
    at_times(show, ["11:15"])
    assert apply(replace(WEEKS, remove_of=frozenset())) == {"clashes": 14}
    assert len(times(show)) == 14


def test_stretches_outside_shorter_hours_go_at_once(show: int) -> None:
    apply()
    with unit_of_work():
        db.session.execute(update(OpeningHours).values(closes=time(16)))
    apply()
    count = select(func.count()).where(Slot.activity_id.is_(None))
    left = db.session.scalar(count)
    assert left == 14 * 2 * 12
    apply()
    assert db.session.scalar(count) == left
