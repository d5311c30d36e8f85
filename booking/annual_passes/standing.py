"""Which days a pass is for, and what of it was used: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from booking.annual_passes.models import PassBegins
from booking.kernel.months import months_later

BEGINS_WITHIN = 12  # months, where its time begins with the first visit


class PassStanding(StrEnum):
    """Whether a pass may be used."""

    VALID = "valid"
    ENDED = "ended"
    BLOCKED = "blocked"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PassDays:
    """The days of a pass, both included. `first` is none where its time has yet to begin."""

    first: date | None
    last: date

    @property
    def number(self) -> int:
        """How many they are, once it has begun."""
        return 0 if self.first is None else (self.last - self.first).days + 1


def days_of(begins: PassBegins, months: int, bought: date) -> PassDays:
    """Those of a pass that is bought on this day."""
    if begins is PassBegins.PURCHASE:
        return from_day(bought, months)
    latest = months_later(bought, BEGINS_WITHIN)
    return PassDays(None, from_day(latest, months).last)


def from_day(first: date, months: int) -> PassDays:
    """So many months from a day on: a year that begins on the third ends with the second."""
    return PassDays(first, months_later(first, months) - timedelta(days=1))


def standing(days: PassDays, today: date, *, is_blocked: bool, is_withdrawn: bool) -> PassStanding:
    """What a pass is worth today; what was given back goes before what staff have said of it."""
    if is_withdrawn:
        return PassStanding.WITHDRAWN
    if is_blocked:
        return PassStanding.BLOCKED
    return PassStanding.ENDED if today > days.last else PassStanding.VALID


def used_of(price: int, days: PassDays, used_on: date | None, today: date) -> int:
    """What of the price stays with the house when it is withdrawn from: a part for each day that it could be used.

    Nothing of one that nobody has come in with; rounded for the buyer's good.
    """
    if used_on is None or days.first is None:
        return 0
    had = min(max((today - days.first).days + 1, 1), days.number)
    return price * had // days.number
