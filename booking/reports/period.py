"""A stretch of whole days on the centre's wall clock, and the one before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from booking.capacity.planning import at
from booking.kernel.refusals import Refusal

LONGEST = 400  # days: a school year and the weeks around it


class BadPeriod(Refusal):
    """The last day comes before the first, or the days are too many for one report."""


class Against(StrEnum):
    """What a period is compared with."""

    BEFORE = "before"
    YEAR = "year"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included. Raises BadPeriod."""

    first: date
    last: date
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if not 0 < self.days <= LONGEST:
            raise BadPeriod

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def begin(self) -> datetime:
        """Midnight before the first day, as UTC."""
        return at(self.first, time(0), self.zone)

    @property
    def end(self) -> datetime:
        """Midnight after the last day, as UTC: a day of a clock change has 23 or 25 hours."""
        return at(self.last + timedelta(days=1), time(0), self.zone)

    def day_of(self, moment: datetime) -> date:
        """The day of a moment on the wall clock."""
        return moment.astimezone(self.zone).date()

    def each_day(self) -> Iterator[date]:
        """Every day of it."""
        return (self.first + timedelta(days=n) for n in range(self.days))

    def before(self, against: Against) -> Period | None:
        """The period that it is compared with: as many days just before, or the same dates a year earlier."""
        if against is Against.NOTHING:
            return None
        if against is Against.YEAR:
            first = _year_earlier(self.first)
            return Period(first, min(_year_earlier(self.last), first + timedelta(days=LONGEST - 1)), self.zone)
        length = timedelta(days=self.days)
        return Period(self.first - length, self.last - length, self.zone)


def week_of(day: date) -> tuple[int, int]:
    """The year and number of a day's week (ISO 8601: a week begins on Monday)."""
    year, week, _ = day.isocalendar()
    return year, week


def _year_earlier(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return day.replace(year=day.year - 1, day=28)
    return day.replace(year=day.year - 1)
