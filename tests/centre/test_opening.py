"""When the centre is open: seasons, single days, holidays of its country."""

from __future__ import annotations

from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from booking.centre.facts import NoCentre, closing_days, is_public_holiday, the_centre
from booking.centre.models import DayException, OpeningHours
from booking.centre.opening import (
    ClosedDay,
    Exceptional,
    Open,
    WeeklyHours,
    days_between,
    hours_on,
    load_hours,
    proposed_closing_days,
)
from booking.kernel.database import db, unit_of_work
from tests.builders import a_centre

MONDAY, TUESDAY = date(2027, 2, 8), date(2027, 2, 9)
NINE_TO_FOUR = WeeklyHours(1, time(9), time(16), time(10), None, None, 0)


def in_season(start: date | None, end: date | None, rank: int = 1, opens: time | None = time(11)) -> WeeklyHours:
    """Other hours on Tuesdays of a season."""
    return WeeklyHours(1, opens, time(19) if opens else None, None, start, end, rank)


def test_an_ordinary_day_has_its_hours() -> None:
    assert hours_on(TUESDAY, [NINE_TO_FOUR], []) == Open(time(9), time(16), time(10))


def test_a_day_of_the_week_without_hours_is_closed_without_a_reason() -> None:
    assert hours_on(MONDAY, [NINE_TO_FOUR], []) == ClosedDay({})


def test_the_public_comes_when_the_house_opens_unless_said_otherwise() -> None:
    assert hours_on(TUESDAY, [in_season(None, None)], []) == Open(time(11), time(19), time(11))


def test_a_season_counts_before_the_ordinary_week() -> None:
    season = in_season(date(2027, 2, 1), date(2027, 2, 28))
    assert hours_on(TUESDAY, [NINE_TO_FOUR, season], []) == Open(time(11), time(19), time(11))


@pytest.mark.parametrize(
    ("start", "end", "opens"),
    [
        (TUESDAY, TUESDAY, 11),
        (None, TUESDAY, 11),
        (TUESDAY, None, 11),
        (date(2027, 2, 10), None, 9),
        (None, date(2027, 2, 8), 9),
    ],
)
def test_a_season_holds_from_its_first_to_its_last_day(start: date | None, end: date | None, opens: int) -> None:
    hours = hours_on(TUESDAY, [NINE_TO_FOUR, in_season(start, end)], [])
    assert isinstance(hours, Open)
    assert hours.opens == time(opens)


def test_the_higher_rank_counts_whatever_the_order() -> None:
    low, high = in_season(None, None, 1), in_season(None, None, 2, time(8))
    for weekly in ([low, high], [high, low]):
        hours = hours_on(TUESDAY, weekly, [])
        assert isinstance(hours, Open)
        assert hours.opens == time(8)


def test_a_season_can_close_a_day_of_the_week() -> None:
    assert hours_on(TUESDAY, [NINE_TO_FOUR, in_season(None, None, opens=None)], []) == ClosedDay({})


def test_a_closing_day_is_closed_and_says_why() -> None:
    closed = Exceptional(TUESDAY, None, None, {"nb": "Vedlikehold"})
    assert hours_on(TUESDAY, [NINE_TO_FOUR], [closed]) == ClosedDay({"nb": "Vedlikehold"})


def test_an_exception_can_open_a_day_that_is_usually_closed() -> None:
    opened = Exceptional(MONDAY, time(12), time(18), {})
    assert hours_on(MONDAY, [NINE_TO_FOUR], [opened]) == Open(time(12), time(18), time(12))


def test_an_exception_is_for_its_own_date() -> None:
    closed = Exceptional(MONDAY, None, None, {})
    assert hours_on(TUESDAY, [NINE_TO_FOUR], [closed]) == Open(time(9), time(16), time(10))


def test_norway_closes_on_its_holidays_and_on_two_eves_and_not_on_ascension_day() -> None:
    proposed = proposed_closing_days("NO", date(2027, 1, 1), date(2028, 1, 1))
    assert {day: names["nb"] for day, names in proposed.items()} == {
        date(2027, 1, 1): "Første nyttårsdag",
        date(2027, 3, 25): "Skjærtorsdag",
        date(2027, 3, 26): "Langfredag",
        date(2027, 3, 28): "Første påskedag",
        date(2027, 3, 29): "Andre påskedag",
        date(2027, 5, 1): "Arbeidernes dag",
        date(2027, 5, 16): "Første pinsedag",
        date(2027, 5, 17): "Andre pinsedag, Grunnlovsdag",
        date(2027, 12, 24): "Julaften",
        date(2027, 12, 25): "Første juledag",
        date(2027, 12, 26): "Andre juledag",
        date(2027, 12, 31): "Nyttårsaften",
    }


@pytest.mark.parametrize("year", range(2026, 2032))
def test_norwegian_closing_days_are_named_in_all_four_languages(year: int) -> None:
    proposed = proposed_closing_days("NO", date(year, 1, 1), date(year + 1, 1, 1))
    for names in proposed.values():
        assert set(names) == {"nb", "nn", "en", "lv"}
        assert names["en"] != names["nb"]
        assert names["lv"] != names["nb"]


def test_latvia_closes_on_its_own_holidays() -> None:
    proposed = proposed_closing_days("LV", date(2026, 11, 1), date(2027, 1, 1))
    assert set(proposed) == {date(2026, 11, 18), *(date(2026, 12, day) for day in (24, 25, 26, 31))}
    assert proposed[date(2026, 12, 25)]["lv"] == "Pirmie Ziemassvētki"
    assert "Christmas" in proposed[date(2026, 12, 25)]["en"]


def test_midsummer_is_a_holiday_in_latvia_and_an_ordinary_day_in_norway() -> None:
    day = date(2027, 6, 24)
    assert (is_public_holiday("LV", day), is_public_holiday("NO", day)) == (True, False)


def test_an_ordinary_sunday_is_no_public_holiday() -> None:
    assert not is_public_holiday("NO", date(2027, 2, 14))


def test_the_constitution_day_is_a_public_holiday_in_norway() -> None:
    assert is_public_holiday("NO", date(2027, 5, 17))


def test_only_days_asked_for_are_proposed() -> None:
    assert set(proposed_closing_days("NO", date(2026, 12, 25), date(2026, 12, 26))) == {date(2026, 12, 25)}


def test_the_end_of_a_stretch_of_days_is_not_in_it() -> None:
    assert days_between(date(2027, 2, 27), date(2027, 3, 2)) == [
        date(2027, 2, 27), date(2027, 2, 28), date(2027, 3, 1),
    ]  # fmt: skip


def test_hours_come_out_of_the_database_as_they_went_in(app: Flask) -> None:
    with unit_of_work():
        db.session.add(OpeningHours(weekday=1, opens=time(9), closes=time(16), public_from=time(10)))
        db.session.add(DayException(on_date=TUESDAY, reason={"nb": "Stengt"}))
    assert load_hours() == ([NINE_TO_FOUR], [Exceptional(TUESDAY, None, None, {"nb": "Stengt"})])


def test_closing_days_are_those_that_are_closed_and_not_those_with_other_hours(app: Flask) -> None:
    with unit_of_work():
        db.session.add(DayException(on_date=MONDAY, reason={"nb": "Stengt"}))
        db.session.add(DayException(on_date=TUESDAY, opens=time(12), closes=time(15), reason={"nb": "Kort dag"}))
    assert closing_days(MONDAY, date(2027, 2, 20)) == {MONDAY: {"nb": "Stengt"}}
    assert closing_days(TUESDAY, date(2027, 2, 20)) == {}


@pytest.mark.parametrize(
    "hours",
    [
        {"weekday": 7, "opens": time(9), "closes": time(16)},
        {"weekday": 1, "opens": time(16), "closes": time(9)},
        {"weekday": 1, "opens": time(9), "closes": None},
    ],
)
def test_the_database_refuses_hours_that_cannot_be(app: Flask, hours: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add(OpeningHours(**hours))


def test_a_date_has_one_exception_at_most(app: Flask) -> None:
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add_all(DayException(on_date=MONDAY, reason={}) for _ in range(2))


def test_an_empty_database_has_no_centre(app: Flask) -> None:
    with pytest.raises(NoCentre):
        the_centre()


def test_the_centre_comes_out_as_it_went_in(app: Flask) -> None:
    centre = a_centre(timezone="Europe/Riga", currency="EUR", country="LV", languages=["lv", "en"])
    assert (centre.zone.key, centre.currency, centre.languages) == ("Europe/Riga", "EUR", ["lv", "en"])


def test_a_day_off_that_the_government_has_moved_says_why_in_each_language() -> None:
    days = proposed_closing_days("LV", date(2026, 1, 1), date(2026, 2, 1))
    assert days[date(2026, 1, 2)] == {
        "nb": "Fridag, flyttet fra lørdag 17. januar 2026",
        "nn": "Fridag, flytta frå laurdag 17. januar 2026",
        "en": "Day off, moved from Saturday 17 January 2026",
        "lv": "Brīvdiena, pārcelta no 17.01.2026.",
    }
