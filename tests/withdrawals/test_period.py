"""Until when one may withdraw: fourteen days after the day of the purchase, to its last second, and never a day off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from booking.withdrawals.period import end_of, last_day, pay_back_by
from booking.withdrawals.right import last_day_of
from tests.builders import a_centre

OSLO, RIGA = ZoneInfo("Europe/Oslo"), ZoneInfo("Europe/Riga")
CHRISTMAS = {date(2026, 12, 25), date(2026, 12, 26)}


@pytest.mark.parametrize(
    ("bought", "ends"),
    [
        (date(2026, 11, 4), date(2026, 11, 18)),  # a Wednesday, and a Wednesday
        (date(2026, 11, 6), date(2026, 11, 20)),  # a Friday stays one
        (date(2026, 11, 7), date(2026, 11, 23)),  # would end on a Saturday: the Monday after
        (date(2026, 11, 8), date(2026, 11, 23)),  # on a Sunday: the same Monday
        (date(2026, 12, 11), date(2026, 12, 28)),  # on Christmas Day, a Friday, with a weekend after it
    ],
)
def test_a_period_that_would_end_on_a_day_off_ends_with_the_next_working_day(bought: date, ends: date) -> None:
    assert last_day(bought, 14, CHRISTMAS.__contains__) == ends


def test_a_house_whose_law_says_otherwise_counts_fourteen_days_and_no_more() -> None:
    assert last_day(date(2026, 11, 7), 14, CHRISTMAS.__contains__, moves=False) == date(2026, 11, 21)


@pytest.mark.parametrize("zone", [OSLO, RIGA])
def test_the_last_day_ends_at_midnight_of_the_wall_clock_and_not_of_another(zone: ZoneInfo) -> None:
    ends = end_of(date(2026, 11, 18), zone)
    last_second = datetime(2026, 11, 18, 23, 59, 59, tzinfo=zone)
    assert last_second < ends <= last_second + timedelta(seconds=1)


def test_the_night_that_the_clock_changes_has_its_own_midnight() -> None:
    ends = end_of(date(2026, 10, 25), OSLO)
    assert ends.utcoffset() == timedelta(hours=1)
    assert end_of(date(2026, 10, 24), OSLO).utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize(
    ("rules", "ends"),
    [
        ({"country": "NO"}, date(2026, 11, 18)),
        ({"country": "LV"}, date(2026, 11, 19)),  # the eighteenth is Latvia's Proclamation Day
        ({"country": "LV", "withdrawal_moves": False}, date(2026, 11, 18)),
        ({"country": "NO", "withdrawal_days": 30}, date(2026, 12, 4)),
    ],
)
def test_the_last_day_is_by_the_holidays_and_the_settings_of_the_house(
    app: Flask, rules: dict[str, object], ends: date
) -> None:
    assert last_day_of(date(2026, 11, 4), a_centre(**rules)) == ends


def test_money_is_back_within_fourteen_days_whatever_day_that_is() -> None:
    assert pay_back_by(date(2026, 11, 7)) == date(2026, 11, 21)
