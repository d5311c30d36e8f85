"""Filters of lists and reports as they stand in the address."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from booking.capacity.planning import at
from booking.web.forms.checked import tidy
from booking.web.languages import centre

E = TypeVar("E", bound=StrEnum)


def day_of(text: str) -> date | None:
    """A day near enough for clocks to reckon with."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day and 2000 <= day.year < 2200 else None


def one_of(kind: type[E], text: str | None) -> E | None:
    """The choice that an address names; None for none, or one that there is not."""
    said = tidy(text)
    return kind(said) if said in set(kind) else None


def midnight(day: date, later: int = 0) -> datetime:
    """Midnight on the centre's wall clock, so many days later."""
    return at(day + timedelta(days=later), time(0), centre().zone)
