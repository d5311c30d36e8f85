"""What is claimed of who pays late: interest to the minor unit, and the fee in force. Pure.

The rates are the centre's (forsinkelsesrenteloven and inkassoforskriften in Norway: its accountant knows the numbers).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

DAYS_OF_A_YEAR = 365  # in leap years too, as banks and the Norwegian calculators count
WHOLE = 10_000  # hundredths of a percent


@dataclass(frozen=True, slots=True)
class RateFrom:
    """From this day on: interest in hundredths of a percent a year, and a fee in minor units."""

    from_date: date
    interest: int
    fee: int


@dataclass(frozen=True, slots=True)
class Owing:
    """So much is owed, in minor units, for each day after `since` until the next sum says otherwise."""

    since: date
    minor: int


def interest_on(owing: Sequence[Owing], rates: Sequence[RateFrom], until: date) -> int:
    """Simple interest in minor units, rounded half up once, at the end.

    `owing` begins at the day it was due: that day bears none, and each day after it until `until` does. A day bears the
    rate in force on it; before the first rate there is none.
    """
    sums = sorted(owing, key=lambda sum_owed: sum_owed.since)
    in_order = sorted(rates, key=lambda rate: rate.from_date)
    total = 0
    for place, sum_owed in enumerate(sums):
        end = min(sums[place + 1].since, until) if place + 1 < len(sums) else until
        for at, rate in enumerate(in_order):
            # The first day that bears it is the day after `since`, so a rate of that day counts it.
            first = max(sum_owed.since.toordinal(), rate.from_date.toordinal() - 1)
            last = end.toordinal()
            if at + 1 < len(in_order):
                last = min(last, in_order[at + 1].from_date.toordinal() - 1)
            total += sum_owed.minor * rate.interest * max(last - first, 0)
    return (2 * total + WHOLE * DAYS_OF_A_YEAR) // (2 * WHOLE * DAYS_OF_A_YEAR)


def fee_on(rates: Sequence[RateFrom], day: date) -> int:
    """The fee of a reminder on this day, in minor units; nothing before the first rate."""
    in_force = [rate for rate in rates if rate.from_date <= day]
    return max(in_force, key=lambda rate: rate.from_date).fee if in_force else 0
