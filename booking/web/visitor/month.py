"""A month of entry as a party sees it: each day's standing, the times of one day, what is nearest when it is full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking.capacity.availability import Availability, Free, entry_between
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.centre.facts import CentreFacts, closing_days
from booking.kernel.database import Texts
from booking.web.month_grid import CalendarDay, MonthGrid

LOOK_AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Month(MonthGrid):
    """A month for a party of so many."""

    slots: tuple[Free, ...]
    by_day: Mapping[date, Sequence[Free]]
    party: int
    few: int
    now: datetime

    def standing(self, slot: Free) -> Availability:
        """How a slot looks to this party."""
        return slot.standing(self.party, self.few, self.now)

    def fits(self, slot: Free) -> bool:
        """Whether this party could have it now."""
        return self.standing(slot) in (Availability.FREE, Availability.FEW)

    def nearest(self, to: datetime, most: int = 3) -> list[Free]:
        """The times that fit the party, the nearest to a wish first, shown in order of time."""
        fitting = [slot for slot in self.slots if self.fits(slot)]
        near = sorted(fitting, key=lambda slot: abs(slot.starts_at - to))[:most]
        return sorted(near, key=lambda slot: slot.starts_at)


def month_of(first: date, party: int, centre: CentreFacts, now: datetime, own: Sequence[int] = ()) -> Month:
    """A month in two statements."""
    end = (first + timedelta(days=32)).replace(day=1)
    zone = centre.zone
    slots = entry_between(at(first, time(0), zone), at(end, time(0), zone), Channel.PUBLIC, now, own)
    closed = closing_days(first, end)
    by_day = _by_day(slots, zone)
    today = now.astimezone(zone).date()
    days = []
    day = first
    while day < end:
        days.append(_day(day, by_day.get(day, []), closed.get(day, {}), today, party, centre.few_left, now))
        day += timedelta(days=1)
    return Month(first, tuple(days), tuple(slots), by_day, party, centre.few_left, now)


def _by_day(slots: Sequence[Free], zone: ZoneInfo) -> dict[date, list[Free]]:
    """Slots in order of time by their date: the clock is looked at where a day ends, not for each of 267."""
    by_day: dict[date, list[Free]] = {}
    of_day: list[Free] = []
    ends = datetime.min.replace(tzinfo=UTC)
    for slot in slots:
        if slot.starts_at >= ends:
            day = slot.starts_at.astimezone(zone).date()
            ends = at(day + timedelta(days=1), time(0), zone)
            of_day = by_day[day] = []
        of_day.append(slot)
    return by_day


def next_free(month: Month, centre: CentreFacts, after: datetime, own: Sequence[int] = ()) -> Free | None:
    """The first time from `after` on that fits the party; beyond the month in one more statement."""
    for slot in month.slots:
        if slot.starts_at >= after and month.fits(slot):
            return slot
    start = max(after, at(month.next, time(0), centre.zone))
    later = entry_between(start, start + LOOK_AHEAD, Channel.PUBLIC, month.now, own)
    return next((slot for slot in later if month.fits(slot)), None)


def _day(
    day: date, slots: Sequence[Free], reason: Texts, today: date, party: int, few: int, now: datetime
) -> CalendarDay:
    if day < today:
        return CalendarDay(day, Availability.OVER, 0, {})
    if not slots:
        return CalendarDay(day, Availability.CLOSED, 0, reason)
    standings = [slot.standing(party, few, now) for slot in slots]
    free = max(slot.free for slot in slots)
    if Availability.FREE in standings:
        return CalendarDay(day, Availability.FREE, free, {})
    for standing in (Availability.FEW, Availability.FULL, Availability.NOT_YET, Availability.CLOSED):
        if standing in standings:
            fitting = [
                slot.free for slot, availability in zip(slots, standings, strict=True) if availability is standing
            ]
            return CalendarDay(day, standing, max(fitting), reason)
    return CalendarDay(day, Availability.OVER, 0, {})
