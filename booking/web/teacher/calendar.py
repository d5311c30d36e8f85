"""A month of one programme: for each day what is free, full or closed, and the sessions of one day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking.capacity.availability import Availability
from booking.capacity.timetable import at
from booking.centre.facts import CentreFacts, closing_days
from booking.kernel.database import Texts
from booking.programmes.offered import SessionFree, sessions
from booking.web.month_grid import CalendarDay, MonthGrid

AHEAD = timedelta(days=130)  # longer than anything is on sale


@dataclass(frozen=True, slots=True)
class SessionMonth(MonthGrid):
    """A month of a programme for a class of `people`; 0 is an ordinary class of those it is made for."""

    sessions: tuple[SessionFree, ...]
    people: int
    next_fit: SessionFree | None  # the first that fits from now on, if it was looked for

    @property
    def last(self) -> date:
        """The last date of the month."""
        return self.next - timedelta(days=1)

    def fits(self, session: SessionFree) -> bool:
        """Whether the class gets in."""
        return fits_in(session, self.people)


@dataclass(frozen=True, slots=True)
class MonthAhead:
    """How many times of a month a class can have; none where all are full."""

    first: date
    free: int


def months_ahead(coming: Sequence[SessionFree], people: int, centre: CentreFacts) -> list[MonthAhead]:
    """The months that have any time at all, the next one first."""
    free: dict[date, int] = {}
    for session in coming:
        first = centre.local(session.starts_at).date().replace(day=1)
        free[first] = free.get(first, 0) + fits_in(session, people)
    return [MonthAhead(first, count) for first, count in sorted(free.items())]


def fits_in(session: SessionFree, people: int) -> bool:
    """Whether a class of so many gets in; 0 is an ordinary class of those it is made for."""
    return session.free >= people if people else session.has_room


def coming_of(activity_id: int, now: datetime) -> list[SessionFree]:
    """The sessions that can be seen from now on; one statement."""
    return sessions([activity_id], now, now + AHEAD, now)


def month_of(
    activity_id: int,
    first: date | None,
    people: int,
    centre: CentreFacts,
    now: datetime,
    coming: Sequence[SessionFree],
) -> SessionMonth:
    """A month in two statements at most; None is that of the first session that fits, else of the first at all."""
    this = centre.local(now).date().replace(day=1)
    if first is None:
        fitting = (free for free in coming if fits_in(free, people))
        session_free = next(fitting, None)
        any_one = session_free or next(iter(coming), None)
        first = centre.local(any_one.starts_at).date().replace(day=1) if any_one else this
        its = [free for free in coming if centre.local(free.starts_at).date().replace(day=1) == first]
    else:
        session_free, end = None, (first + timedelta(days=32)).replace(day=1)
        begin = max(now, at(first, time(0), centre.zone))
        its = sessions([activity_id], begin, at(end, time(0), centre.zone), now)
    return _filled(first, its, people, session_free, centre, now)


def _filled(
    first: date,
    its: Sequence[SessionFree],
    people: int,
    session_free: SessionFree | None,
    centre: CentreFacts,
    now: datetime,
) -> SessionMonth:
    month = SessionMonth(first, (), tuple(its), people, session_free)
    closed = closing_days(first, month.next)
    today = centre.local(now).date()
    by_day: dict[date, list[SessionFree]] = {}
    for free in its:
        by_day.setdefault(centre.local(free.starts_at).date(), []).append(free)
    days = []
    day = first
    while day < month.next:
        days.append(_day(day, by_day.get(day, []), closed, today, month))
        day += timedelta(days=1)
    return SessionMonth(first, tuple(days), month.sessions, people, session_free)


def _day(
    day: date, its: Sequence[SessionFree], closed: Mapping[date, Texts], today: date, month: SessionMonth
) -> CalendarDay:
    if day < today:
        return CalendarDay(day, Availability.OVER, 0, {})
    if not its:
        return CalendarDay(day, Availability.CLOSED, 0, closed.get(day, {}))
    free = sum(month.fits(session_free) for session_free in its)
    return CalendarDay(day, Availability.FREE if free else Availability.FULL, free, {})
