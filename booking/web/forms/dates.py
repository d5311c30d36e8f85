"""Dates as they stand in an address or a form."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from booking.capacity.timetable import at
from booking.web.languages import centre

_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def a_day(text: str | None) -> date | None:
    """The date that somebody meant; None when it is none."""
    if not text or not _DAY.fullmatch(text.strip()):
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def a_time(text: str | None) -> time | None:
    """The time of day that somebody meant; None when it is none."""
    text = (text or "").strip()
    return time.fromisoformat(text) if _TIME.fullmatch(text) else None


def moment(day: date, wall: time) -> datetime:
    """That moment on the centre's wall clock, as UTC."""
    return at(day, wall, centre().zone)
