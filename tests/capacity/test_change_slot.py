"""Staff change a slot: never below what is sold, and two who do it at once never overwrite each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from booking.capacity import change_slot
from booking.capacity.audit import wrong_counters
from booking.capacity.change_slot import BelowSold, NoSuchSlot, SlotChangedMeanwhile, SlotSettings, TooManyKept
from booking.capacity.conflicts import clashing, understaffed
from booking.capacity.models import SlotStatus
from booking.capacity.planning import OnDuty, RoomUse, Staffing
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.records.models import AuditEntry
from tests.builders import a_confirmed_booking, a_sale, taken, tomorrow
from tests.capacity.racers import Orders, run_races


def settings(slot_id: int) -> SlotSettings:
    db.session.rollback()
    return change_slot.settings_of(slot_id)[0]


def version(slot_id: int) -> int:
    db.session.rollback()
    return change_slot.settings_of(slot_id)[1]


def set_slot(slot_id: int, at_version: int, **changed: object) -> int:
    wanted = replace(settings(slot_id), **changed)  # type: ignore[arg-type]
    with unit_of_work():
        return change_slot.set_slot(slot_id, at_version, wanted, "account:1")


def test_a_change_is_kept_counted_and_noted(app: Flask) -> None:
    _, slot, _ = a_sale(capacity=10)
    assert set_slot(slot, 1, capacity=20, note="Prosjektoren er borte") == 2
    assert settings(slot).capacity == 20
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == f"slot:{slot}")).one()
    assert entry.before == {"capacity": 10, "note": "", "version": 1}
    assert entry.after == {"capacity": 20, "note": "Prosjektoren er borte", "version": 2}


def test_there_are_never_fewer_places_than_are_taken(app: Flask) -> None:
    _, slot, adult = a_sale(capacity=10)
    a_confirmed_booking(slot, adult, 4)
    with pytest.raises(BelowSold) as refused:
        set_slot(slot, 1, capacity=3)
    assert refused.value.taken == 4
    assert set_slot(slot, 1, capacity=4) == 2


def test_a_sale_meanwhile_is_no_change_of_the_slot(app: Flask) -> None:
    _, slot, adult = a_sale(capacity=10)
    seen = version(slot)
    a_confirmed_booking(slot, adult, 2)
    assert set_slot(slot, seen, capacity=12) == seen + 1


def test_who_comes_second_is_told_and_changes_nothing(app: Flask) -> None:
    _, slot, _ = a_sale(capacity=10)
    set_slot(slot, 1, capacity=20)
    with pytest.raises(SlotChangedMeanwhile) as refused:
        set_slot(slot, 1, capacity=15)
    assert refused.value.version == 2
    assert settings(slot).capacity == 20


def test_what_cannot_be_is_refused(app: Flask) -> None:
    _, slot, _ = a_sale(capacity=10)
    with pytest.raises(TooManyKept):
        set_slot(slot, 1, kept=11, release_at=clock.now() + timedelta(days=1))
    with pytest.raises(TooManyKept):
        set_slot(slot, 1, kept=5, release_at=None)
    with pytest.raises(NoSuchSlot), unit_of_work():
        change_slot.set_status(10**15, 1, SlotStatus.CLOSED, "account:1")


def test_closing_opening_and_release(app: Flask) -> None:
    _, slot, _ = a_sale(capacity=10)
    set_slot(slot, 1, kept=5, release_at=clock.now() + timedelta(days=1))
    with unit_of_work():
        change_slot.release_now(slot, 2, clock.now(), "account:1")
    assert (settings(slot).release_at or clock.now()) <= clock.now()
    with unit_of_work():
        change_slot.set_status(slot, 3, SlotStatus.CLOSED, "account:1")
    assert settings(slot).status is SlotStatus.CLOSED


def test_many_administrators_at_once_while_people_buy(app: Flask) -> None:
    _, slot, adult = a_sale(capacity=30)
    orders: Orders = [("set_capacity", [slot, 1, 20 + n]) for n in range(8)]
    orders += [("buy", [slot, adult, 1])] * 24
    answers = Counter(run_races(app, orders))
    assert answers["set"] == 1
    assert answers["SlotChangedMeanwhile"] + answers["BelowSold"] == 7
    assert answers["bought"] + answers["Full"] == 24
    assert taken(slot) == answers["bought"] <= settings(slot).capacity
    assert version(slot) == 2
    assert wrong_counters() == []


def test_two_in_one_room_clash_and_those_after_each_other_do_not() -> None:
    lab, other = 1, 2
    sessions = {
        1: RoomUse(1, tomorrow(9), tomorrow(10), lab, True),
        2: RoomUse(2, tomorrow(9, 30), tomorrow(11), lab, True),
        3: RoomUse(3, tomorrow(9), tomorrow(10), other, True),
        4: RoomUse(4, tomorrow(11), tomorrow(12), lab, True),
        5: RoomUse(5, tomorrow(9), tomorrow(10), None, False),
    }
    assert clashing(sessions) == {1, 2}


def test_more_sessions_than_educators_are_marked_where_they_meet() -> None:
    sessions = {
        1: RoomUse(1, tomorrow(9), tomorrow(10), 1, True),
        2: RoomUse(2, tomorrow(9, 30), tomorrow(11), 2, True),
        3: RoomUse(3, tomorrow(10, 30), tomorrow(12), 3, True),
        4: RoomUse(4, tomorrow(9), tomorrow(12), None, False),
    }
    assert understaffed(sessions, at_work(1)) == {1, 2, 3}
    assert understaffed(sessions, at_work(2)) == set()
    assert understaffed(sessions, Staffing(ZoneInfo("UTC"))) == set()


def test_who_goes_home_in_the_middle_of_a_session_is_missed() -> None:
    sessions = {1: RoomUse(1, tomorrow(9), tomorrow(11), 1, True), 2: RoomUse(2, tomorrow(9), tomorrow(10), 2, True)}
    home_early = OnDuty(0, from_time=time(10), until_time=time(12))
    assert understaffed(sessions, at_work(2, home_early)) == {1}
    alone_that_day = OnDuty(1, on_date=tomorrow().date())
    assert understaffed(sessions, at_work(2, alone_that_day)) == {1, 2}


def at_work(educators: int, *more: OnDuty) -> Staffing:
    return Staffing(ZoneInfo("UTC"), [OnDuty(educators), *more])
