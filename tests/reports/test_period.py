"""Whole days on the wall clock, also where a day has 23 or 25 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.reports.figures import share
from booking.reports.period import LONGEST, Against, BadPeriod, Period

OSLO = ZoneInfo("Europe/Oslo")


def test_days_of_a_clock_change_have_23_and_25_hours() -> None:
    spring, autumn = (
        Period(date(2026, 3, 29), date(2026, 3, 29), OSLO),
        Period(date(2026, 10, 25), date(2026, 10, 25), OSLO),
    )
    assert (spring.end - spring.begin, autumn.end - autumn.begin) == (timedelta(hours=23), timedelta(hours=25))


def test_the_last_hour_of_a_day_is_of_that_day_whatever_greenwich_calls_it() -> None:
    november = Period(date(2026, 11, 1), date(2026, 11, 30), OSLO)
    moments = [datetime(2026, 11, 3, hour, 30, tzinfo=UTC) for hour in (22, 23)]
    assert [november.day_of(moment) for moment in moments] == [date(2026, 11, 3), date(2026, 11, 4)]


@pytest.mark.parametrize("days", [-5, 0, LONGEST + 1, 10_000])
def test_too_long_or_turned_round_is_refused(days: int) -> None:
    first = date(2026, 1, 1)
    with pytest.raises(BadPeriod):
        Period(first, first + timedelta(days=days - 1), OSLO)


@given(st.dates(date(2001, 1, 1), date(2100, 1, 1)), st.integers(1, LONGEST), st.sampled_from(Against))
def test_every_period_has_one_before_it(first: date, days: int, against: Against) -> None:
    period = Period(first, first + timedelta(days=days - 1), OSLO)
    before = period.before(against)
    assert (before is None) == (against is Against.NOTHING)
    if against is Against.BEFORE and before:
        assert before.end == period.begin
        assert before.days == period.days
    assert all(period.begin <= period.begin + timedelta(hours=n) < period.end for n in range(0, 23 * days, 23))


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_a_share_is_right_to_a_tenth_of_a_percent(part: int, whole: int) -> None:
    shown = share(part, whole)
    assert shown is not None
    assert abs(shown * whole - part * 10_000) <= 5 * whole
    assert shown % 10 == 0
