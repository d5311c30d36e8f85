"""Which days a pass is for, and what of it was used: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from booking.annual_passes.models import PassBegins
from booking.centre.months import months_later

BEGINS_WITHIN = 12  # months, where its time begins with the first visit


class PassStanding(StrEnum):
    """Whether a pass may be used on a day."""

    VALID = "valid"
    NOT_YET = "not_yet"
    ENDED = "ended"
    BLOCKED = "blocked"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PassDays:
    """The days of a pass, both included. `first` is none where its time has yet to begin, on `begins_by` at last."""

    first: date | None
    begins_by: date
    last: date

    @property
    def begins(self) -> date:
        """When its time begins, so far as is known."""
        return self.first or self.begins_by

    @property
    def number(self) -> int:
        """How many they are."""
        return (self.last - self.begins).days + 1

    def had_by(self, day: date) -> int:
        """How many of them are over with that day."""
        return min(max((day - self.begins).days + 1, 0), self.number)


def days_of(begins: PassBegins, months: int, bought: date, after: date | None = None) -> PassDays:
    """Those of a pass that is bought on this day; `after` the last day of one that it goes on from."""
    start = bought if after is None or after < bought else after + timedelta(days=1)
    if begins is PassBegins.PURCHASE or after is not None:
        return PassDays(start, start, last_of(start, months))
    latest = months_later(bought, BEGINS_WITHIN)
    return PassDays(None, latest, last_of(latest, months))


def last_of(first: date, months: int) -> date:
    """The last of so many months from a day on: a year that begins on the third ends with the second."""
    return months_later(first, months) - timedelta(days=1)


def standing(days: PassDays, day: date, *, is_blocked: bool, is_withdrawn: bool) -> PassStanding:
    """What a pass is worth on a day; what was given back goes before what staff have said of it."""
    if is_withdrawn:
        return PassStanding.WITHDRAWN
    if is_blocked:
        return PassStanding.BLOCKED
    if day > days.last:
        return PassStanding.ENDED
    return PassStanding.NOT_YET if days.first is not None and day < days.first else PassStanding.VALID


def used_of(paid: int, days: PassDays, used_on: date | None, today: date) -> int:
    """What of what was paid stays with the house when it is withdrawn from: a part for each day that it could be used.

    Nothing of one that nobody has come in with; rounded for the buyer's good.
    """
    return 0 if used_on is None else paid * days.had_by(today) // days.number
