"""How long one may withdraw, and how long the house may take to pay back. Pure.

Directive 2011/83/EU, art. 9 and 13, and in Norway angrerettloven §§ 21 and 25: fourteen days each. A period in days
does not count the day that it begins with, and ends with the last hour of its last day; one that ends on a Saturday,
a Sunday or a public holiday ends with the next working day (regulation 1182/71, art. 3).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LEAST_DAYS = 14  # a house may give more, never less
PAID_BACK_WITHIN = timedelta(days=14)
# Whoever asked for a link late on the last evening reads it next morning, and whoever was shown another sum presses
# once more: so the end is said to be midnight, and is not held against anybody before noon.
FORBEARANCE = timedelta(hours=12)
SATURDAY = 5


def last_day(begins: date, days: int, is_holiday: Callable[[date], bool], *, moves: bool = True) -> date:
    """The last day of a period of so many days that a purchase on `begins` sets going.

    `moves` is whether one that would end on a day off goes on until the next working day.
    """
    day = begins + timedelta(days=days)
    while moves and (day.weekday() >= SATURDAY or is_holiday(day)):
        day += timedelta(days=1)
    return day


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The midnight that ends a day on the wall clock of a place."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def pay_back_by(declared: date) -> date:
    """The last day to pay back what somebody withdrew from on this day; it never moves, for the buyer's sake."""
    return declared + PAID_BACK_WITHIN
