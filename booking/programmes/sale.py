"""When the sale of a day opens that is not on sale yet: as its times say, or will by rule once they are made."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from booking.capacity.timetable import at
from booking.centre.facts import CentreFacts
from booking.centre.opening import ClosedDay, Hours, hours_on

OPENS = time(9)  # as the timetable has it


def days_on_sale(ahead: int | None, centre: CentreFacts) -> int:
    """So many days before it a day is on sale; `ahead` as an activity says, None: as the centre does."""
    return centre.on_sale_days if ahead is None else ahead


def opens_by_rule(on: date, ahead: int | None, centre: CentreFacts) -> datetime:
    """When a day is on sale from."""
    return at(on - timedelta(days=days_on_sale(ahead, centre)), OPENS, centre.zone)


def is_shut(on: date, hours: Hours) -> bool:
    """Whether the house is closed that day, by the week or for once; not where nothing is said of any week."""
    weekly, exceptions = hours
    is_exception = any(exception.on_date == on for exception in exceptions)
    return (bool(weekly) or is_exception) and isinstance(hours_on(on, weekly, exceptions), ClosedDay)
