"""A month as a grid of days, Monday first: what every calendar for visitors and teachers has in common."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from booking.capacity.availability import Availability
from booking.kernel.database import Texts


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One cell of the calendar: how it stands, how much is free, and why it is closed where it is."""

    day: date
    standing: Availability
    free: int
    reason: Texts


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
