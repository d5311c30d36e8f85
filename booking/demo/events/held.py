"""Times at once, beside the weekly patterns, as the office makes them: those of a festival, and single ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from booking.capacity.models import Slot
from booking.capacity.one_off_slots import habit_of
from booking.capacity.planning import PlannedSlot, at
from booking.capacity.timetable import key_of, the_house, write
from booking.catalogue.models import Activity
from booking.centre.facts import CentreFacts, the_centre
from booking.demo.centres import DemoCentre
from booking.kernel.database import db, unit_of_work
from booking.occupancy.overview import sessions_between

EVERY_DAY, FRIDAY = 127, 4
AHEAD, DAYS = 9, 3  # of a festival: at least so many days from today, for so many days


def hold_festival(demo: DemoCentre, today: date) -> None:
    """The festival from a Friday to a Sunday soon, and all that is on its programme."""
    first = today + timedelta(days=AHEAD)
    first += timedelta(days=(FRIDAY - first.weekday()) % 7)
    activities = {activity.slug: activity for activity in db.session.scalars(select(Activity))}
    for later in range(DAYS):
        for demo_activity in demo.activities:
            if demo_activity.festival_times:
                times = demo_activity.festival_times
                hold_at(activities[demo_activity.slug], first + timedelta(days=later), times, the_centre())


def hold_at(activity: Activity, day: date, times: Sequence[str], centre: CentreFacts) -> list[PlannedSlot]:
    """Times of an activity on one day, where the house and the room are free; returns those that were made."""
    habit = habit_of(activity, day, day, EVERY_DAY, times, None)
    start, end = (at(that, time(0), centre.zone) for that in (day, day + timedelta(days=1)))
    planned = the_house().plan([day], list(sessions_between(start, end).values()), (habit,))
    stretches = _stretches(start, end)
    made = [slot for slot in planned.slots if slot.activity_id is not None]
    needed = {stretch for slot in made for stretch in slot.draws}
    missing = [
        slot
        for slot in planned.slots
        if (slot.space_id, slot.starts_at) in needed
        and slot.activity_id is None
        and key_of(None, slot.space_id, slot.starts_at) not in stretches
    ]
    if made:
        with unit_of_work():
            write([*missing, *made], stretches, by_hand=True)
    return made


def _stretches(start: datetime, end: datetime) -> dict[tuple[str, int, datetime], int]:
    rows = db.session.execute(
        select(Slot.space_id, Slot.starts_at, Slot.id).where(
            Slot.activity_id.is_(None), Slot.starts_at >= start, Slot.starts_at < end
        )
    )
    return {key_of(None, space_id, starts_at): slot_id for space_id, starts_at, slot_id in rows}
