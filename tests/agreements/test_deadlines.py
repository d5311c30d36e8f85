"""Working days: weekends and closed dates do not count, the last day counts to its end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.agreements.deadlines import cancellation_fee, is_working_day, number_until, working_days_before
from booking.kernel.money import Money

PRICE = Money(286_001, "NOK")
WEDNESDAY_AFTER_EASTER = date(2027, 3, 31)
EASTER = frozenset({date(2027, 3, 25), date(2027, 3, 26), date(2027, 3, 28), date(2027, 3, 29)})
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def test_three_working_days_before_a_wednesday_is_the_friday_before() -> None:
    assert working_days_before(date(2027, 3, 10), 3, ()) == date(2027, 3, 5)


def test_holidays_do_not_count() -> None:
    assert number_until(WEDNESDAY_AFTER_EASTER, EASTER) == date(2027, 3, 23)
    assert working_days_before(WEDNESDAY_AFTER_EASTER, 0, EASTER) == WEDNESDAY_AFTER_EASTER


@pytest.mark.parametrize(
    ("today", "percent", "minor"),
    [
        (date(2027, 2, 24), 0, 0),
        (date(2027, 2, 25), 50, 143_001),
        (date(2027, 3, 9), 50, 143_001),
        (date(2027, 3, 10), 100, 286_001),
        (date(2027, 3, 11), 100, 286_001),
    ],
)
def test_cancelling_is_free_until_ten_working_days_before_then_half_then_full(
    today: date, percent: int, minor: int
) -> None:
    fee = cancellation_fee(PRICE, date(2027, 3, 10), today, ())
    assert (fee.percent, fee.amount, fee.free_until) == (percent, Money(minor, "NOK"), date(2027, 2, 24))


def test_a_visit_on_a_day_that_the_centre_closes_is_given_up_for_nothing() -> None:
    visit = date(2027, 3, 10)
    assert cancellation_fee(PRICE, visit, visit, {visit}).percent == 0


@given(days, st.integers(0, 15), st.frozensets(days, max_size=10))
def test_between_the_deadline_and_the_day_lie_so_many_working_days(
    day: date, count: int, closed: frozenset[date]
) -> None:
    deadline = working_days_before(day, count, closed)
    between = [deadline + timedelta(days=number) for number in range((day - deadline).days)]
    assert sum(is_working_day(day, closed) for day in between) == count
    assert count == 0 or is_working_day(deadline, closed)


@given(days, st.integers(0, 40), st.frozensets(days, max_size=10))
def test_waiting_never_makes_it_cheaper(visit: date, before: int, closed: frozenset[date]) -> None:
    today = visit - timedelta(days=before)
    now, tomorrow = (cancellation_fee(PRICE, visit, day, closed) for day in (today, today + timedelta(days=1)))
    assert now.amount <= tomorrow.amount <= PRICE
