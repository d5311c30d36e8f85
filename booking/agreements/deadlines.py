"""Deadlines of a visit, in working days, and what a late cancellation costs.

A working day is Monday to Friday and none of the closed dates given. Dates are the centre's wall-clock dates; what can
be done until a date can be done all that day.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from booking.kernel.money import Money, part_of
from booking.kernel.refusals import Refusal

SATURDAY = 5


class PastDeadline(Refusal):
    """What is asked for could be done until the end of the date `until`."""

    def __init__(self, until: date) -> None:
        super().__init__(f"possible until {until.isoformat()}")
        self.until = until


@dataclass(frozen=True, slots=True)
class Deadlines:
    """A centre's rule: working days before the visit, and what is then owed in percent of the price."""

    number_days: int = 3
    free_days: int = 10
    late_percent: int = 50
    same_day_percent: int = 100
    lunch_days: int = 3

    @property
    def longest(self) -> int:
        """The most working days before the visit that any of its deadlines lies."""
        return max(self.number_days, self.lunch_days, self.free_days)


@dataclass(frozen=True, slots=True)
class Fee:
    """What a cancellation costs now, in money and in percent, and until when it is or was free."""

    amount: Money
    percent: int
    free_until: date

    def waived(self) -> Fee:
        """The same without anything to pay."""
        return Fee(Money(0, self.amount.currency), 0, self.free_until)


def is_working_day(day: date, closed: Collection[date]) -> bool:
    """Whether the day counts."""
    return day.weekday() < SATURDAY and day not in closed


def working_days_before(day: date, count: int, closed: Collection[date]) -> date:
    """The working day that is `count` working days before a day; the day itself does not count."""
    while count > 0:
        day -= timedelta(days=1)
        count -= is_working_day(day, closed)
    return day


def working_days_after(day: date, count: int, closed: Collection[date]) -> date:
    """The working day that is `count` working days after a day; the day itself does not count."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, closed)
    return day


def number_until(visit_on: date, closed: Collection[date], rule: Deadlines = Deadlines()) -> date:
    """The last date on which the school can change how many come."""
    return working_days_before(visit_on, rule.number_days, closed)


def lunch_until(visit_on: date, closed: Collection[date], rule: Deadlines = Deadlines()) -> date:
    """The last date on which the school can add the lunch room, or do without it."""
    return working_days_before(visit_on, rule.lunch_days, closed)


def cancellation_fee(
    price: Money,
    visit_on: date,
    today: date,
    closed: Collection[date],
    rule: Deadlines = Deadlines(),
    free_until: date | None = None,
) -> Fee:
    """What cancelling costs today: nothing in good time, then a part, on the day itself (and after) most or all.

    A visit on a day that the centre has closed costs nothing to give up. `free_until` is what was said before, if so.
    """
    free_until = free_until or working_days_before(visit_on, rule.free_days, closed)
    if today <= free_until or visit_on in closed:
        percent = 0
    else:
        percent = rule.late_percent if today < visit_on else rule.same_day_percent
    return Fee(Money(part_of(price.minor, percent), price.currency), percent, free_until)
