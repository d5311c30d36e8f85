"""Which week is a holiday for one school: its municipality's own, else that of everywhere, else what is usual."""

from __future__ import annotations

from datetime import date

from booking.agreements.holidays import Holiday, HolidaysThere, holidays_of
from booking.centre.school_holidays import SchoolHolidays
from booking.visits import rebook

USUAL = SchoolHolidays("NO")
WEEK_40, WEEK_41 = date(2027, 10, 5), date(2027, 10, 12)  # Tuesdays


def a_holiday(first: date, last: date, where: str, name: str = "Autumn holiday") -> Holiday:
    return Holiday(1, name, first, last, where)


AUTUMN = a_holiday(date(2027, 10, 11), date(2027, 10, 15), "Bergen, Askøy")


def near(there: HolidaysThere, day: date) -> date:
    return next(rebook.school_days_near(day, lambda near: not there.holds(near)))


def test_the_other_of_two_weeks_is_a_school_week_where_the_municipality_has_said_which() -> None:
    there = holidays_of("ASKØY ", [AUTUMN], USUAL)
    assert (there.holds(WEEK_40), there.holds(WEEK_41)) == (False, True)
    assert near(there, WEEK_41) == date(2027, 10, 19) and near(there, WEEK_40) == WEEK_40
    held = there.of_day(WEEK_41)
    assert held is not None and held.name == "Autumn holiday"
    assert there.holds(date(2027, 3, 2))  # winter: nobody has said which week
    assert there.holds(date(2027, 12, 23))


def test_another_municipality_goes_by_what_is_usual_and_both_weeks_are_kept_clear() -> None:
    there = holidays_of("Kristiansand", [AUTUMN], USUAL)
    assert there.holds(WEEK_40) and there.holds(WEEK_41) and there.of_day(WEEK_41) is None
    assert near(there, WEEK_41) == date(2027, 10, 19)
    assert not holidays_of("", [a_holiday(WEEK_40, WEEK_40, ", ,")], SchoolHolidays("XX")).holds(WEEK_40)


def test_what_is_kept_for_everywhere_holds_unless_the_municipality_has_its_own_near_it() -> None:
    everywhere = a_holiday(date(2027, 10, 4), date(2027, 10, 8), "*")
    kept = [everywhere, AUTUMN]
    assert holidays_of("Oslo", kept, USUAL).holds(WEEK_40) and not holidays_of("Oslo", kept, USUAL).holds(WEEK_41)
    assert not holidays_of("Bergen", kept, USUAL).holds(WEEK_40)


def test_a_planning_day_leaves_easter_and_christmas_as_they_are() -> None:
    there = holidays_of("Bergen", [a_holiday(date(2027, 3, 18), date(2027, 3, 18), "Bergen", "Planning day")], USUAL)
    assert there.holds(date(2027, 3, 18)) and there.holds(date(2027, 3, 25)) and not there.holds(date(2027, 3, 17))
