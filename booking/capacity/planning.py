"""What the habits of a house make of some dates: a pure decision over values, without a database or a clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking.catalogue.models import Kind
from booking.centre.facts import CentreFacts
from booking.centre.opening import Exceptional, Open, WeeklyHours, hours_on

NEVER = Open(time(0), time(0), time(0))  # the hours of a day on which the house is closed
SHARING = frozenset({Kind.ADMISSION, Kind.LUNCH})  # what shares its space with others
LED = frozenset({Kind.PROGRAMME, Kind.COURSE, Kind.SHOW, Kind.WORKSHOP})  # what an educator leads


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
    outside_hours: bool = False  # it may be held when the house is closed
    on_sale_days: int | None = None  # before it; None: as the centre says
    sale_ends_minutes: int | None = None  # before it begins; None: as the centre says

    @property
    def alone_in_its_space(self) -> bool:
        """Whether nothing else may be in the space meanwhile; admissions and lunch share theirs."""
        return self.kind not in SHARING


@dataclass(frozen=True, slots=True)
class RoomUse:
    """What is going on in a space, or takes an educator, from its start until all is tidy again."""

    activity_id: int
    starts_at: datetime
    free_again: datetime
    space_id: int | None  # None: it shares its space, or has none
    is_led: bool

    def meets(self, other: RoomUse) -> bool:
        """Whether the two go on at the same time."""
        return self.starts_at < other.free_again and other.starts_at < self.free_again


@dataclass(frozen=True, slots=True)
class KeepRule:
    """Places kept for schools in slots of an activity or stretches of a space."""

    activity_id: int | None
    space_id: int | None
    weekdays: int
    from_time: time
    until_time: time
    places: int
    release_days: int


@dataclass(frozen=True, slots=True)
class OnDuty:
    """So many educators are at work on these weekdays or on one date, all day or between two wall-clock times."""

    educators: int
    weekdays: int = 127
    on_date: date | None = None
    from_time: time | None = None
    until_time: time | None = None

    def holds(self, wall: datetime) -> bool:
        """Whether it speaks of this moment on the centre's clock."""
        day = wall.date() == self.on_date if self.on_date else bool(self.weekdays >> wall.weekday() & 1)
        begun = self.from_time is None or self.from_time <= wall.time()
        return day and begun and (self.until_time is None or wall.time() < self.until_time)


@dataclass(frozen=True, slots=True)
class Staffing:
    """Everything that is said of educators at work. A date counts before weekdays, a part of the day before all."""

    zone: ZoneInfo
    duties: Sequence[OnDuty] = ()

    def at(self, moment: datetime) -> int | None:
        """How many are at work; None when nothing is said, which is enough."""
        wall = moment.astimezone(self.zone)
        saying = [duty for duty in self.duties if duty.holds(wall)]
        if not saying:
            return None
        return max(saying, key=lambda duty: (duty.on_date is not None, duty.from_time is not None)).educators

    def turns(self, start: datetime, end: datetime) -> list[datetime]:
        """The moments in ]start, end[ at which it may become another number."""
        day = start.astimezone(self.zone).date()
        walls = {wall for duty in self.duties for wall in (duty.from_time, duty.until_time) if wall is not None}
        return sorted(moment for wall in walls if start < (moment := at(day, wall, self.zone)) < end)


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
class SlotPlan:
    """What would be made, and which starts were refused for want of a space or an educator: (activity id, start)."""

    slots: list[PlannedSlot] = field(default_factory=list)
    clashes: list[tuple[int, datetime]] = field(default_factory=list)


def at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """A wall-clock time as UTC. An hour that a clock change skips becomes the moment the clock jumps to."""
    return datetime.combine(day, wall, zone).astimezone(UTC)


def plan(
    days: Iterable[date],
    centre: CentreFacts,
    hours: tuple[Sequence[WeeklyHours], Sequence[Exceptional]],
    spaces: Sequence[SpaceHabit],
    habits: Sequence[Habit],
    keeps: Sequence[KeepRule],
    duties: Sequence[OnDuty],
    there: Sequence[RoomUse] = (),
) -> SlotPlan:
    """Everything that the habits make of these dates.

    A date that is closed by the week makes only what may be held when the house is closed, and the stretches that this
    needs; one that staff have closed makes nothing.
    `duties` says how many educators are at work (none said is enough), `there` what was made before and keeps its
    space and its educator.
    """
    made, staffing = SlotPlan(), Staffing(centre.zone, duties)
    there_by_day: dict[date, list[RoomUse]] = defaultdict(list)
    for session in there:
        there_by_day[session.starts_at.astimezone(centre.zone).date()].append(session)
    for day in days:
        opening = hours_on(day, *hours)
        if isinstance(opening, Open):
            _plan_day(made, day, opening, centre, spaces, habits, keeps, there_by_day[day], staffing)
        elif not any(exception.on_date == day for exception in hours[1]):
            alone = [habit for habit in habits if habit.outside_hours and not habit.every_minutes]
            _plan_day(made, day, NEVER, centre, spaces, alone, keeps, there_by_day[day], staffing)
    return made


def _plan_day(
    made: SlotPlan,
    day: date,
    opening: Open,
    centre: CentreFacts,
    spaces: Sequence[SpaceHabit],
    habits: Sequence[Habit],
    keeps: Sequence[KeepRule],
    sessions: list[RoomUse],
    staffing: Staffing,
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
    capacities = {space.space_id: space.capacity for space in spaces}
    beyond: set[tuple[int, datetime]] = set()
    known_sessions = {(session.activity_id, session.starts_at) for session in sessions}
    for habit in habits:
        for start in _starts(habit, day, opening, zone):
            end = start + timedelta(minutes=habit.minutes)
            free_again = end + timedelta(minutes=habit.turnaround_minutes)
            if end > closes + step and not habit.outside_hours:
                continue
            if (habit.activity_id, start) not in known_sessions:
                session = _session(habit, start, free_again)
                if not has_room(session, sessions, staffing):
                    made.clashes.append((habit.activity_id, start))
                    continue
                sessions.append(session)
            until = at(day + timedelta(days=1), time(0), zone) if habit.outside_hours else closes
            draws = tuple(_draws(habit, start, free_again, until, opens, step, houses, set(capacities)))
            made.slots += _beyond_hours(draws, opens, closes, step, capacities, beyond)
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
                    opens_at=at(day - timedelta(days=_on_sale_days(habit, centre)), time(9), zone),
                    closes_at=_sale_ends(habit, start, end, centre),
                    draws=draws,
                )
            )


def _session(habit: Habit, start: datetime, free_again: datetime) -> RoomUse:
    space_id = habit.space_id if habit.alone_in_its_space else None
    return RoomUse(habit.activity_id, start, free_again, space_id, habit.kind in LED)


def has_room(new: RoomUse, sessions: Sequence[RoomUse], staffing: Staffing) -> bool:
    """Whether the space is free, and an educator at every moment of it."""
    meeting = [session for session in sessions if session.meets(new)]
    if new.space_id is not None and any(session.space_id == new.space_id for session in meeting):
        return False
    if not new.is_led or not staffing.duties:
        return True
    led = [session for session in meeting if session.is_led]
    moments = [new.starts_at, *(session.starts_at for session in led if session.starts_at > new.starts_at)]
    moments += staffing.turns(new.starts_at, new.free_again)
    for moment in moments:
        educators = staffing.at(moment)
        if (
            educators is not None
            and sum(session.starts_at <= moment < session.free_again for session in led) >= educators
        ):
            return False
    return True


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
    fixed = {at(day, time.fromisoformat(text), zone) for text in habit.times}
    return sorted(start for start in fixed if habit.outside_hours or opens <= start < closes)


def _on_sale_days(habit: Habit, centre: CentreFacts) -> int:
    return centre.on_sale_days if habit.on_sale_days is None else habit.on_sale_days


def _sale_ends(habit: Habit, start: datetime, end: datetime, centre: CentreFacts) -> datetime:
    """Entry is sold for a while after its time has begun; everything else until it begins, or a while before."""
    if habit.sale_ends_minutes is not None:
        return start - timedelta(minutes=habit.sale_ends_minutes)
    if habit.kind is Kind.ADMISSION:
        return min(start + timedelta(minutes=centre.sale_ends_minutes), end)
    return start


def _draws(
    habit: Habit,
    start: datetime,
    free_again: datetime,
    until: datetime,
    opens: datetime,
    step: timedelta,
    houses: Sequence[int],
    known: set[int],
) -> Iterable[tuple[int, datetime]]:
    """The stretches that people at this slot take room in: the house while they stay, the space while it lasts.

    None begins after `until`: when the house closes, or midnight for what goes on after that.

    Who comes to a show has entry already and is counted in the house by it.
    """
    if habit.space_id in known and habit.space_id not in houses:
        yield from (
            (habit.space_id or 0, stretch) for stretch in _stretches(start, min(free_again, until), opens, step)
        )
    if not habit.needs_admission:
        leaves = max(start + timedelta(minutes=habit.stay_minutes), start + timedelta(minutes=habit.minutes))
        for house in houses:
            yield from ((house, stretch) for stretch in _stretches(start, min(leaves, until), opens, step))


def _beyond_hours(
    draws: Sequence[tuple[int, datetime]],
    opens: datetime,
    closes: datetime,
    step: timedelta,
    capacities: Mapping[int, int],
    beyond: set[tuple[int, datetime]],
) -> Iterable[PlannedSlot]:
    """The stretches before and after the hours of the house that something draws on, each once."""
    for space_id, start in draws:
        if not opens <= start < closes and (space_id, start) not in beyond:
            beyond.add((space_id, start))
            yield PlannedSlot(None, space_id, start, start + step, capacities[space_id])


def _stretches(start: datetime, end: datetime, opens: datetime, step: timedelta) -> Iterable[datetime]:
    moment = opens + step * ((start - opens) // step)
    while moment < end:
        yield moment
        moment += step


def _kept(
    keeps: Sequence[KeepRule],
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
