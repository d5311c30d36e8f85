"""The closing days that count in a deadline, however long the centre is closed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from booking.agreements.deadlines import Deadlines, working_days_before
from booking.agreements.terms import Terms, agreed
from booking.centre.facts import closing_days

DAY = timedelta(days=1)


def closings_before(on: date, working_days: int) -> Collection[date]:
    """The closing days from so many working days before a date to the date itself; usually in one statement.

    Looks back further until what it has seen holds so many working days.
    """
    back = timedelta(days=2 * working_days + 14)
    while True:
        first = max(on - back, date.min) if on - date.min > back else date.min
        closed = closing_days(first, on + DAY).keys()
        if first == date.min or working_days_before(on, working_days, closed) >= first:
            return closed
        back *= 3


def agreed_on(rule: Deadlines, on: date) -> Terms:
    """What is agreed on for a day with who books it now."""
    return agreed(rule, on, closings_before(on, rule.longest))


def terms_on(terms: Terms, before: date, on: date) -> Terms:
    """Terms agreed on for the day `before` when it is on another: the same rule says other dates, kept from then on."""
    return terms if on == before else agreed_on(terms.rule, on)
