"""Moments on the centre's wall clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from booking.capacity.timetable import at
from booking.web.languages import centre


def moment(day: date, wall: time) -> datetime:
    """That moment on the centre's wall clock, as UTC."""
    return at(day, wall, centre().zone)


def midnight(day: date, later: int = 0) -> datetime:
    """Midnight on the centre's wall clock, so many days later, as UTC."""
    return moment(day + timedelta(days=later), time(0))
