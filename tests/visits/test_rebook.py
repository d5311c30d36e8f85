"""The same visit a year on: grades, names, programmes, and a week in which there is school."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from booking.agreements.models import SchoolKind
from booking.agreements.rules import school_year
from booking.catalogue.models import Kind
from booking.centre.opening import WeeklyHours
from booking.centre.school_holidays import SchoolHolidays, easter
from booking.programmes.offered import OfferedProgramme
from booking.visits import rebook

SCHOOL, KINDERGARTEN = SchoolKind.SCHOOL, SchoolKind.KINDERGARTEN


def a_programme(number: int, first: int, last: int, *subjects: str, minutes: int = 60) -> OfferedProgramme:
    return OfferedProgramme(
        number, f"p{number}", Kind.PROGRAMME, {}, {}, minutes, 30, first, last, list(subjects), {}, {}, {}, "", True,
        False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("grade", "kind", "country", "after"),
    [
        (6, SCHOOL, "NO", 7),
        (10, SCHOOL, "NO", 10),
        (13, SCHOOL, "NO", 13),
        (10, SCHOOL, "LV", 11),
        (12, SCHOOL, "LV", 12),
        (0, KINDERGARTEN, "NO", 0),
    ],
)
def test_a_class_is_a_grade_further_on_unless_it_has_left(
    grade: int, kind: SchoolKind, country: str, after: int
) -> None:
    assert rebook.grade_after(grade, kind, country) == after


@pytest.mark.parametrize(
    ("name", "before", "after", "then"),
    [("6A", 6, 7, "7A"), ("1STA", 11, 12, "2STA"), ("Blue", 6, 7, "Blue"), ("60", 6, 7, "60"), ("10B", 10, 10, "10B")],
)
def test_a_name_that_begins_with_the_grade_goes_on_with_it(name: str, before: int, after: int, then: str) -> None:
    assert rebook.name_after(name, before, after) == then


def test_a_programme_for_other_grades_gives_way_to_the_one_most_like_it() -> None:
    offered = [
        a_programme(1, 5, 7, "science", minutes=90),
        a_programme(2, 8, 10, "maths"),
        a_programme(3, 8, 10, "science"),
        a_programme(4, 8, 10, "science", minutes=90),
        a_programme(5, 6, 8, "coding"),
    ]
    chosen = rebook.programmes_after([1, 5], {8}, offered)
    choices = [(choice.programme.activity_id if choice.programme else None, choice.instead_of) for choice in chosen]
    assert choices == [(4, 1), (5, None)]
    assert rebook.programmes_after([1], {12}, offered)[0].programme is None


def test_the_weekday_is_kept_and_the_nearest_school_week_is_taken() -> None:
    holidays = SchoolHolidays("NO")
    day = rebook.day_next_year(date(2026, 10, 6), date(2026, 10, 20))  # a Tuesday in week 41
    assert day == date(2027, 10, 5)
    assert holidays.holds(day)  # week 40: autumn holidays in some counties
    near = next(rebook.school_days_near(day, lambda day: not holidays.holds(day)))
    assert (near, near.weekday()) == (date(2027, 9, 28), 1)
    assert rebook.day_next_year(date(2023, 11, 7), date(2026, 11, 25)) == date(2027, 11, 2)


def test_the_same_again_is_never_in_the_school_year_of_the_visit() -> None:
    for days in range(800):
        on = date(2026, 8, 1) + timedelta(days=days)
        day = rebook.day_next_year(on, on)
        assert school_year(day) == school_year(on) + 1
        assert day.weekday() == on.weekday()
    assert rebook.school_year_again(date(2026, 8, 1), date(2026, 8, 1)) == "2027/28"
    assert rebook.school_year_again(date(2099, 3, 2), date(2099, 3, 2)) == "2099/00"


def test_the_centres_own_seasons_come_before_what_is_usual() -> None:
    usual, week_9 = SchoolHolidays("NO"), date(2027, 3, 2)
    assert usual.holds(week_9)
    assert usual.holds(date(2027, 3, 25))
    assert not usual.holds(date(2027, 3, 9))
    season = WeeklyHours(1, None, None, None, date(2027, 2, 22), date(2027, 2, 26), 1)
    own = SchoolHolidays("NO", [season])
    assert own.holds(date(2027, 2, 23))
    assert not own.holds(week_9)
    assert SchoolHolidays("LV").holds(date(2027, 8, 20))


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)]
)
def test_easter_is_when_the_calendar_says(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)
