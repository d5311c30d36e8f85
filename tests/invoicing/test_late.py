"""Interest and fees of who pays late, to the øre."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.invoicing.reminders.late import Owing, RateFrom, fee_on, interest_on

DUE = date(2026, 1, 31)
TWELVE = RateFrom(date(2026, 1, 1), 1200, 3_500)
DATES = st.dates(date(2025, 1, 1), date(2027, 12, 31))
RATES = st.lists(
    st.builds(RateFrom, DATES, st.integers(0, 3000), st.just(0)), max_size=4, unique_by=lambda r: r.from_date
)


def by_day(owing: list[Owing], rates: list[RateFrom], until: date) -> int:
    """The same counted day by day, as one would by hand."""
    total, day = 0, min(sum_owed.since for sum_owed in owing)
    while day < until:
        day += timedelta(days=1)
        owed = max((sum_owed for sum_owed in owing if sum_owed.since < day), key=lambda sum_owed: sum_owed.since).minor
        in_force = [rate for rate in rates if rate.from_date <= day]
        total += owed * (max(in_force, key=lambda rate: rate.from_date).interest if in_force else 0)
    return (2 * total + 3_650_000) // 7_300_000


def test_a_year_at_twelve_per_cent_is_twelve_per_cent() -> None:
    assert interest_on([Owing(DUE, 100_000)], [TWELVE], date(2027, 1, 31)) == 12_000


@pytest.mark.parametrize(("days", "interest"), [(0, 0), (1, 33), (7, 230), (21, 690), (30, 986)])
def test_each_day_after_the_due_day_bears_interest_and_that_day_none(days: int, interest: int) -> None:
    assert interest_on([Owing(DUE, 100_000)], [TWELVE], DUE + timedelta(days=days)) == interest


def test_a_new_rate_counts_from_its_day_and_a_payment_after_its_day() -> None:
    rates = [TWELVE, RateFrom(date(2026, 7, 1), 1225, 0)]
    until = date(2026, 7, 31)
    # 150 days of February to June at 12, 31 of July at 12.25
    assert interest_on([Owing(DUE, 365_000)], rates, until) == (365_000 * (150 * 1200 + 31 * 1225)) // 3_650_000 + 1
    paid = [Owing(DUE, 365_000), Owing(date(2026, 2, 10), 0)]
    assert interest_on(paid, rates, until) == 1_200
    assert interest_on(list(reversed(paid)), rates, until) == 1_200


def test_without_a_rate_or_before_the_first_there_is_nothing() -> None:
    assert interest_on([Owing(DUE, 100_000)], [], date(2027, 1, 1)) == 0
    assert interest_on([Owing(DUE, 100_000)], [RateFrom(date(2027, 1, 1), 1200, 0)], date(2026, 12, 31)) == 0
    assert interest_on([Owing(DUE, 100_000)], [TWELVE], DUE - timedelta(days=5)) == 0
    assert (fee_on([], DUE), fee_on([TWELVE], date(2025, 12, 31)), fee_on([TWELVE], DUE)) == (0, 0, 3_500)


def test_the_fee_in_force_is_the_latest() -> None:
    later = RateFrom(date(2026, 7, 1), 0, 4_000)
    assert [fee_on([later, TWELVE], date(2026, month, 1)) for month in (6, 7, 12)] == [3_500, 4_000, 4_000]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a machine that is busy
@given(
    st.lists(st.builds(Owing, DATES, st.integers(0, 10**9)), min_size=1, max_size=4, unique_by=lambda o: o.since),
    RATES,
    DATES,
)
def test_whatever_was_paid_and_whenever_rates_changed_it_is_what_each_day_adds_up_to(
    owing: list[Owing], rates: list[RateFrom], until: date
) -> None:
    assert interest_on(owing, rates, until) == by_day(owing, rates, until)
