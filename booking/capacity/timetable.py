"""Make slots from habits: plan first, as a pure decision, then write what is missing. Again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select

from booking.capacity.closed_hours import ClosureSlot, shut_between, shut_by
from booking.capacity.educators import AWAY, check_made, load_duties
from booking.capacity.models import Allotment, Draw, Pattern, Slot, SlotStatus, space_is_needed
from booking.capacity.planning import (
    LED,
    SHARING,
    Habit,
    KeepRule,
    OnDuty,
    PlannedSlot,
    RoomUse,
    SlotPlan,
    SpaceHabit,
    Staffing,
    plan,
)
from booking.capacity.planning import at as at  # whoever makes slots also asks when a wall-clock time is
from booking.catalogue.models import Activity
from booking.centre.facts import CentreFacts, the_centre
from booking.centre.models import Space
from booking.centre.opening import Exceptional, WeeklyHours, days_between, load_hours
from booking.kernel.database import db, run, unit_of_work
from booking.kernel.server.plans import plan_anew

BATCH = 2000
# Else each row that has not the same values as the one before it begins a statement of its own.
ONE_STATEMENT = {"render_nulls": True}
DRAWS: Any = Draw.__table__  # past the session: nothing of these is an object, and there are ten thousands
Key = tuple[str, int, datetime]


@dataclass(frozen=True, slots=True)
class MadeSlots:
    """What was made, what was there before, what clashed."""

    made: int
    kept: int
    clashes: int


def make_slots(start: date, end: date) -> MadeSlots:
    """Make what is missing in [start, end) from the centre's own habits; opens its own unit of work.

    What is there stays as it is, with its bookings, its capacity and its closing.
    """
    centre = the_centre()
    first = at(start, time(0), centre.zone)
    last = at(end, time(0), centre.zone)
    sessions = sessions_there(first, last)
    days = days_between(start, end)
    planned = the_house().plan(days, sessions)
    with unit_of_work():
        there = slots_there(first, last)
        missing = [slot for slot in planned.slots if _key(slot) not in there]
        write(missing, there)
    return MadeSlots(len(missing), len(planned.slots) - len(missing), len(planned.clashes))


def slots_there(first: datetime, last: datetime) -> dict[Key, int]:
    """The ids of all slots that start in [first, last)."""
    rows = run(
        select(Slot.id, Slot.activity_id, Slot.space_id, Slot.starts_at).where(
            Slot.starts_at >= first, Slot.starts_at < last
        )
    )
    return {key_of(activity_id, space_id, starts_at): slot_id for slot_id, activity_id, space_id, starts_at in rows}


def key_of(activity_id: int | None, space_id: int | None, starts_at: datetime) -> Key:
    """What there is one slot of: an activity at a time, or a space's stretch."""
    return ("activity", activity_id, starts_at) if activity_id is not None else ("space", space_id or 0, starts_at)


def write(
    missing: Sequence[PlannedSlot],
    there: Mapping[tuple[str, int, datetime], int],
    *,
    made_by: int | None = None,
    by_hand: bool = False,
) -> None:
    """Write slots that are not there yet, with their draws; call inside a unit of work.

    What falls into hours that are declared closed is not sold: it belongs to the closures and opens with the last.
    Raises NoEducator when one who would lead them has been sent to a school meanwhile.
    """
    known = dict(there)
    shut = _shut(missing)
    # Stretches come first, since the others draw on them.
    in_order = sorted(missing, key=lambda slot: (slot.activity_id is not None, slot.starts_at))
    for begin in range(0, len(in_order), BATCH):
        batch = in_order[begin : begin + BATCH]
        rows = [
            {
                "activity_id": slot.activity_id,
                "space_id": slot.space_id,
                "starts_at": slot.starts_at,
                "ends_at": slot.ends_at,
                "capacity": slot.capacity,
                "kept": slot.kept,
                "release_at": slot.release_at,
                "opens_at": slot.opens_at,
                "closes_at": slot.closes_at,
                "made_by": made_by,
                "by_hand": by_hand and slot.activity_id is not None,
                "status": SlotStatus.CANCELLED if _key(slot) in shut else SlotStatus.OPEN,
            }
            for slot in batch
        ]
        written = db.session.execute(
            insert(Slot).returning(Slot.id, Slot.activity_id, Slot.space_id, Slot.starts_at),
            rows,
            execution_options=ONE_STATEMENT,
        )
        for slot_id, activity_id, space_id, starts_at in written:
            known[key_of(activity_id, space_id, starts_at)] = slot_id
    if shut:
        was = [
            {"closure_id": closure, "slot_id": known[key], "was": SlotStatus.OPEN}
            for key, closures in shut.items()
            for closure in closures
        ]
        db.session.execute(insert(ClosureSlot), was)
    draws = [
        {
            "slot_id": known[_key(slot)],
            "on_slot_id": known["space", space, moment],
        }
        for slot in missing
        for space, moment in slot.draws
        if ("space", space, moment) in known
    ]
    if draws:
        plan_anew()
    for begin in range(0, len(draws), BATCH * 5):
        db.session.connection().execute(insert(DRAWS), draws[begin : begin + BATCH * 5])
    check_made([(slot.activity_id, slot.starts_at, slot.ends_at) for slot in missing if slot.activity_id is not None])


def _key(slot: PlannedSlot) -> Key:
    return key_of(slot.activity_id, slot.space_id, slot.starts_at)


def _shut(slots: Sequence[PlannedSlot]) -> dict[Key, list[int]]:
    """Which of these fall into closed hours, and of which closures."""
    of_activities = [slot for slot in slots if slot.activity_id is not None]
    if not of_activities:
        return {}
    hours = shut_between(min(slot.starts_at for slot in of_activities), max(slot.ends_at for slot in of_activities))
    shut = {
        _key(slot): shut_by(hours, slot.activity_id, slot.space_id, slot.starts_at, slot.ends_at)
        for slot in of_activities
        if hours
    }
    return {key: closures for key, closures in shut.items() if closures}


@dataclass(frozen=True, slots=True)
class House:
    """What slots are made from: the centre, its hours, spaces, weekly patterns, allotments and educators."""

    centre: CentreFacts
    hours: tuple[Sequence[WeeklyHours], Sequence[Exceptional]]
    spaces: Sequence[SpaceHabit]
    habits: Sequence[Habit]
    keeps: Sequence[KeepRule]
    duties: Sequence[OnDuty]

    @property
    def staffing(self) -> Staffing:
        """How many educators are at work when."""
        return Staffing(self.centre.zone, self.duties)

    def plan(self, days: Iterable[date], there: Sequence[RoomUse], habits: Sequence[Habit] | None = None) -> SlotPlan:
        """What these make of some dates, or what other habits would."""
        chosen = self.habits if habits is None else habits
        return plan(days, self.centre, self.hours, self.spaces, chosen, self.keeps, self.duties, there)


def the_house() -> House:
    """The centre's own habits as they are now."""
    return House(the_centre(), load_hours(), _spaces(), _habits(), _keeps(), load_duties())


def _spaces() -> list[SpaceHabit]:
    query = select(Space.id, Space.capacity, Space.is_house).where(Space.slug != AWAY)
    rows = db.session.execute(query.order_by(Space.id))
    return [SpaceHabit(*row) for row in rows]


def _habits() -> list[Habit]:
    rows = db.session.execute(
        select(Pattern, Activity)
        .join(Activity, Activity.id == Pattern.activity_id)
        .where(Activity.active)
        .order_by(Activity.sort, Pattern.id)
    )
    return [
        Habit(
            activity_id=activity.id,
            kind=activity.kind,
            minutes=activity.minutes,
            stay_minutes=activity.stay_minutes,
            turnaround_minutes=activity.turnaround_minutes,
            capacity=pattern.capacity if pattern.capacity is not None else activity.capacity,
            space_id=activity.space_id,
            needs_admission=activity.needs_admission,
            weekdays=pattern.weekdays,
            times=pattern.times,
            every_minutes=pattern.every_minutes,
            last_before_close=pattern.last_before_close,
            from_date=pattern.from_date,
            until_date=pattern.until_date,
            outside_hours=activity.outside_hours,
            on_sale_days=activity.on_sale_days,
            sale_ends_minutes=activity.sale_ends_minutes,
        )
        for pattern, activity in rows
    ]


def _keeps() -> list[KeepRule]:
    rows = db.session.execute(
        select(
            Allotment.activity_id,
            Allotment.space_id,
            Allotment.weekdays,
            Allotment.from_time,
            Allotment.until_time,
            Allotment.places,
            Allotment.release_days,
        )
    )
    return [KeepRule(*row) for row in rows]


def sessions_there(first: datetime, last: datetime) -> list[RoomUse]:
    """What there is in [first, last) already; what was cancelled or given up takes neither a space nor an educator."""
    rows = db.session.execute(
        select(Slot, Activity.kind, Activity.turnaround_minutes, space_is_needed())
        .join(Activity, Activity.id == Slot.activity_id)
        .where(Slot.starts_at >= first, Slot.starts_at < last)
    )
    return [
        RoomUse(
            activity_id=slot.activity_id or 0,
            starts_at=slot.starts_at,
            free_again=slot.ends_at + timedelta(minutes=turnaround),
            space_id=slot.space_id if needed and kind not in SHARING else None,
            is_led=needed and kind in LED,
        )
        for slot, kind, turnaround, needed in rows
    ]
