"""Undoing an application: what it made, changed, closed and took away is as it was, as far as nobody has booked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from booking.bookings.change import cancel
from booking.capacity import slot_jobs
from booking.capacity.apply_patterns import ApplyRequest
from booking.capacity.audit import wrong_counters
from booking.capacity.change_slot import release_now
from booking.capacity.models import Draw, Duty, Slot, SlotBefore, SlotStatus
from booking.capacity.undoing import WhyLeft
from booking.catalogue.models import Activity
from booking.centre.facts import the_centre
from booking.centre.models import OpeningHours
from booking.closures.reopen import reopen
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox import long_work
from booking.outbox.long_work import WorkState
from tests.builders import a_confirmed_booking, a_ticket_type
from tests.capacity.test_applying import MONDAY, WEEKS, apply, at_times, first_slot, foreseen, show, times
from tests.closures.closing import closed

__all__ = ["show"]
Standing = list[tuple[Any, ...]]


def standing() -> Standing:
    """Everything that was there to be seen: slots with their columns and how much they draw on."""
    db.session.rollback()
    columns = (Slot.activity_id, Slot.space_id, Slot.starts_at, Slot.ends_at, Slot.capacity, Slot.status, Slot.made_by)
    draws = select(func.count()).where(Draw.slot_id == Slot.id).correlate(Slot).scalar_subquery()
    rows = db.session.execute(select(*columns, draws).order_by(Slot.starts_at, Slot.activity_id, Slot.space_id))
    return [tuple(row) for row in rows]


def make(wanted: ApplyRequest = WEEKS) -> int:
    """Apply as the worker does; returns the work."""
    with unit_of_work():
        work_id = long_work.begin("slots.make", wanted.as_facts(), None, 14)
    long_work.go_on(work_id, {"slots.make": slot_jobs.make_step})
    return work_id


def undo(work_id: int) -> Mapping[str, Any]:
    """Undo it as the worker does; returns what was said, nought left out."""
    with unit_of_work():
        undoing = long_work.begin("slots.undo", {"work_id": work_id}, None)
    long_work.go_on(undoing, {"slots.undo": slot_jobs.undo_step})
    db.session.rollback()
    work = long_work.read(undoing)
    assert work is not None
    assert work.state is WorkState.DONE, work.outcome
    return {name: value for name, value in work.outcome.items() if value}


def whys(outcome: Mapping[str, Any]) -> list[str]:
    return [why for _activity, _start, why in outcome.get("stays", [])]


def sell_any() -> None:
    with unit_of_work():
        db.session.execute(update(Slot).values(opens_at=None))


def test_all_that_was_made_changed_and_taken_away_is_as_it_was(show: int) -> None:
    apply(made_by=1001)
    before = standing()
    with unit_of_work():
        db.session.execute(update(Activity).values(capacity=40, stay_minutes=180))  # changed, and others made anew
    at_times(show, ["11:00", "13:00"])
    second = make()
    assert foreseen() == (0, 0, 0, 0)
    at_times(show, ["15:00"])
    middle, third = standing(), make()
    assert undo(third) == {"removed": 14, "brought_back": 28}
    assert standing() == middle
    undo(second)
    assert standing() == before
    assert db.session.scalar(select(func.count()).select_from(SlotBefore)) == 0


def test_what_is_booked_since_stays_and_is_named(show: int) -> None:
    apply(made_by=1001)
    with unit_of_work():
        db.session.execute(update(Activity).values(capacity=40))
    changing = make()
    at_times(show, ["12:15"])
    moving = make()
    sell_any()
    moved = first_slot(show)
    a_confirmed_booking(moved, a_ticket_type(show), 2)
    undone = undo(moving)
    assert (undone["removed"], undone["brought_back"], undone["left"]) == (13, 14, 1)
    assert whys(undone) == [WhyLeft.BOOKED]
    sell_any()
    a_confirmed_booking(first_slot(show), a_ticket_type(show), 2)  # at eleven, which came back
    undone = undo(changing)
    assert undone.get("changed_back", 0) == 0  # they were taken away and made anew since: other slots
    assert set(whys(undone)) <= {WhyLeft.GONE, WhyLeft.CHANGED}
    assert wrong_counters() == []


def test_a_changed_slot_with_bookings_or_a_later_hand_on_it_stays(show: int) -> None:
    apply(made_by=1001)
    with unit_of_work():
        db.session.execute(update(Activity).values(capacity=40))
    work = make()
    sell_any()
    a_confirmed_booking(first_slot(show), a_ticket_type(show), 2)
    other = db.session.scalars(select(Slot.id).where(Slot.activity_id == show).order_by(Slot.starts_at.desc())).first()
    with unit_of_work():
        release_now(other or 0, 2, clock.now(), "account:1")
    undone = undo(work)
    assert (undone["changed_back"], whys(undone)) == (12, [WhyLeft.BOOKED, WhyLeft.CHANGED])


def test_a_time_that_something_else_has_taken_meanwhile_does_not_come_back(show: int) -> None:
    apply(made_by=1001)
    at_times(show, ["11:15"])
    work = make()
    sell_any()
    a_confirmed_booking(first_slot(show), a_ticket_type(show), 2)
    undone = undo(work)
    assert (undone["brought_back"], sorted(whys(undone))) == (13, [WhyLeft.BOOKED, WhyLeft.NO_ROOM])


def test_one_that_once_had_bookings_is_closed_and_opens_again(show: int) -> None:
    apply(made_by=1001)
    sell_any()
    slot, adult = first_slot(show), a_ticket_type(show)
    booking = a_confirmed_booking(slot, adult, 2).booking_id
    with unit_of_work():
        cancel(booking, centre=the_centre(), now=clock.now())
    at_times(show, ["16:00"])
    work = make()
    assert db.session.scalar(select(Slot.status).where(Slot.id == slot)) is SlotStatus.CLOSED
    assert undo(work)["opened_again"] == 1
    assert db.session.scalar(select(Slot.status).where(Slot.id == slot)) is SlotStatus.OPEN


def test_slots_made_in_closed_hours_are_not_sold_and_open_with_them(show: int) -> None:
    apply(ApplyRequest(MONDAY, MONDAY + timedelta(days=1)), made_by=1001)
    begin = times(show)[0].replace(hour=0)
    shut = closed(starts_at=begin, ends_at=begin + timedelta(days=2))
    at_times(show, ["11:00", "14:00"])
    work = make()
    statuses = [status for *_rest, status, _by, _n in (row for row in standing() if row[0]) if status]
    assert statuses[:4] == [SlotStatus.CANCELLED] * 4
    assert set(statuses[4:]) == {SlotStatus.OPEN}
    undo(work)
    assert len(times(show)) == 1
    make()
    with unit_of_work():
        assert reopen(shut, now=clock.now(), actor="account:1") == 4
    assert {row[5] for row in standing()} == {SlotStatus.OPEN}


def test_what_was_taken_away_comes_back_though_there_are_fewer_educators_and_later_work_cleared_up(show: int) -> None:
    apply(made_by=1001)
    before = [row for row in standing() if row[0]]
    with unit_of_work():
        db.session.add(Duty(weekdays=127, educators=0))
        db.session.execute(update(OpeningHours).values(opens=time(12)))
    first = make()
    assert times(show) == []
    with unit_of_work():
        db.session.execute(delete(Slot).where(Slot.activity_id.is_(None), Slot.starts_at > clock.now()))
    assert undo(first) == {"brought_back": 14}
    assert [row for row in standing() if row[0]] == before
