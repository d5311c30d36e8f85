"""Until when the tax authority must have been told of a document (Latvia: VID, within five working days)."""

from __future__ import annotations

from datetime import date, timedelta

from booking.centre.facts import is_public_holiday

SATURDAY = 5
WARNED_DAYS = 2  # calendar days before it is too late


def last_report_day(issued_on: date, working_days: int, country: str) -> date:
    """The last of so many working days after a day; Saturdays, Sundays and public holidays are none."""
    day, left = issued_on, working_days
    while left:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and not is_public_holiday(country, day):
            left -= 1
    return day
