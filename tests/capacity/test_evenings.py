"""What is held when the house is closed: when it may be, and that the house has its limit then, too."""

from __future__ import annotations

from datetime import date, time, timedelta

from booking.capacity.planning import Habit, at
from booking.catalogue.models import Kind
from booking.centre.opening import Exceptional, WeeklyHours
from tests.capacity.test_timetable import HOUSE, LAB, OSLO, a_habit, planned, starts


def an_evening(activity_id: int = 1, **more: object) -> Habit:
    """A lecture of an hour and a half in the lab, after closing time, unless said otherwise."""
    values: dict[str, object] = {"minutes": 90, "turnaround_minutes": 0, "times": ("19:00",), "outside_hours": True}
    return a_habit(activity_id, Kind.LECTURE, **(values | more))


def test_an_evening_begins_after_closing_and_draws_on_stretches_of_its_own() -> None:
    made = planned(date(2027, 6, 1), [an_evening()])
    assert starts(made) == ["19:00"]
    stretches = [(slot.space_id, slot.starts_at) for slot in made.slots if slot.activity_id is None]
    (evening,) = [slot for slot in made.slots if slot.activity_id == 1]
    assert len(evening.draws) == 6  # an hour and a half of the house and of the lab
    assert set(evening.draws) <= set(stretches) and len(set(stretches)) == len(stretches)


def test_two_evenings_in_the_house_share_its_limit() -> None:
    made = planned(date(2027, 6, 1), [an_evening(), an_evening(2, space_id=HOUSE, times=("19:30",))])
    first, second = (set(slot.draws) for slot in made.slots if slot.activity_id is not None)
    assert (HOUSE, at(date(2027, 6, 1), time(19, 30), OSLO)) in first & second


def test_an_evening_is_held_on_a_day_on_which_the_house_is_closed_by_the_week() -> None:
    sundays = [WeeklyHours(6, time(10), time(17), None, None, None, 0)]
    made = planned(date(2027, 6, 1), [an_evening(), a_habit(2)], hours=sundays)
    assert (starts(made), starts(made, 2)) == (["19:00"], [])
    assert {slot.space_id for slot in made.slots if slot.activity_id is None} == {HOUSE, LAB}


def test_nothing_is_held_on_a_day_that_staff_have_closed() -> None:
    exceptions = [Exceptional(date(2027, 6, 1), None, None, {})]
    assert planned(date(2027, 6, 1), [an_evening()], exceptions=exceptions).slots == []


def test_what_must_be_within_the_hours_is_not_made_after_them() -> None:
    assert starts(planned(date(2027, 6, 1), [an_evening(outside_hours=False)])) == []


def test_stretches_of_an_evening_end_at_midnight() -> None:
    day = date(2027, 6, 1)
    (night,) = [
        slot for slot in planned(day, [an_evening(minutes=180, times=("22:30",))]).slots if slot.activity_id == 1
    ]
    assert max(start for _, start in night.draws) < at(day + timedelta(days=1), time(0), OSLO)
