"""Educators who are away: a stretch of time for each half hour, with as many places as no session in the house needs.

A visit to a school claims one place in every stretch from departure to return. A session takes its educator when it is
made, sold or not; so whoever makes sessions and whoever sends somebody away take turns at one lock, count, and the
stretch's own CHECK (taken <= capacity) has the last word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from booking.capacity.models import Duty, Slot, SlotStatus
from booking.capacity.places import Want
from booking.capacity.planning import LED
from booking.catalogue.models import Activity
from booking.centre.facts import the_centre
from booking.centre.models import Space
from booking.kernel.database import Texts, db, insert_once, run
from booking.kernel.refusals import Refusal

AWAY = "educators-away"  # the slug of the space that stands for the road
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


def send_away(leaves_at: datetime, back_at: datetime) -> list[Want]:
    """What one educator claims who is away in this time; inside a unit of work that then takes it.

    Others who make sessions or send somebody away wait until it has ended. Raises NoEducator.
    """
    space_id = _lock()
    if space_id is None:
        raise NoEducator(leaves_at)
    starts = list(stretches(leaves_at, back_at))
    needed = _needed(starts, space_id)
    duty = _duty()
    ids = _made(space_id, starts)
    for start in sorted(starts, key=ids.__getitem__):  # in the order in which those who give places back take them
        _set(ids[start], duty(start) - needed[start], start)
    return [Want(slot_id, 1) for slot_id in sorted(ids.values())]


def free_by_stretch(begin: datetime, end: datetime) -> dict[datetime, int]:
    """How many more could be away in each half hour of this time, as it stands now, in four statements."""
    space_id = run(select(Space.id).where(Space.slug == AWAY)).scalar()
    starts = list(stretches(begin, end))
    needed, duty = _needed(starts, space_id or 0), _duty()
    away = dict.fromkeys(starts, 0)
    rows = run(
        select(Slot.starts_at, Slot.taken).where(
            Slot.space_id == space_id,
            Slot.activity_id.is_(None),
            Slot.starts_at >= starts[0],
            Slot.starts_at <= starts[-1],
        )
    )
    away |= dict(iter(rows))
    return {start: duty(start) - needed[start] - away[start] for start in starts}


def check_made(sessions: Collection[tuple[int, datetime, datetime]]) -> None:
    """See that sessions just made leave enough for who is away; inside the unit of work that made them.

    Each as (activity id, start, end). Raises NoEducator, so that nothing is made.
    """
    space_id = _lock() if sessions else None
    if space_id is None:
        return
    ids = {activity_id for activity_id, _start, _end in sessions}
    led = set(run(select(Activity.id).where(Activity.id.in_(sorted(ids)), Activity.kind.in_(LED))).scalars())
    spans = [(start, end + TIDYING) for activity_id, start, end in sessions if activity_id in led]
    if not spans:
        return
    claimed = run(
        select(Slot.id, Slot.starts_at)
        .where(
            Slot.space_id == space_id,
            Slot.activity_id.is_(None),
            Slot.taken > 0,
            Slot.starts_at > min(start for start, _end in spans) - STRETCH,
            Slot.starts_at < max(end for _start, end in spans),
        )
        .order_by(Slot.id)
    ).all()
    hit = [
        (slot_id, start)
        for slot_id, start in claimed
        if any(begin < start + STRETCH and start < end for begin, end in spans)
    ]
    needed, duty = _needed([start for _id, start in hit], space_id) if hit else {}, _duty()
    for slot_id, start in hit:
        _set(slot_id, duty(start) - needed[start], start)


def _lock() -> int | None:
    """The one lock that all who make sessions or send somebody away take; None at a centre without outreach."""
    space_id: int | None = run(select(Space.id).where(Space.slug == AWAY).with_for_update()).scalar()
    return space_id


def _set(slot_id: int, capacity: int, start: datetime) -> None:
    """Let a stretch have so many places, unless more than that are away already."""
    changed = run(
        update(Slot)
        .where(Slot.id == slot_id, Slot.taken <= max(capacity, 0))
        .values(capacity=max(capacity, 0))
        .returning(Slot.id)
    ).first()
    if changed is None:
        raise NoEducator(start)


def _made(space_id: int, starts: Sequence[datetime]) -> dict[datetime, int]:
    """The stretches of these times, those that are missing made."""
    wanted = select(Slot.starts_at, Slot.id).where(
        Slot.space_id == space_id, Slot.activity_id.is_(None), Slot.starts_at.in_(starts)
    )
    there = dict(iter(run(wanted)))
    missing = [start for start in starts if start not in there]
    if missing:
        rows = [
            {"space_id": space_id, "starts_at": moment, "ends_at": moment + STRETCH, "capacity": 0, "by_hand": True}
            for moment in missing
        ]
        run(insert(Slot), rows)
        there = dict(iter(run(wanted)))
    return there


def _needed(starts: Sequence[datetime], away_id: int) -> dict[datetime, int]:
    """How many educators the sessions in the house need at most in each stretch."""
    first, last = min(starts), max(starts) + STRETCH
    rows = run(
        select(Slot.starts_at, Slot.ends_at, Activity.turnaround_minutes)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(
            Slot.starts_at > first - LONGEST,
            Slot.starts_at < last,
            Slot.status != SlotStatus.CANCELLED,
            Activity.kind.in_(LED),
            Activity.space_id.is_distinct_from(away_id),
        )
    )
    sessions = [(begin, end + timedelta(minutes=tidy)) for begin, end, tidy in rows]
    return {start: _peak(sessions, start) for start in starts}


def _peak(sessions: Sequence[Span], start: datetime) -> int:
    moments = [start, *(begin for begin, _end in sessions if start < begin < start + STRETCH)]
    return max(sum(begin <= moment < end for begin, end in sessions) for moment in moments)


def _duty() -> _Duty:
    rows = run(select(Duty.weekdays, Duty.educators).order_by(Duty.id))
    return _Duty({weekday: number for days, number in rows for weekday in range(7) if days >> weekday & 1})


class _Duty:
    """How many educators are at work at a moment."""

    def __init__(self, by_weekday: dict[int, int]) -> None:
        self.by_weekday = by_weekday
        self.zone = the_centre().zone

    def __call__(self, moment: datetime) -> int:
        return self.by_weekday.get(moment.astimezone(self.zone).weekday(), ENOUGH)


def stretches(start: datetime, end: datetime) -> Iterable[datetime]:
    """The half hours that this time touches."""
    moment = start.replace(minute=start.minute // 30 * 30, second=0, microsecond=0)
    while moment < end:
        yield moment
        moment += STRETCH
