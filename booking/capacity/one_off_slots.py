"""Slots at once, beside the weekly patterns: on some days at some times, or as in another week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select

from booking.capacity.apply_patterns import ApplyRequest
from booking.capacity.models import Slot, SlotStatus
from booking.capacity.planning import Habit, at
from booking.catalogue.models import Activity
from booking.centre.facts import the_centre
from booking.kernel.database import db


def slots_of_week(monday: date, weeks_later: int) -> list[Habit]:
    """Habits that run once: the slots of the week from `monday`, at the same wall-clock times some weeks later."""
    centre = the_centre()
    first, last = at(monday, time(0), centre.zone), at(monday + timedelta(days=7), time(0), centre.zone)
    rows = db.session.execute(
        select(Slot.starts_at, Slot.capacity, Activity)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(Slot.starts_at >= first, Slot.starts_at < last, Slot.status != SlotStatus.CANCELLED)
        .order_by(Activity.sort, Slot.starts_at)
    )
    habits = []
    for starts_at, capacity, activity in rows:
        wall = centre.local(starts_at)
        day = wall.date() + timedelta(weeks=weeks_later)
        habits.append(habit_of(activity, day, day, 127, [wall.strftime("%H:%M")], capacity))
    return habits


def habit_of(
    activity: Activity, start: date, until: date, weekdays: int, times: Sequence[str], capacity: int | None
) -> Habit:
    """A habit of an activity for some days only, both of them included."""
    return Habit(
        activity_id=activity.id,
        kind=activity.kind,
        minutes=activity.minutes,
        stay_minutes=activity.stay_minutes,
        turnaround_minutes=activity.turnaround_minutes,
        capacity=activity.capacity if capacity is None else capacity,
        space_id=activity.space_id,
        needs_admission=activity.needs_admission,
        weekdays=weekdays,
        times=list(times),
        every_minutes=None,
        last_before_close=0,
        from_date=start,
        until_date=until,
        outside_hours=activity.outside_hours,
        on_sale_days=activity.on_sale_days,
        sale_ends_minutes=activity.sale_ends_minutes,
    )


def wanted_from(facts: Mapping[str, Any]) -> ApplyRequest:
    """What long work was asked for."""
    extra, remove_of = facts.get("extra"), facts.get("remove_of")
    return ApplyRequest(
        date.fromisoformat(facts["start"]),
        date.fromisoformat(facts["end"]),
        bool(facts["change"]),
        bool(facts["remove"]),
        None if extra is None else tuple(habits_from(extra)),
        None if remove_of is None else frozenset(remove_of),
    )


def habits_from(extra: Sequence[Mapping[str, Any]]) -> list[Habit]:
    """Habits from what long work keeps of them."""
    ids = {kept["activity_id"] for kept in extra}
    activities = {
        activity.id: activity for activity in db.session.scalars(select(Activity).where(Activity.id.in_(ids)))
    }
    return [
        habit_of(
            activities[kept["activity_id"]],
            date.fromisoformat(kept["from"]),
            date.fromisoformat(kept["until"]),
            kept["weekdays"],
            kept["times"],
            kept["capacity"],
        )
        for kept in extra
        if kept["activity_id"] in activities
    ]


def extra_facts(habits: Sequence[Habit]) -> list[dict[str, Any]]:
    """Habits that run on some days only, as long work keeps them."""
    return [
        {
            "activity_id": habit.activity_id,
            "from": (habit.from_date or date.min).isoformat(),
            "until": (habit.until_date or date.max).isoformat(),
            "weekdays": habit.weekdays,
            "times": list(habit.times),
            "capacity": habit.capacity,
        }
        for habit in habits
    ]
