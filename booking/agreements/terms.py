"""What was agreed on when a visit or places on a course were booked, and what it means at a moment. Pure.

Kept with every booking of that sort, so that a rule that the centre changes, or a day that it closes, later than that
takes nothing from anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import date
from typing import Any

from booking.agreements.deadlines import (
    Deadlines,
    Fee,
    cancellation_fee,
    lunch_until,
    number_until,
    working_days_before,
)
from booking.kernel.money import Money, part_of

Kept = Mapping[str, Any] | Sequence[int]


@dataclass(frozen=True, slots=True)
class Dates:
    """Until when, to the end of each date, something is free or can be changed by oneself. `on`: the day it is for."""

    on: date
    number_until: date
    lunch_until: date
    free_until: date


@dataclass(frozen=True, slots=True)
class Terms:
    """The centre's rule on the day of booking, and the dates that were said then.

    The rule goes along to another day; the dates hold as long as it stays on theirs. None: none have been kept.
    """

    rule: Deadlines
    dates: Dates | None = None


USUAL = Terms(Deadlines())


@dataclass(frozen=True, slots=True)
class TermsToday:
    """What terms mean on one day, `today`.

    `fee` is what cancelling costs then; `late` and `same_day` what it costs after `free_until` and on the day itself.
    """

    today: date
    dates: Dates
    fee: Fee
    late: Money
    same_day: Money

    @property
    def can_move(self) -> bool:
        """Whether it can be put on another day or at another time by oneself: as long as it is free to give up."""
        return not self.fee.percent

    @property
    def is_free_until_later(self) -> bool:
        """Whether giving it up is free today, and at some time will not be."""
        return self.today <= self.dates.free_until and bool(self.late.minor or self.same_day.minor)

    @property
    def can_change_number(self) -> bool:
        """Whether the number can be changed by oneself."""
        return self.today <= self.dates.number_until

    @property
    def can_change_lunch(self) -> bool:
        """Whether the lunch room can be added or given back by oneself."""
        return self.today <= self.dates.lunch_until


def agreed(rule: Deadlines, on: date, closed: Collection[date]) -> Terms:
    """Terms as they are agreed on for a day, which is what is said of it from then on."""
    return Terms(rule, dates_of(rule, on, closed))


def dates_of(rule: Deadlines, on: date, closed: Collection[date]) -> Dates:
    """The dates that a rule gives for a day; `closed` are all the closing days that may lie between."""
    free_until = working_days_before(on, rule.free_days, closed)
    return Dates(on, number_until(on, closed, rule), lunch_until(on, closed, rule), free_until)


def standing(
    terms: Terms, price: Money, on: date, today: date, closed: Collection[date], *, is_waived: bool = False
) -> TermsToday:
    """What the terms of something on a day mean today.

    On a day that the centre has closed giving up costs nothing, nor does it where it `is_waived`: what staff have not
    said yes to, and what the centre has closed a part of.
    """
    rule = terms.rule
    dates = terms.dates if terms.dates is not None and terms.dates.on == on else dates_of(rule, on, closed)
    fee = cancellation_fee(price, on, today, closed, rule, dates.free_until)
    late, same_day = (_part(price, percent) for percent in (rule.late_percent, rule.same_day_percent))
    return TermsToday(today, dates, fee.waived() if is_waived else fee, late, same_day)


def as_kept(terms: Terms) -> dict[str, Any]:
    """The terms as plain values."""
    dates = terms.dates and {name: day.isoformat() for name, day in asdict(terms.dates).items()}
    return {"rule": list(astuple(terms.rule)), "said": dates}


def from_kept(kept: Kept) -> Terms:
    """The terms again; a bare list is the rule of a booking of before dates were kept."""
    if not isinstance(kept, Mapping):
        return Terms(Deadlines(*kept))
    dates = kept["said"]
    return Terms(
        Deadlines(*kept["rule"]),
        dates and Dates(**{name: date.fromisoformat(day) for name, day in dates.items()}),
    )


def _part(price: Money, percent: int) -> Money:
    return Money(part_of(price.minor, percent), price.currency)
