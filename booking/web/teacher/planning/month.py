"""Five weeks in which each day says whether a whole wish fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from booking.capacity.availability import Availability
from booking.kernel.database import Texts
from booking.planner.fitting import DayFit, Fit
from booking.planner.wish import PlanningDay
from booking.web.month_grid import SHOWN, CalendarDay, FiveWeeks

# A day that is not looked at yet is a link too: its own page knows.
_STANDINGS = {
    Fit.FITS: Availability.FREE,
    Fit.LAST: Availability.FEW,
    Fit.FULL: Availability.FULL,
    Fit.NOT_SO: Availability.FULL,
    Fit.NOT_HELD: Availability.CLOSED,
    Fit.NOTHING: Availability.CLOSED,
    Fit.NOT_ON_SALE: Availability.NOT_YET,
    Fit.UNKNOWN: Availability.NOT_YET,
}


@dataclass(frozen=True, slots=True)
class VisitDay(CalendarDay):
    """A day; where the wish fits, when the best plan comes and goes, if that is known."""

    fit: Fit = Fit.NOTHING
    arrives_at: datetime | None = None
    leaves_at: datetime | None = None
    opens_at: datetime | None = None  # where it is not on sale yet


@dataclass(frozen=True, slots=True)
class VisitMonth(FiveWeeks[VisitDay]):
    """Five weeks for one wish; nothing is shown after `farthest`."""

    farthest: date
    look_next: date | None  # where a further look begins, which comes to days that this one did not

    @property
    def fitting(self) -> list[VisitDay]:
        """The days that fit."""
        return [day for day in self.days if day.fit in (Fit.FITS, Fit.LAST)]

    @property
    def has_last_ones(self) -> bool:
        """Whether the wish would take the last sessions of a day."""
        return any(day.fit is Fit.LAST for day in self.days)

    @property
    def has_hindered(self) -> bool:
        """Whether there is a day whose page says what hinders."""
        return any(day.standing is Availability.FULL for day in self.days)

    @property
    def is_held_nowhere(self) -> bool:
        """Whether no day has all that is wished for, though some day has something."""
        fits = {day.fit for day in self.days}
        return Fit.NOT_HELD in fits and fits <= {Fit.NOT_HELD, Fit.NOTHING}

    @property
    def first_unsold(self) -> VisitDay | None:
        """The first day that is not on sale yet."""
        return next((day for day in self.days if day.fit is Fit.NOT_ON_SALE), None)

    @property
    def is_not_on_sale(self) -> bool:
        """Whether nothing of these weeks is."""
        return {day.fit for day in self.days} <= {Fit.NOT_ON_SALE, Fit.NOTHING} and self.first_unsold is not None

    @property
    def has_unknown(self) -> bool:
        """Whether there is a day that the effort of the page did not suffice for."""
        return any(day.fit is Fit.UNKNOWN for day in self.days)

    @property
    def has_next(self) -> bool:
        """Whether one may go on."""
        return self.next <= self.farthest


def month_of(
    first: date, today: date, fits: Sequence[DayFit], closed: Mapping[date, Texts], farthest: date
) -> VisitMonth:
    """The five weeks from a Monday on; `fits` in the order in which the days were looked at."""
    by_day = {day_fit.on: day_fit for day_fit in fits}
    dates = (first + timedelta(days=number) for number in range(SHOWN.days))
    days = tuple(_day(day, by_day.get(day), closed, today) for day in dates)
    # The first had as much effort as there is for one: the page of that day knows, and another look does not.
    look_next = next((day_fit.on for day_fit in fits[1:] if day_fit.fit is Fit.UNKNOWN), None)
    return VisitMonth(first, days, today, farthest, look_next)


def in_order_from(begin: date | None, days: Sequence[PlanningDay]) -> Sequence[PlanningDay]:
    """The days from one on and then those before it: the first have most of the effort."""
    if begin is None:
        return days
    return [*(day for day in days if day.on >= begin), *(day for day in days if day.on < begin)]


def _day(day: date, day_fit: DayFit | None, closed: Mapping[date, Texts], today: date) -> VisitDay:
    if day <= today:
        return VisitDay(day, Availability.OVER, 0, {})
    if day_fit is None:
        return VisitDay(day, Availability.CLOSED, 0, closed.get(day, {}))
    standing = _STANDINGS[day_fit.fit]
    reason = closed.get(day, {}) if standing is Availability.CLOSED else {}
    return VisitDay(day, standing, 0, reason, day_fit.fit, day_fit.arrives_at, day_fit.leaves_at, day_fit.opens_at)
