"""Days that differ: closed, or with hours that cut times off. Whoever asks for it, they are closed by a closure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from booking.capacity.models import Slot, SlotStatus
from booking.capacity.planning import at
from booking.capacity.timetable import House, the_house
from booking.centre.facts import CentreFacts
from booking.centre.opening import ClosedDay, Exceptional, Open, hours_on
from booking.closures.close import ClosureRequest, close_down, look_ahead, whole_days
from booking.closures.models import ClosedReason, Closure
from booking.kernel.database import Texts, run


@dataclass(frozen=True, slots=True)
class Differing:
    """A date that differs from the ordinary week: closed, or with these wall-clock hours."""

    on_date: date
    opens: time | None
    closes: time | None
    reason: Texts


def wish_for(day: Differing, centre: CentreFacts, now: datetime) -> ClosureRequest | None:
    """What must be closed for a day to be so; None where nothing runs that it touches.

    Ask before the day is written: what other hours cut off is what fitted in those of before.
    """
    starts_at, ends_at, days = whole_days(day.on_date, day.on_date, centre)
    if ends_at <= now:
        return None
    wish = ClosureRequest(starts_at, ends_at, ClosedReason.OTHER, day.reason, reason=day.reason, announced=days)
    if day.opens is not None and day.closes is not None:
        cut = _cut_off(Exceptional(day.on_date, day.opens, day.closes, day.reason), starts_at, ends_at, now)
        wish = replace(wish, only=tuple(cut))
    return wish if look_ahead(wish).slots else None


def close_for(wish: ClosureRequest, *, now: datetime, account_id: int | None, actor: str) -> int:
    """Close what `wish_for` found, when the day is written; inside the same unit of work. Returns the closure's id."""
    return close_down(wish, now=now, account_id=account_id, actor=actor)


def closure_of_day(day: date, centre: CentreFacts) -> int | None:
    """The closure that closes a whole date and still holds: the date opens with it."""
    start, end, _days = whole_days(day, day, centre)
    query = (
        select(Closure.id, Closure.closed_days)
        .where(Closure.reopened_at.is_(None), Closure.starts_at < end, Closure.ends_at > start)
        .order_by(Closure.id.desc())
    )
    return next((row.id for row in run(query) if day.isoformat() in row.closed_days), None)


def _cut_off(day: Exceptional, starts_at: datetime, ends_at: datetime, now: datetime) -> list[int]:
    """The times to come that fit the hours of before and not these: what the patterns no longer make, and the rest."""
    house = the_house()
    weekly, exceptions = house.hours
    others = [exception for exception in exceptions if exception.on_date != day.on_date]
    then = replace(house, hours=(weekly, [*others, day]))
    before, after = _planned(house, day.on_date), _planned(then, day.on_date)
    running = select(Slot.id, Slot.activity_id, Slot.starts_at, Slot.ends_at).where(
        Slot.starts_at >= max(starts_at, now),
        Slot.starts_at < ends_at,
        Slot.activity_id.is_not(None),
        Slot.status != SlotStatus.CANCELLED,
    )
    cut = []
    for slot_id, activity_id, start, end in run(running.order_by(Slot.id)):
        key = (activity_id, start)
        fitted = key in before or _fits(house, day.on_date, start, end)
        fits = key in after if key in before else _fits(then, day.on_date, start, end)
        if fitted and not fits:
            cut.append(slot_id)
    return cut


def _planned(house: House, day: date) -> set[tuple[int, datetime]]:
    """What the patterns make of a date, whether or not there is room for it."""
    made = replace(house, duties=()).plan([day], [])
    times = [(slot.activity_id, slot.starts_at) for slot in made.slots if slot.activity_id is not None]
    return {*times, *made.clashes}


def _fits(house: House, day: date, start: datetime, end: datetime) -> bool:
    """Whether a time lies within the hours of a date, as far as a slot may."""
    hours: Open | ClosedDay = hours_on(day, *house.hours)
    if not isinstance(hours, Open):
        return False
    opens, closes = (at(day, wall, house.centre.zone) for wall in (hours.opens, hours.closes))
    return opens <= start < closes and end <= closes + timedelta(minutes=house.centre.slot_minutes)


def all_of(days: Sequence[Differing], centre: CentreFacts, now: datetime) -> list[ClosureRequest]:
    """What must be closed for all of these."""
    return [wish for day in days if (wish := wish_for(day, centre, now)) is not None]
