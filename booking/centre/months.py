"""Months counted by the calendar."""

from __future__ import annotations

from datetime import date


def months_later(day: date, months: int) -> date:
    """So many months later: the same day of the month, or the last that there is."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))
