"""Days as a grid, Monday first: what every calendar for visitors and teachers has in common."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

from booking.capacity.availability import Availability
from booking.kernel.database import Texts


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One cell of the calendar: how it stands, how much is free, and why it is closed where it is."""

    day: date
    standing: Availability
    free: int
    reason: Texts


D = TypeVar("D", bound=CalendarDay)
SHOWN = timedelta(weeks=5)


@dataclass(frozen=True, slots=True)
class FiveWeeks(Generic[D]):
    """Five weeks from a Monday on: at the end of a month one sees the next. `today` is the centre's day."""

    first: date
    days: tuple[D, ...]
    today: date

    @property
    def weeks(self) -> list[list[D | None]]:
        """The days by week, Monday first; None for those that are over."""
        shown = [None if day.standing is Availability.OVER and day.day < self.today else day for day in self.days]
        return [shown[start : start + 7] for start in range(0, len(shown), 7)]

    @property
    def begins(self) -> date:
        """The first date that is shown."""
        return max(self.first, self.today)

    @property
    def last(self) -> date:
        """The last date that is shown."""
        return self.first + SHOWN - timedelta(days=1)

    @property
    def previous(self) -> date:
        """A date of the five weeks before."""
        return self.first - SHOWN

    @property
    def next(self) -> date:
        """The first date of the five weeks after."""
        return self.first + SHOWN


def five_weeks_with(day: date, today: date) -> date:
    """The Monday of the five weeks that a day is in, counted from the week of today."""
    monday = today - timedelta(days=today.weekday())
    return monday + max((day - monday) // SHOWN, 0) * SHOWN


@dataclass(frozen=True, slots=True)
class MonthGrid:
    """A month, by its first date, and its days."""

    first: date
    days: tuple[CalendarDay, ...]

    @property
    def weeks(self) -> list[list[CalendarDay | None]]:
        """The days by week, Monday first; None outside the month. Weeks that are over are left out."""
        by_date = {calendar_day.day: calendar_day for calendar_day in self.days}
        rows = calendar.Calendar(0).monthdatescalendar(self.first.year, self.first.month)
        weeks = [[by_date.get(day) for day in row] for row in rows]
        return [
            week
            for week in weeks
            if any(calendar_day and calendar_day.standing is not Availability.OVER for calendar_day in week)
        ]

    @property
    def previous(self) -> date:
        """The first of the month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def next(self) -> date:
        """The first of the month after."""
        return (self.first + timedelta(days=32)).replace(day=1)
