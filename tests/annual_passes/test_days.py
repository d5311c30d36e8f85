"""Which days a pass is for, and what of it was used."""

from __future__ import annotations

from datetime import date

import pytest

from booking.annual_passes.models import PassBegins
from booking.annual_passes.standing import PassDays, PassStanding, days_of, standing, used_of

BOUGHT = date(2026, 11, 4)


def test_a_pass_of_a_year_ends_on_the_day_before_it_was_bought() -> None:
    days = days_of(PassBegins.PURCHASE, 12, BOUGHT)
    assert (days.first, days.last, days.number) == (BOUGHT, date(2027, 11, 3), 365)


def test_one_that_begins_with_the_first_visit_waits_a_year_at_most() -> None:
    days = days_of(PassBegins.FIRST_VISIT, 12, BOUGHT)
    assert (days.first, days.begins, days.last) == (None, date(2027, 11, 4), date(2028, 11, 3))


@pytest.mark.parametrize("begins", list(PassBegins))
def test_a_renewed_pass_goes_on_where_the_old_one_ends(begins: PassBegins) -> None:
    days = days_of(begins, 12, BOUGHT, after=date(2026, 11, 20))
    assert (days.first, days.last) == (date(2026, 11, 21), date(2027, 11, 20))
    assert standing(days, date(2026, 11, 20), is_blocked=False, is_withdrawn=False) is PassStanding.NOT_YET


def test_one_that_is_renewed_after_its_end_begins_when_it_is_bought() -> None:
    assert days_of(PassBegins.PURCHASE, 12, BOUGHT, after=date(2026, 10, 1)).first == BOUGHT


def test_a_pass_bought_on_a_leap_day_has_its_year() -> None:
    days = days_of(PassBegins.PURCHASE, 12, date(2028, 2, 29))
    assert (days.last, days.number) == (date(2029, 2, 27), 365)


def test_the_last_day_is_one_of_its_days() -> None:
    days = days_of(PassBegins.PURCHASE, 12, BOUGHT)
    assert standing(days, days.last, is_blocked=False, is_withdrawn=False) is PassStanding.VALID
    after = date(2027, 11, 4)
    assert standing(days, after, is_blocked=False, is_withdrawn=False) is PassStanding.ENDED


def test_what_is_withdrawn_from_goes_before_a_block() -> None:
    days = days_of(PassBegins.PURCHASE, 12, BOUGHT)
    assert standing(days, BOUGHT, is_blocked=True, is_withdrawn=True) is PassStanding.WITHDRAWN
    assert standing(days, BOUGHT, is_blocked=True, is_withdrawn=False) is PassStanding.BLOCKED


def test_who_has_never_come_has_used_nothing() -> None:
    days = days_of(PassBegins.PURCHASE, 12, BOUGHT)
    assert used_of(60_000, days, None, date(2026, 11, 14)) == 0


def test_what_was_used_is_a_part_for_each_day_rounded_for_the_buyer() -> None:
    days = PassDays(BOUGHT, BOUGHT, date(2027, 11, 3))
    assert used_of(60_000, days, BOUGHT, BOUGHT) == 60_000 // 365
    assert used_of(60_000, days, BOUGHT, date(2026, 11, 17)) == 60_000 * 14 // 365
    assert used_of(60_000, days, BOUGHT, date(2028, 1, 1)) == 60_000
