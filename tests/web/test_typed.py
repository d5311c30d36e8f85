"""What people type: the same day, clock, number and sum on every page, or nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask

from booking.web.typed import (
    Wrong,
    a_clock,
    a_day,
    a_moment,
    a_month,
    clocks_or_wrong,
    colour_or_wrong,
    day_or_wrong,
    identity,
    ids_in,
    percent_or_wrong,
    sum_or_wrong,
    sum_shown,
    sum_typed,
    whole_number,
    whole_number_or_wrong,
)

NONSENSE = ["", " ", "x", "-1", "+1", "٢", "1_0", "1e3", "0x10", "\x00", "½", "99999999999999999999"]


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_nothing_wherever_it_is_typed(text: str) -> None:
    assert whole_number(text, 0, 10**9) is None
    assert identity(text) is None
    assert a_day(text) is None and a_month(text) is None and a_clock(text) is None and a_moment(text) is None
    assert sum_typed(text) is None and sum_shown(text) is None


def test_nothing_typed_is_nothing() -> None:
    assert (whole_number(None, 0, 9), identity(None), a_day(None), a_month(None)) == (None, None, None, None)
    assert (a_clock(None), sum_typed(None), sum_shown(None)) == (None, None, None)


def test_a_number_is_taken_within_its_bounds_only() -> None:
    assert [whole_number(text, 1, 30) for text in ("0", "1", " 30 ", "007", "31")] == [None, 1, 30, 7, None]


def test_an_id_has_no_zeros_before_it() -> None:
    assert [identity(text) for text in ("7", "07", "0", " 7", "9" * 18, "9" * 19)] == [
        7, None, None, None, 10**18 - 1, None,
    ]  # fmt: skip


def test_the_name_of_a_field_carries_ids() -> None:
    assert ids_in("q-3-14", "q", 2) == (3, 14)
    assert ids_in("n-5", "n", 1) == (5,)
    for odd in ("q-3", "q-3-14-1", "n-3-14", "q-3-x", "q--14", "q", "", "q-3-0"):
        assert ids_in(odd, "q", 2) is None


def test_a_day_is_a_day_of_the_calendar_in_this_century_or_the_next() -> None:
    assert a_day(" 2027-03-28 ") == date(2027, 3, 28)
    for odd in ("2027-02-29", "2027-3-8", "20270328", "2027-W10-1", "1999-12-31", "2200-01-01", "28.03.2027"):
        assert a_day(odd) is None
    assert (a_month("2027-03"), a_month("2027-13"), a_month("2027-03-01")) == (date(2027, 3, 1), None, None)


def test_a_time_of_day_is_written_as_people_write_it() -> None:
    assert {a_clock(text) for text in ("09:30", "9:30", "9.30", "09.30", "0930", " 930 ")} == {time(9, 30)}
    for odd in ("24:00", "9", "9:60", "09:30:00", "half past nine", "9 30"):
        assert a_clock(odd) is None


def test_a_device_says_when_with_its_zone_or_not_at_all() -> None:
    assert a_moment("2027-03-28T10:00:00+00:00") == datetime(2027, 3, 28, 10, tzinfo=UTC)
    assert a_moment("2027-03-28T10:00:00") is None and a_moment(None) is None and a_moment(7) is None


def test_a_sum_is_typed_with_a_point_a_comma_or_neither() -> None:
    assert [sum_typed(text) for text in ("170", "12.5", "12,50", "1 250", "1\u00a0250,00", "0.05")] == [
        17000, 1250, 1250, 125000, 125000, 5,
    ]  # fmt: skip
    for odd in ("12.505", "12,", ",5", "1.250,00", "-5", "12345678", "kr 5"):
        assert sum_typed(odd) is None
    assert [sum_shown(text) for text in ("0", "17000", "017", "1 700")] == [0, 17000, None, None]


def test_what_cannot_be_taken_says_so_in_words(app: Flask) -> None:
    with app.test_request_context("/en/"):
        for read, example in (
            (lambda: whole_number_or_wrong("31", 1, 30), "from 1 to 30"),
            (lambda: sum_or_wrong("much"), "170 or 12.50"),
            (lambda: percent_or_wrong("100.01"), "At most 100"),
            (lambda: percent_or_wrong("half"), "a percentage such as 25 or 12.5"),
            (lambda: day_or_wrong("tomorrow"), "2027-03-28"),
            (lambda: clocks_or_wrong("9:30 noon"), "09:30"),
            (lambda: clocks_or_wrong("9:30 " * 101), "100"),
            (lambda: colour_or_wrong("blue"), "#0b4f6c"),
        ):
            with pytest.raises(Wrong, match=example):
                read()


def test_times_of_day_come_in_order_each_once() -> None:
    assert clocks_or_wrong("10:00, 9.30;0930  14:15") == [time(9, 30), time(10), time(14, 15)]
