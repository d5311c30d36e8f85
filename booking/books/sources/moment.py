"""Up to when facts are posted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking.centre.facts import CentreFacts


@dataclass(frozen=True, slots=True)
class PostingCut:
    """Facts from `since` (None: all) until before `until` are posted; both at a midnight of the centre.

    Documents and bank rows are dated by their day, and posted up to and with `last_day`.
    """

    centre: CentreFacts
    since: datetime | None
    until: datetime
    last_day: date
    most: int = 500

    def day_of(self, moment: datetime) -> date:
        """The day at the centre."""
        return self.centre.local(moment).date()


def midnight(centre: CentreFacts, day: date) -> datetime:
    """When a day begins at the centre."""
    return datetime.combine(day, time(), centre.zone)


def month_of(day: date) -> date:
    """The first of its month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def last_of(month: date) -> date:
    """The last day of a month."""
    return next_month(month) - timedelta(days=1)
