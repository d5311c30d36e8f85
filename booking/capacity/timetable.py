"""Make slots from habits: plan first, as a pure decision, then write what is missing. Again changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from booking.capacity.models import Allotment, Draw, Pattern, Slot
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import CentreFacts, the_centre
from booking.centre.models import Space
from booking.centre.opening import Exceptional, Open, WeeklyHours, days_between, hours_on, load_hours
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work

BATCH = 2000


@dataclass(frozen=True, slots=True)
class SpaceHabit:
    """A space whose stretches are to be made."""

    space_id: int
    capacity: int
    is_house: bool


@dataclass(frozen=True, slots=True)
class Habit:
    """A weekly pattern of one activity; minutes, and wall-clock times as "HH:MM"."""

    activity_id: int
    kind: Kind
    minutes: int
    stay_minutes: int
    turnaround_minutes: int
    capacity: int
    space_id: int | None
    needs_admission: bool
    weekdays: int
    times: Sequence[str]
    every_minutes: int | None
    last_before_close: int
    from_date: date | None
    until_date: date | None

    @property
    def alone_in_its_space(self) -> bool:
        """Whether nothing else may be in the space meanwhile; admissions and lunch share theirs."""
        return self.kind not in (Kind.ADMISSION, Kind.LUNCH)


@dataclass(frozen=True, slots=True)
class Keep:
    """Places kept for schools in slots of an activity or stretches of a space."""

    activity_id: int | None
    space_id: int | None
    weekdays: int
    from_time: time
    until_time: time
    places: int
    release_days: int


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """A slot to be made; `draws` names stretches as (space id, start)."""

    activity_id: int | None
    space_id: int | None
    starts_at: datetime
    ends_at: datetime
    capacity: int
    kept: int = 0
    release_at: datetime | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    draws: tuple[tuple[int, datetime], ...] = ()


@dataclass(slots=True)
class Plan:
    """What would be made, and which starts were refused because the space was taken: (activity id, start)."""

    slots: list[PlannedSlot] = field(default_factory=list)
    clashes: list[tuple[int, datetime]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Made:
    """What was made, what was there before, what clashed."""

    made: int
    kept: int
    clashes: int


def at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """A wall-clock time as UTC. An hour that a clock change skips becomes the moment the clock jumps to."""
    return datetime.combine(day, wall, zone).astimezone(UTC)


def plan(
    days: Iterable[date],
    centre: CentreFacts,
    hours: tuple[Sequence[WeeklyHours], Sequence[Exceptional]],
    spaces: Sequence[SpaceHabit],
    habits: Sequence[Habit],
    keeps: Sequence[Keep],
) -> Plan:
    """Everything that the habits make of these dates; closed dates make nothing."""
    made = Plan()
    for day in days:
        opening = hours_on(day, *hours)
        if isinstance(opening, Open):
            _plan_day(made, day, opening, centre, spaces, habits, keeps)
    return made


def _plan_day(
    made: Plan,
    day: date,
    opening: Open,
    centre: CentreFacts,
    spaces: Sequence[SpaceHabit],
    habits: Sequence[Habit],
    keeps: Sequence[Keep],
) -> None:
    zone = centre.zone
    opens, closes = at(day, opening.opens, zone), at(day, opening.closes, zone)
    step = timedelta(minutes=centre.slot_minutes)
    for space in spaces:
        start = opens
        while start < closes:
            kept, release = _kept(keeps, day, start, zone, space_id=space.space_id)
            made.slots.append(
                PlannedSlot(
                    None,
                    space.space_id,
                    start,
                    start + step,
                    space.capacity,
                    min(kept, space.capacity),
                    release,
                )
            )
            start += step
    houses = [space.space_id for space in spaces if space.is_house]
    known = {space.space_id for space in spaces}
    busy: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for habit in habits:
        for start in _starts(habit, day, opening, zone):
            end = start + timedelta(minutes=habit.minutes)
            free_again = end + timedelta(minutes=habit.turnaround_minutes)
            if end > closes + step:
                continue
            if habit.space_id is not None and habit.alone_in_its_space:
                if any(
                    start < other_end and other_start < free_again for other_start, other_end in busy[habit.space_id]
                ):
                    made.clashes.append((habit.activity_id, start))
                    continue
                busy[habit.space_id].append((start, free_again))
            kept, release = _kept(keeps, day, start, zone, activity_id=habit.activity_id)
            made.slots.append(
                PlannedSlot(
                    activity_id=habit.activity_id,
                    space_id=habit.space_id,
                    starts_at=start,
                    ends_at=end,
                    capacity=habit.capacity,
                    kept=min(kept, habit.capacity),
                    release_at=release,
                    opens_at=at(day - timedelta(days=centre.on_sale_days), time(9), zone),
                    closes_at=_sale_ends(habit, start, end, centre),
                    draws=tuple(_draws(habit, start, free_again, closes, opens, step, houses, known)),
                )
            )


def _starts(habit: Habit, day: date, opening: Open, zone: ZoneInfo) -> list[datetime]:
    in_season = (habit.from_date is None or habit.from_date <= day) and (
        habit.until_date is None or day <= habit.until_date
    )
    if not in_season or not habit.weekdays >> day.weekday() & 1:
        return []
    opens, closes = at(day, opening.opens, zone), at(day, opening.closes, zone)
    if habit.every_minutes:
        step, start, starts = timedelta(minutes=habit.every_minutes), at(day, opening.public_from, zone), []
        while start <= closes - timedelta(minutes=habit.last_before_close):
            starts.append(start)
            start += step
        return starts
    fixed = [at(day, time.fromisoformat(text), zone) for text in habit.times]
    return sorted({start for start in fixed if opens <= start < closes})


def _sale_ends(habit: Habit, start: datetime, end: datetime, centre: CentreFacts) -> datetime:
    """Entry is sold for a while after its time has begun; everything else until it begins."""
    if habit.kind is Kind.ADMISSION:
        return min(start + timedelta(minutes=centre.sale_ends_minutes), end)
    return start


def _draws(
    habit: Habit,
    start: datetime,
    free_again: datetime,
    closes: datetime,
    opens: datetime,
    step: timedelta,
    houses: Sequence[int],
    known: set[int],
) -> Iterable[tuple[int, datetime]]:
    """The stretches that people at this slot take room in: the house while they stay, the space while it lasts.

    Who comes to a show has entry already and is counted in the house by it.
    """
    if habit.space_id in known and habit.space_id not in houses:
        yield from ((habit.space_id or 0, one) for one in _stretches(start, min(free_again, closes), opens, step))
    if not habit.needs_admission:
        leaves = max(start + timedelta(minutes=habit.stay_minutes), start + timedelta(minutes=habit.minutes))
        for house in houses:
            yield from ((house, one) for one in _stretches(start, min(leaves, closes), opens, step))


def _stretches(start: datetime, end: datetime, opens: datetime, step: timedelta) -> Iterable[datetime]:
    one = opens + step * ((start - opens) // step)
    while one < end:
        yield one
        one += step


def _kept(
    keeps: Sequence[Keep],
    day: date,
    start: datetime,
    zone: ZoneInfo,
    *,
    activity_id: int | None = None,
    space_id: int | None = None,
) -> tuple[int, datetime | None]:
    wall = start.astimezone(zone).time()
    for keep in keeps:
        same = keep.activity_id == activity_id and keep.space_id == space_id
        if same and keep.weekdays >> day.weekday() & 1 and keep.from_time <= wall < keep.until_time:
            return keep.places, at(day - timedelta(days=keep.release_days), time(9), zone)
    return 0, None


def make_slots(start: date, end: date) -> Made:
    """Make what is missing in [start, end) from the centre's own habits; opens its own unit of work.

    What is there stays as it is, with its bookings, its capacity and its closing.
    """
    centre = the_centre()
    planned = plan(days_between(start, end), centre, load_hours(), _spaces(), _habits(), _keeps())
    first = at(start, time(0), centre.zone)
    last = at(end, time(0), centre.zone)
    with unit_of_work():
        there = {
            _key(activity_id, space_id, starts_at): slot_id
            for slot_id, activity_id, space_id, starts_at in db.session.execute(
                select(Slot.id, Slot.activity_id, Slot.space_id, Slot.starts_at).where(
                    Slot.starts_at >= first, Slot.starts_at < last
                )
            )
        }
        missing = [slot for slot in planned.slots if _key(slot.activity_id, slot.space_id, slot.starts_at) not in there]
        _write(missing, there)
    return Made(len(missing), len(planned.slots) - len(missing), len(planned.clashes))


def _key(activity_id: int | None, space_id: int | None, starts_at: datetime) -> tuple[str, int, datetime]:
    return ("activity", activity_id, starts_at) if activity_id is not None else ("space", space_id or 0, starts_at)


def _write(missing: Sequence[PlannedSlot], there: Mapping[tuple[str, int, datetime], int]) -> None:
    known = dict(there)
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
            }
            for slot in batch
        ]
        written = db.session.execute(
            insert(Slot).returning(Slot.id, Slot.activity_id, Slot.space_id, Slot.starts_at), rows
        )
        for slot_id, activity_id, space_id, starts_at in written:
            known[_key(activity_id, space_id, starts_at)] = slot_id
    draws = [
        {
            "slot_id": known[_key(slot.activity_id, slot.space_id, slot.starts_at)],
            "on_slot_id": known["space", space, one],
        }
        for slot in missing
        for space, one in slot.draws
        if ("space", space, one) in known
    ]
    for begin in range(0, len(draws), BATCH * 5):
        db.session.execute(insert(Draw), draws[begin : begin + BATCH * 5])


def _spaces() -> list[SpaceHabit]:
    rows = db.session.execute(select(Space.id, Space.capacity, Space.is_house).order_by(Space.id))
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
        )
        for pattern, activity in rows
    ]


def _keeps() -> list[Keep]:
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
    return [Keep(*row) for row in rows]


def make_ahead(days: int) -> Made:
    """Make the slots of the coming `days` days, today included."""
    today = clock.now().astimezone(the_centre().zone).date()
    return make_slots(today, today + timedelta(days=days))
