"""The days of a month that fit a whole wish: as the page of each day would have it, and never more than is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from booking.planner.fitting import DayFit, Fit, days_that_fit
from booking.planner.planner import plan_visit
from booking.planner.wish import PlannedSession, PlanningDay, VisitWish
from booking.web.teacher.planning.month import month_of
from tests.planner.checking import can_be_done
from tests.planner.test_planner_properties import PROPERTY, days, wishes
from tests.visits.builders import ROBOTS, STARS, a_day, a_group, a_session, moved, seatings

FITTING = (Fit.FITS, Fit.LAST)


@settings(PROPERTY, max_examples=40)
@given(wishes(), days(), days(drawing=True))
def test_a_day_fits_when_its_page_has_a_plan_and_says_when_the_first_of_them_comes_and_goes(
    wish: VisitWish, day: PlanningDay, other: PlanningDay
) -> None:
    both = [day, moved(other, 1)]
    for planning_day, day_fit in zip(both, days_that_fit(wish, both), strict=True):
        event(day_fit.fit)
        assert day_fit.on == planning_day.on
        plans = plan_visit(wish, planning_day).plans
        assert (day_fit.fit in FITTING) == bool(plans) == can_be_done(wish, planning_day, grid=15)
        if plans:
            assert (day_fit.arrives_at, day_fit.leaves_at) == (plans[0].arrives_at, plans[0].leaves_at)


@settings(PROPERTY, max_examples=30)
@given(wishes(most=3), days(drawing=True), st.sampled_from([0.0, 0.001, 0.01, 0.05]))
def test_with_little_effort_less_is_known_and_nothing_else_is_said(
    wish: VisitWish, day: PlanningDay, effort: float
) -> None:
    (whole,), (hasty,) = days_that_fit(wish, [day]), days_that_fit(wish, [day], effort)
    event(f"{whole.fit}: {hasty.fit}")
    assert hasty.fit in (whole.fit, Fit.UNKNOWN)
    assert hasty.arrives_at in (whole.arrives_at, None)


def test_the_days_that_the_effort_of_a_page_does_not_suffice_for_are_not_known() -> None:
    classes = tuple(a_group(f"5{letter}") for letter in "ABCDEFGH")
    day = a_day([a_session(n, ROBOTS, f"{9 + n % 4}:15", space_id=10 + n) for n in range(1, 17)])
    fits = days_that_fit(VisitWish(classes, (ROBOTS,), 30), [moved(day, n) for n in range(60)], 0.1)
    assert fits[0].fit is Fit.FITS
    assert {day_fit.fit for day_fit in fits[-5:]} == {Fit.UNKNOWN}


@pytest.mark.parametrize(
    ("fit", "sessions", "departure"),
    [
        (Fit.FITS, [a_session(1, ROBOTS, "9:15")], "14:00"),
        (Fit.LAST, [a_session(1, ROBOTS, "9:15"), a_session(2, ROBOTS, "10:45", free=6, taken=24)], "14:00"),
        (Fit.FULL, [a_session(1, ROBOTS, "9:15", free=6, taken=24)], "14:00"),
        (Fit.NOT_SO, [a_session(1, ROBOTS, "9:15", free=6)], "14:00"),  # too small, whoever else comes
        (Fit.NOT_HELD, [a_session(1, STARS, "9:15")], "14:00"),
        (Fit.NOT_SO, [a_session(1, ROBOTS, "9:15")], "9:45"),
        (Fit.NOTHING, [], "14:00"),
    ],
)
def test_what_a_day_lacks_is_told_by_what_it_is(fit: Fit, sessions: list[PlannedSession], departure: str) -> None:
    (day_fit,) = days_that_fit(VisitWish((a_group(),), (ROBOTS,)), [a_day(sessions, departure=departure)])
    assert day_fit.fit is fit


def test_what_is_not_on_sale_yet_is_neither_closed_nor_held_never_and_says_when_all_of_it_is() -> None:
    soon, later = datetime(2026, 11, 20, 8, tzinfo=UTC), datetime(2026, 11, 27, 8, tzinfo=UTC)
    both, nothing = VisitWish((a_group(),), (ROBOTS, STARS)), a_day([])
    unsold = replace(nothing, opens={ROBOTS: soon, STARS: later})
    one_held = replace(a_day([a_session(1, STARS, "9:15")]), opens={ROBOTS: soon})
    one_never = replace(nothing, opens={ROBOTS: soon})
    fits = days_that_fit(both, [nothing, unsold, one_held, one_never])
    assert [(day_fit.fit, day_fit.opens_at) for day_fit in fits] == [
        (Fit.NOTHING, None), (Fit.NOT_ON_SALE, later), (Fit.NOT_ON_SALE, soon), (Fit.NOT_HELD, None),
    ]  # fmt: skip


def test_no_lunch_room_is_no_full_lunch_room() -> None:
    wish, session = VisitWish((a_group(),), (ROBOTS,), lunch_minutes=30), a_session(1, ROBOTS, "9:15")
    days_of_both = [a_day([session]), a_day([session], lunch=seatings("11:00", free=10))]
    assert [day_fit.fit for day_fit in days_that_fit(wish, days_of_both)] == [Fit.NOT_SO, Fit.FULL]


def test_looking_on_comes_to_every_day_and_never_twice_to_one_that_cannot_be_known() -> None:
    dates = [date(2026, 11, 2) + timedelta(days=n) for n in range(10)]
    seen, begin = set[date](), dates[0]
    for _press in range(len(dates)):
        order = [*(day for day in dates if day >= begin), *(day for day in dates if day < begin)]
        # The first of them is too hard for a page of many days, however often it is looked at.
        fits = [DayFit(day, Fit.FITS if n in (1, 2) else Fit.UNKNOWN) for n, day in enumerate(order)]
        seen |= {*order[:3]}
        month = month_of(dates[0], dates[0] - timedelta(days=1), fits, {}, dates[-1])
        if month.look_next is None or seen == {*dates}:
            break
        assert month.look_next not in order[:3]
        begin = month.look_next
    assert seen == {*dates}
    alone = [DayFit(dates[0], Fit.UNKNOWN)]
    assert month_of(dates[0], dates[0] - timedelta(days=1), alone, {}, dates[0]).look_next is None
