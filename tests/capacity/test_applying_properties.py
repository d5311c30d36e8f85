"""From whatever state: applying the patterns twice is applying them once, and undoing brings back what was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from booking.bookings.change import cancel
from booking.bookings.models import Booking, State
from booking.capacity.apply_patterns import ApplyRequest
from booking.capacity.audit import wrong_counters
from booking.capacity.change_slot import set_status
from booking.capacity.models import Duty, Pattern, Slot, SlotStatus
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import the_centre
from booking.centre.models import OpeningHours
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from tests.builders import a_confirmed_booking, a_space, a_ticket_type, an_activity
from tests.capacity.test_applying import MONDAY, a_house_with_a_show, apply
from tests.capacity.test_undoing import make, sell_any, standing, undo
from tests.conftest import empty_database

DAYS = ApplyRequest(MONDAY, MONDAY + timedelta(days=3))
HALF_HOURS = st.sampled_from([time(hour, minute) for hour in range(8, 20) for minute in (0, 30)])
TIMES = st.lists(HALF_HOURS.map(lambda half_hour: f"{half_hour:%H:%M}"), unique=True, max_size=4).map(sorted)


@st.composite
def habits(draw: st.DrawFn) -> dict[str, Any]:
    """Opening hours, the show's and the entry's times, how long one stays, how many educators there are."""
    opens, closes = sorted(draw(st.lists(HALF_HOURS, min_size=2, max_size=2, unique=True)))
    return {
        "hours": (opens, closes),
        "show": draw(TIMES),
        "lab": draw(TIMES),
        "stay": draw(st.sampled_from([30, 60, 120, 180])),
        "capacity": draw(st.sampled_from([20, 50])),
        "educators": draw(st.sampled_from([0, 1, 2])),
    }


def set_habits(show: int, lab: int, wish: dict[str, Any]) -> None:
    opens, closes = wish["hours"]
    with unit_of_work():
        db.session.execute(update(OpeningHours).values(opens=opens, closes=closes))
        for activity, name in ((show, "show"), (lab, "lab")):
            changed = update(Pattern).where(Pattern.activity_id == activity)
            db.session.execute(changed.values(times=wish[name]))
        db.session.execute(update(Activity).values(stay_minutes=wish["stay"], capacity=wish["capacity"]))
        db.session.execute(delete(Duty))
        db.session.add(Duty(weekdays=127, educators=wish["educators"]))


def disturb(pick: int) -> None:
    """Somebody books a slot, somebody gives one back, somebody closes one by hand."""
    sell_any()
    slots = list(
        db.session.execute(
            select(Slot.id, Slot.activity_id, Slot.version)
            .where(Slot.activity_id.is_not(None), Slot.status == SlotStatus.OPEN, Slot.by_hand.is_(False))
            .order_by(Slot.starts_at, Slot.id)
        )
    )
    booked = list(db.session.scalars(select(Booking.id).where(Booking.state == State.CONFIRMED).order_by(Booking.id)))
    db.session.rollback()
    if slots:
        slot, activity, version = slots[pick % len(slots)]
        if pick % 3 == 0:
            a_confirmed_booking(slot, a_ticket_type(activity or 0), 1)
        elif pick % 7 == 1:
            with unit_of_work():
                set_status(slot, version, SlotStatus.CLOSED, "account:1")
    if booked and pick % 2:
        with unit_of_work():
            cancel(booked[pick % len(booked)], centre=the_centre(), now=clock.now())


ROUNDS = st.lists(st.tuples(habits(), st.integers(0, 1000)), min_size=2, max_size=4)
PROPERTY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)


@contextmanager
def a_house() -> Iterator[tuple[int, int]]:
    """A show and a laboratory in a house of their own: an example begins with nothing left of the one before it."""
    empty_database()
    with a_house_with_a_show() as show:
        lab = an_activity(Kind.WORKSHOP, 20, "Lab", space_id=a_space(30))
        with unit_of_work():
            db.session.add(Pattern(activity_id=lab, times=["12:00"]))
        yield show, lab


@pytest.mark.usefixtures("app")
@PROPERTY
@given(rounds=ROUNDS)
def test_twice_is_once(rounds: list[tuple[dict[str, Any], int]]) -> None:
    with a_house() as (show, lab):
        for wish, pick in rounds:
            set_habits(show, lab, wish)
            apply(DAYS)
            first = standing()
            done = apply(DAYS)
            assert (done.get("made"), done.get("changed"), done.get("removed"), done.get("closed")) == (None,) * 4
            assert standing() == first
            disturb(pick)
        assert wrong_counters() == []


@pytest.mark.usefixtures("app")
@PROPERTY
@given(before=habits(), pick=st.integers(0, 1000), after=habits())
def test_undone_is_as_it_was(before: dict[str, Any], pick: int, after: dict[str, Any]) -> None:
    with a_house() as (show, lab):
        set_habits(show, lab, before)
        apply(DAYS, made_by=10**6)  # not the number of a piece of work that is undone
        disturb(pick)
        stood = [row for row in standing() if row[0] is not None]
        set_habits(show, lab, after)
        undone = undo(make(DAYS))
        assert [row for row in standing() if row[0] is not None] == stood, undone
        assert wrong_counters() == []
