"""Educators who are away: a stretch of time for each half hour, with as many places as no session in the house needs.

A visit to a school claims one place in every stretch from departure to return. A session takes its educator when it is
made, sold or not; so whoever makes sessions and whoever sends somebody away take turns at one lock, count, and the
stretch's own CHECK (taken <= capacity) has the last word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from booking.capacity.models import Duty, Slot, space_is_needed
from booking.capacity.places import Want, lock_slots
from booking.capacity.planning import LED, OnDuty, Staffing
from booking.catalogue.models import Activity
from booking.centre.facts import CentreFacts, the_centre
from booking.centre.models import Space
from booking.kernel.database import Texts, as_values, db, insert_into, insert_once, one_at_a_time, run
from booking.kernel.refusals import Refusal

AWAY = "educators-away"  # the slug of the space that stands for the road, and where its turn is waited for
NAME: Texts = {
    "nb": "Ute på skoler",
    "nn": "Ute på skular",
    "en": "Away at schools",
    "lv": "Izbraukumā skolās",
}
STRETCH = timedelta(minutes=30)
LONGEST = timedelta(hours=14)  # of a session
TIDYING = timedelta(hours=1)  # at most, after one
ENOUGH = 999  # educators, on a weekday for which no number is given

Span = tuple[datetime, datetime]


class NoEducator(Refusal):
    """Nobody is left to go or to lead a session from `starts_at` on."""

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(f"no educator at {starts_at.isoformat()}")
        self.starts_at = starts_at


def away_space() -> int:
    """The id of the space that outreach activities belong to, made when it is missing; inside a unit of work."""
    values = {"slug": AWAY, "name": NAME, "capacity": ENOUGH, "is_house": False, "sort": ENOUGH}
    insert_once(Space, "slug", values)
    return db.session.scalars(select(Space.id).where(Space.slug == AWAY)).one()


@dataclass(frozen=True, slots=True)
class Educators:
    """How many are at work when, and the space that stands for the road; none at a centre without outreach."""

    road: int | None
    staffing: Staffing

    def at_work(self, start: datetime) -> int:
        """How many there are in all of the half hour from `start` on."""
        moments = [start, *self.staffing.turns(start, start + STRETCH)]
        at_work = [self.staffing.at(moment) for moment in moments]
        return min(ENOUGH if number is None else number for number in at_work)


def educators(centre: CentreFacts) -> Educators:
    """As it is said now, in two statements; nobody's booking changes it, so it may be read before one's turn."""
    return Educators(_road(), Staffing(centre.zone, load_duties()))


def load_duties() -> list[OnDuty]:
    """What is said of educators at work."""
    columns = (Duty.educators, Duty.weekdays, Duty.on_date, Duty.from_time, Duty.until_time)
    return as_values(OnDuty, run(select(*columns).order_by(Duty.id)))


def send_away(there: Educators, leaves_at: datetime, back_at: datetime, also: Collection[int] = ()) -> list[Want]:
    """What one educator claims who is away in this time, in two statements; in a unit of work that then takes it.

    `also` are slots that the unit of work writes to or gives back besides: they are locked in one order with the
    stretches, since whoever cancels a trip holds some of both and waits for no turn.

    It has had its turn at `AWAY`, as all have who make sessions or send somebody away: the others wait until it has
    ended. Raises NoEducator.
    """
    if there.road is None:
        raise NoEducator(leaves_at)
    starts = list(stretches(leaves_at, back_at))
    house = _house(there.road, starts)
    if also:
        lock_slots({*also, *house.ids.values()})
    in_order = sorted(starts, key=lambda start: (start not in house.ids, house.ids.get(start, 0), start))
    ids = _set(there.road, {start: there.at_work(start) - house.needed[start] for start in in_order})
    return [Want(slot_id, 1) for slot_id in sorted(ids)]


def free_by_stretch(begin: datetime, end: datetime, centre: CentreFacts) -> dict[datetime, int]:
    """How many more could be away in each half hour of this time, as it stands now, in three statements."""
    there, starts = educators(centre), list(stretches(begin, end))
    house = _house(there.road or 0, starts)
    return {start: there.at_work(start) - house.needed[start] - house.away.get(start, 0) for start in starts}


def check_made(sessions: Collection[tuple[int, datetime, datetime]]) -> None:
    """See that sessions just made leave enough for who is away; inside the unit of work that made them.

    Each as (activity id, start, end). Raises NoEducator, so that nothing is made.
    """
    if not sessions or _road() is None:
        return
    one_at_a_time([AWAY])
    ids = {activity_id for activity_id, _start, _end in sessions}
    led = set(run(select(Activity.id).where(Activity.id.in_(sorted(ids)), Activity.kind.in_(LED))).scalars())
    spans = [(start, end + TIDYING) for activity_id, start, end in sessions if activity_id in led]
    there = educators(the_centre()) if spans else None
    if there is None or there.road is None:
        return
    claimed = run(
        select(Slot.starts_at)
        .where(
            Slot.space_id == there.road,
            Slot.activity_id.is_(None),
            Slot.taken > 0,
            Slot.starts_at > min(start for start, _end in spans) - STRETCH,
            Slot.starts_at < max(end for _start, end in spans),
        )
        .order_by(Slot.id)
    ).scalars()
    hit = [start for start in claimed if any(begin < start + STRETCH and start < end for begin, end in spans)]
    if hit:
        house = _house(there.road, hit)
        _set(there.road, {start: there.at_work(start) - house.needed[start] for start in hit})


def _road() -> int | None:
    road: int | None = run(select(Space.id).where(Space.slug == AWAY)).scalar()
    return road


def _set(road: int, capacities: Mapping[datetime, int]) -> list[int]:
    """Let stretches have so many places, made where they are missing, in one statement; returns their ids.

    Those that are there stand first and in ascending id, the order in which who gives places back takes them. Raises
    NoEducator where more than that are away already.
    """
    rows = [
        {
            "space_id": road,
            "starts_at": start,
            "ends_at": start + STRETCH,
            "capacity": max(capacity, 0),
            "by_hand": True,
        }
        for start, capacity in capacities.items()
    ]
    writing = insert_into(Slot)
    capacity = writing.excluded.capacity
    writing = writing.on_conflict_do_update(
        index_elements=["space_id", "starts_at"],
        index_where=Slot.activity_id.is_(None),
        set_={"capacity": capacity},
        where=Slot.taken <= capacity,
    )
    ids = {start: slot_id for slot_id, start in run(writing.returning(Slot.id, Slot.starts_at), rows)}
    refused = capacities.keys() - ids.keys()
    if refused:
        raise NoEducator(min(refused))
    return list(ids.values())


@dataclass(frozen=True, slots=True)
class _House:
    """By half hour: how many educators the sessions in the house need at most; the stretch's id, and who is away."""

    needed: Mapping[datetime, int]
    ids: Mapping[datetime, int]
    away: Mapping[datetime, int]


def _house(road: int, starts: Sequence[datetime]) -> _House:
    first, last = min(starts), max(starts) + STRETCH
    is_stretch = and_(Slot.activity_id.is_(None), Slot.space_id == road, Slot.starts_at >= first)
    is_session = and_(space_is_needed(), Activity.kind.in_(LED), Activity.space_id.is_distinct_from(road))
    rows = run(
        select(Slot.id, Slot.activity_id, Slot.starts_at, Slot.ends_at, Slot.taken, Activity.turnaround_minutes)
        .outerjoin(Activity, Activity.id == Slot.activity_id)
        .where(Slot.starts_at > first - LONGEST, Slot.starts_at < last, or_(is_stretch, is_session))
    ).all()
    sessions = [
        (row.starts_at, row.ends_at + timedelta(minutes=row.turnaround_minutes)) for row in rows if row.activity_id
    ]
    there = [row for row in rows if row.activity_id is None]
    return _House(
        {start: _peak(sessions, start) for start in starts},
        {row.starts_at: row.id for row in there},
        {row.starts_at: row.taken for row in there},
    )


def _peak(sessions: Sequence[Span], start: datetime) -> int:
    moments = [start, *(begin for begin, _end in sessions if start < begin < start + STRETCH)]
    return max(sum(begin <= moment < end for begin, end in sessions) for moment in moments)


def stretches(start: datetime, end: datetime) -> Iterable[datetime]:
    """The half hours that this time touches."""
    moment = start.replace(minute=start.minute // 30 * 30, second=0, microsecond=0)
    while moment < end:
        yield moment
        moment += STRETCH
