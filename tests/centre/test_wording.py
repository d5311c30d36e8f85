"""How each language writes days, times and sums."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from babel.dates import format_time
from flask import Flask

from booking.centre.wording import LOCALES, Wording
from tests.builders import a_centre

NOON = datetime(2026, 11, 28, 11, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def autumn() -> object:
    """The days of these tests are near."""
    with time_machine.travel(datetime(2026, 11, 24, tzinfo=UTC), tick=False):
        yield


def write(lang: str, currency: str = "NOK") -> Wording:
    """The wording of a language at a centre in Oslo."""
    return Wording.of(lang, a_centre(timezone="Europe/Oslo", currency=currency))


def plain(written: str) -> str:
    """With ordinary spaces only."""
    return re.sub(r"\s", " ", written)


@pytest.mark.parametrize(
    ("lang", "day"),
    [
        ("nb", "lørdag 28. november"),
        ("nn", "laurdag 28. november"),
        ("en", "Saturday 28 November"),
        ("lv", "sestdiena, 28. novembris"),
    ],
)
def test_a_day_is_written_in_full(app: Flask, lang: str, day: str) -> None:
    assert plain(write(lang).day(NOON)) == day


def test_weekdays_in_a_sentence_are_written_small_where_the_language_does(app: Flask) -> None:
    assert write("lv").weekdays(0b1010) == "otrdiena, ceturtdiena"
    assert write("en").weekdays(0b1010) == "Tuesday, Thursday"


def test_a_far_day_has_its_year(app: Flask) -> None:
    assert plain(write("nb").day(date(2027, 11, 28))) == "søndag 28. november 2027"


def test_latvian_says_the_year_first(app: Flask) -> None:
    assert plain(write("lv").day(date(2027, 12, 1))) == "trešdiena, 2027. gada 1. decembris"
    assert plain(write("lv").full_date(date(2027, 12, 1))) == "2027. gada 1. decembris"
    assert plain(write("lv").month(date(2026, 5, 1))) == "2026. g. maijs"


@pytest.mark.parametrize(
    ("lang", "weeks"), [("nb", "1. des.–3. jan."), ("nn", "1. des.–3. jan."), ("lv", "1. dec. – 3. janv.")]
)
def test_weeks_that_are_near_have_no_year(app: Flask, lang: str, weeks: str) -> None:
    written = write(lang).short_period(date(2026, 12, 1), date(2027, 1, 3))
    assert plain(written) == weeks


def test_a_month_has_its_year(app: Flask) -> None:
    assert write("nb").month(date(2026, 5, 1)) == "mai 2026"


def test_a_list_of_names_is_sorted_as_the_language_does(app: Flask) -> None:
    names = ["Ålesund", "Ærlig", "Bergen", "Øygarden"]
    assert write("nb").in_order(names) == ["Bergen", "Ærlig", "Øygarden", "Ålesund"]
    assert write("en").in_order(names) == ["Ærlig", "Ålesund", "Bergen", "Øygarden"]


def test_a_time_is_the_centres_wall_clock(app: Flask) -> None:
    assert write("nb").time(NOON) == "12:30"


@pytest.mark.parametrize("lang", LOCALES)
def test_every_time_of_the_day_is_written_as_cldr_writes_it(app: Flask, lang: str) -> None:
    wording = Wording.of(lang, a_centre())
    for minute in range(0, 24 * 60, 7):
        moment = datetime(2026, 11, 4, minute // 60, minute % 60, tzinfo=UTC)
        assert wording.time(moment) == format_time(moment.time(), "HH:mm", locale=wording.locale)


def test_a_moment_late_in_the_evening_is_on_the_centres_day(app: Flask) -> None:
    assert plain(write("en").day(datetime(2026, 11, 28, 23, 30, tzinfo=UTC))) == "Sunday 29 November"


@pytest.mark.parametrize("lang", ["nb", "nn", "en", "lv"])
def test_a_moment_says_the_day_and_the_time(app: Flask, lang: str) -> None:
    wording = write(lang)
    assert wording.moment(NOON).startswith(wording.day(NOON))
    assert wording.moment(NOON).endswith("12:30")


@pytest.mark.parametrize(
    ("lang", "currency", "minor", "sum_"),
    [
        ("nb", "NOK", 21000, "210 kr"),
        ("nb", "NOK", 123450, "1 234,50 kr"),
        ("nn", "NOK", 123450, "1 234,50 kr"),
        ("en", "NOK", 123450, "NOK 1,234.50"),
        ("en", "EUR", 123450, "€1,234.50"),
        ("lv", "EUR", 123450, "1234,50 €"),
        ("lv", "EUR", 1234550, "12 345,50 €"),
        ("lv", "EUR", 999999, "9999,99 €"),
        ("lv", "EUR", -100000000, "-1 000 000 €"),
        ("nb", "NOK", -123450, "\u22121 234,50 kr"),
        ("nn", "NOK", -5, "\u22120,05 kr"),
        ("en", "NOK", -5, "-NOK 0.05"),
        ("nb", "NOK", 0, "0 kr"),
        ("nb", "NOK", 5, "0,05 kr"),
    ],
)
def test_sums_are_written_as_the_language_does(app: Flask, lang: str, currency: str, minor: int, sum_: str) -> None:
    assert plain(write(lang, currency).money(minor)) == sum_


@pytest.mark.parametrize(("rate", "words"), [(1200, "12 %"), (2500, "25 %"), (1250, "12,5 %"), (0, "0 %")])
def test_vat_rates_are_written_without_needless_digits(app: Flask, rate: int, words: str) -> None:
    assert plain(write("nb").percent(rate)) == words


def test_an_unknown_language_is_written_as_english(app: Flask) -> None:
    assert plain(write("xx").day(NOON)) == "Saturday 28 November"


def test_a_sum_in_a_cell_of_a_month_is_as_short_as_it_can_be(app: Flask) -> None:
    assert [write(lang).in_cell(16_800) for lang in ("nb", "en", "lv")] == ["168 kr", "kr 168", "168 kr"]
    assert write("en").in_cell(1_250, "EUR") == "€12.50"


@pytest.mark.parametrize("lang", LOCALES)
def test_no_line_ends_between_a_number_and_what_it_counts(app: Flask, lang: str) -> None:
    wording, far = write(lang), date(2027, 12, 1)
    sums = [wording.money(123_450), wording.in_column(-5, "EUR"), wording.money(100, "NOK"), wording.percent(1_250)]
    assert not [written for written in sums if " " in written]
    days = [wording.day(NOON), wording.day(far), wording.short_day(NOON), wording.dated(NOON), wording.full_date(far)]
    days += [
        wording.period(NOON.date(), far),
        wording.short_period(NOON.date(), far),
        wording.moment(NOON),
        wording.month(far),
    ]
    ends_there = r"\d\.? (?!kl\b)[^\W\d]|\b(kl|plkst)\. "
    assert not [written for written in days if re.search(ends_there, written)]
    assert wording.moment(NOON).count(" ") == wording.day(NOON).count(" ") + 1


def test_latvian_bends_a_day_for_until_from_and_on_it(app: Flask) -> None:
    latvian = write("lv")
    moment = latvian.moment(datetime(2026, 10, 31, 9, 30, tzinfo=UTC))
    assert plain(latvian.until(moment)) == "sestdienai, 31. oktobrim, plkst. 10:30"
    assert plain(latvian.from_day(moment)) == "sestdienas, 31. oktobra, plkst. 10:30"
    assert plain(latvian.on_day(moment)) == "sestdien, 31. oktobrī, plkst. 10:30"
    assert plain(latvian.from_day(latvian.full_date(date(2027, 4, 1)))) == "2027. gada 1. aprīļa"


def test_every_month_and_weekday_of_latvian_is_bent(app: Flask) -> None:
    latvian = write("lv")
    for number in range(1, 13):  # the weekdays come by on the way
        written = latvian.day(date(2028, number, number))
        bent = {latvian.until(written), latvian.from_day(written), latvian.on_day(written)}
        assert len(bent | {written}) == 4


@pytest.mark.parametrize("lang", ["nb", "nn", "en"])
def test_other_languages_leave_a_day_as_it_is(app: Flask, lang: str) -> None:
    wording = write(lang)
    written = wording.moment(NOON)
    assert {wording.until(written), wording.from_day(written), wording.on_day(written)} == {written}


@pytest.mark.parametrize(("lang", "words"), [("nb", "12\xa0%"), ("nn", "12\xa0%"), ("lv", "12\xa0%"), ("en", "12%")])
def test_the_percent_sign_never_stands_alone_on_a_line(app: Flask, lang: str, words: str) -> None:
    assert write(lang).percent(1200) == words
