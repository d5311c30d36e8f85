"""What the planner proposes when nothing fits all of a wish, by example: one thing bent, other days, fewer classes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from booking.planner.planner import plan_visit
from booking.planner.plans import (
    AnotherDay,
    ArriveEarlier,
    Change,
    DepartLater,
    FewerGroups,
    Nearest,
    ShorterExhibition,
    WithoutLunch,
    WithoutShow,
)
from booking.planner.wish import PlanningDay, VisitWish
from tests.planner.checking import breaches
from tests.visits.builders import (
    ROBOTS,
    WATER,
    a_day,
    a_group,
    a_session,
    an_ordinary_day,
    at,
    moved,
    seatings,
    three_classes,
)

ONE_CLASS = VisitWish((a_group(),), (WATER,))


def nearest(wish: VisitWish, day: PlanningDay, *others: PlanningDay) -> list[tuple[Change, ...]]:
    """What would have to change, nearest first."""
    answer = plan_visit(wish, day, others)
    assert answer.plans == ()
    return [near.changes for near in answer.nearest]


def test_a_bus_that_leaves_later_is_proposed_in_whole_five_minutes() -> None:
    day = a_day([a_session(1, WATER, "10:15", minutes=61)], departure="11:00")
    assert nearest(ONE_CLASS, day) == [(DepartLater(25),)]


def test_a_bus_that_comes_earlier_is_proposed() -> None:
    assert nearest(ONE_CLASS, a_day([a_session(1, WATER, "8:45")])) == [(ArriveEarlier(20),)]


def test_lunch_is_given_up_when_the_lunch_room_is_full() -> None:
    day = a_day([a_session(1, WATER, "9:15")], lunch=seatings("11:00", free=10))
    assert nearest(replace(ONE_CLASS, lunch_minutes=30), day) == [(WithoutLunch(),)]


def test_the_exhibition_is_made_no_shorter_than_it_must() -> None:
    day = a_day([a_session(1, WATER, "9:45")], departure="10:50")
    assert (ShorterExhibition(35),) in nearest(replace(ONE_CLASS, exhibition_minutes=60), day)


def test_a_stay_too_short_to_be_one_is_given_up_altogether() -> None:
    day = a_day([a_session(1, WATER, "9:05")], departure="10:20")
    assert (ShorterExhibition(0),) in nearest(replace(ONE_CLASS, exhibition_minutes=60), day)


def test_two_classes_come_on_tuesday_and_the_third_on_thursday() -> None:
    day = a_day([a_session(1, WATER, "9:15"), a_session(2, WATER, "10:45")])
    answer = plan_visit(three_classes(programmes=(WATER,), exhibition_minutes=0, lunch_minutes=0), day, [moved(day, 2)])
    (near,) = answer.nearest
    (change,) = near.changes
    assert isinstance(change, FewerGroups)
    assert len(change.groups) == 2 and len(change.rest) == 1
    assert change.rest_on == moved(day, 2).on
    assert near.rest is not None and near.rest.on == change.rest_on


def test_who_comes_is_judged_by_who_then_has_no_day() -> None:
    """1A fills the day as well as 2A does, but only without 2A do the others have the next day."""
    wish = VisitWish((a_group("0A", 25, 2, 0), a_group("1A", 17, 2, 1), a_group("2A", 9, 1, 2)), (WATER,))
    day = a_day([a_session(1, WATER, "9:15", free=20, shared=True)])
    next_day = moved(a_day([a_session(1, WATER, "9:15", free=46, shared=True, grades=(0, 1))]), 1)
    (near,) = plan_visit(wish, day, [next_day]).nearest
    assert near.changes == (FewerGroups(("2A",), ("0A", "1A"), next_day.on),)
    assert near.rest is not None and [timetable.group.name for timetable in near.rest.timetables] == ["0A", "1A"]


def test_a_class_more_on_another_day_is_less_trouble_than_one_without_a_day() -> None:
    wish = VisitWish((a_group("5A"), a_group("5B", grade=8), a_group("5C", grade=8)), (WATER,))
    day = a_day([a_session(1, WATER, "9:15"), a_session(2, WATER, "10:45", grades=(8, 8))])
    others = moved(a_day([a_session(1, WATER, "9:15", grades=(8, 8)), a_session(2, WATER, "10:45", grades=(8, 8))]), 1)
    assert (FewerGroups(("5A", "5B"), ("5C",), others.on),) in nearest(wish, day, others)
    only_two = moved(a_day([a_session(1, WATER, "9:15", free=56, shared=True, grades=(8, 8))]), 1)
    assert (FewerGroups(("5A", "5B"), ("5C",), only_two.on),) in nearest(wish, day, only_two)


def test_where_no_other_day_has_room_the_bus_may_go_later_on_one() -> None:
    full = a_day([a_session(1, WATER, "9:15", free=0)])
    late = moved(a_day([a_session(1, WATER, "13:30")]), 1)
    assert nearest(ONE_CLASS, full, late) == [(AnotherDay(late.on), DepartLater(35))]


def test_a_range_is_searched_to_its_end_and_each_day_that_fits_has_a_plan() -> None:
    full = a_day([a_session(1, WATER, "9:15", free=0)])
    free = a_day([a_session(1, WATER, "9:15")])
    range_ = [moved(full, days) for days in range(1, 20)] + [moved(free, days) for days in range(20, 23)]
    answer = plan_visit(ONE_CLASS, full, until=range_)
    assert [plan.on for plan in answer.plans] == [moved(free, days).on for days in (20, 21, 22)]
    assert (len(answer.tried), answer.searched_all) == (23, True)


def test_in_a_range_one_thing_may_be_bent_on_any_of_its_days() -> None:
    full = a_day([a_session(1, WATER, "9:15", free=0)])
    late = moved(a_day([a_session(1, WATER, "13:30")]), 3)
    assert plan_visit(ONE_CLASS, full, until=[moved(full, 1), late]).nearest[0].changes == (DepartLater(35),)


def test_another_day_is_proposed_the_nearest_first() -> None:
    day = a_day([a_session(1, WATER, "10:15")], departure="16:00")
    full = replace(day, sessions=(replace(day.sessions[0], free=0),))
    assert nearest(ONE_CLASS, full, moved(day, 7), moved(full, 1), moved(day, 2)) == [
        (AnotherDay(moved(day, 2).on),),
        (AnotherDay(moved(day, 7).on),),
    ]


def test_the_least_change_comes_first() -> None:
    wish = replace(ONE_CLASS, exhibition_minutes=60)
    day = a_day([a_session(1, WATER, "9:45")], departure="11:40")
    other = moved(replace(day, departure=at("14:00")), 1)
    assert nearest(wish, day, other) == [
        (DepartLater(15),),
        (ShorterExhibition(45),),
        (ArriveEarlier(25),),
        (AnotherDay(other.on),),
    ]


def test_several_things_change_only_when_no_single_one_helps() -> None:
    day = a_day([a_session(1, WATER, "8:45"), a_session(2, ROBOTS, "10:00")], departure="10:30")
    wish = replace(ONE_CLASS, programmes=(WATER, ROBOTS))
    assert nearest(wish, day) == [(DepartLater(35), ArriveEarlier(20))]


def test_what_is_proposed_can_be_booked() -> None:
    wish, day = three_classes(), an_ordinary_day("13:20")
    answer = plan_visit(wish, day, [moved(an_ordinary_day(), 1)])
    assert answer.nearest
    for near in answer.nearest:
        holds(near, wish, day, {day.on: day, moved(an_ordinary_day(), 1).on: moved(an_ordinary_day(), 1)})


def holds(near: Nearest, wish: VisitWish, day: PlanningDay, days: dict[object, PlanningDay]) -> None:
    """Assert that a nearest plan keeps all rules once the wish is bent as it says."""
    bent, arrival, departure, on = wish, day.arrival, day.departure, day
    for change in near.changes:
        match change:
            case DepartLater(minutes):
                departure += timedelta(minutes=minutes)
            case ArriveEarlier(minutes):
                arrival -= timedelta(minutes=minutes)
            case WithoutLunch():
                bent = replace(bent, lunch_minutes=0)
            case WithoutShow():
                bent = replace(bent, groups=tuple(replace(group, shows=None) for group in bent.groups), shows=())
            case ShorterExhibition(minutes):
                bent = replace(bent, exhibition_minutes=minutes)
            case AnotherDay(date):
                on = days[date]
                arrival, departure = on.arrival, on.departure
            case FewerGroups(names, rest, rest_on):
                assert sorted(names + rest) == sorted(group.name for group in wish.groups)
                assert (near.rest is None) == (rest_on is None)
                if near.rest is not None:
                    assert breaches(near.rest, wish, days[rest_on]) == []
                    assert [timetable.group.name for timetable in near.rest.timetables] == list(rest)
                bent = replace(bent, groups=tuple(group for group in bent.groups if group.name in names))
    assert [timetable.group for timetable in near.plan.timetables] == list(bent.groups)
    assert breaches(near.plan, bent, on, arrival, departure) == []
