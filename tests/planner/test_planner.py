"""The visit planner by example: what a teacher would try, and what it answers when that does not fit."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from booking.planner.planner import Search, first_plan, plan_visit
from booking.planner.plans import AnotherDay, Distinction, NoPlanReason, Part, PartKind, Reason, distinctions
from booking.planner.wish import Admission, PlannedSession, PlanningDay, StretchKind, Transfers, VisitWish
from tests.planner.checking import breaches
from tests.visits.builders import (
    EXHIBITION,
    LAB_1,
    ROBOTS,
    STARS,
    WATER,
    a_day,
    a_group,
    a_session,
    an_ordinary_day,
    at,
    half_hours,
    moved,
    seatings,
    three_classes,
)

ONE_CLASS = VisitWish((a_group(),), (WATER,))


def times(part: Part) -> tuple[str, str]:
    """From and to as clock times."""
    return f"{part.starts_at:%H:%M}", f"{part.ends_at:%H:%M}"


def parts_of(wish: VisitWish, day: PlanningDay, kind: PartKind | None = None) -> list[Part]:
    """The parts of the first group in the best plan."""
    plan = plan_visit(wish, day).plans[0]
    assert breaches(plan, wish, day) == []
    return [part for part in plan.timetables[0].parts if kind in (None, part.kind)]


def why(wish: VisitWish, day: PlanningDay) -> tuple[Reason, ...]:
    """Why there is no plan."""
    answer = plan_visit(wish, day)
    assert answer.plans == ()
    return answer.reasons


def test_three_classes_rotate_through_two_programmes() -> None:
    wish, day = three_classes(), an_ordinary_day()
    answer = plan_visit(wish, day)
    assert len(answer.plans) == 3
    for plan in answer.plans:
        assert breaches(plan, wish, day) == []
        for timetable in plan.timetables:
            kinds = [part.kind for part in timetable.parts]
            assert sorted(kinds) == ["exhibition", "lunch", "programme", "programme"]
    assert answer.plans[0].is_best


def test_the_plans_are_at_different_times() -> None:
    plans = plan_visit(three_classes(), an_ordinary_day()).plans
    looks = {
        frozenset((p.activity_id, p.starts_at) for t in plan.timetables for p in t.parts if p.kind != "exhibition")
        for plan in plans
    }
    assert len(looks) == len(plans)


def test_each_plan_is_told_by_what_it_has_before_the_others() -> None:
    plans = plan_visit(three_classes(), an_ordinary_day()).plans
    best = plans[0]
    sooner = replace(best, leaves_at=best.leaves_at - timedelta(minutes=20))
    another_day = replace(best, on=best.on + timedelta(days=1))
    assert distinctions([best, sooner, another_day]) == [(), (Distinction.HOME_FIRST,), (Distinction.OTHER_DAY,)]
    assert distinctions([best]) == [()], "alone it has nothing to be told by"
    assert distinctions([best, replace(best)]) == [(), ()], "nothing that both have tells one from the other"


def test_a_day_with_few_plans_has_the_first_other_day_that_fits_beside_it() -> None:
    wish, day = ONE_CLASS, a_day([a_session(1, WATER, "10:00")])
    full, later = moved(a_day(), 1), moved(day, 2)
    assert [plan.on for plan in plan_visit(wish, day, [full, later]).plans] == [day.on, later.on]
    assert [plan.on for plan in plan_visit(wish, day, [full]).plans] == [day.on]


def test_nobody_visits_the_exhibition_once_the_house_is_closed_though_an_evening_is_held_in_it() -> None:
    by_day, later = half_hours(StretchKind.EXHIBITION, 99, "9:00", "10:30"), ("13:00", "14:00", 2000)
    day = a_day([a_session(1, WATER, "9:30")], stretches=(*by_day, *half_hours(StretchKind.EXHIBITION, 99, *later)))
    wish = VisitWish((a_group(),), (WATER,), 60)
    assert plan_visit(wish, day).plans, "between the two nobody says that it is closed"
    assert plan_visit(wish, replace(day, opening=(at("9:00"), at("10:30")))).plans == ()


def test_the_same_question_has_the_same_answer() -> None:
    first, again = (plan_visit(three_classes(), an_ordinary_day()) for _ in range(2))
    assert first == again


def test_classes_have_lunch_together_when_that_costs_little() -> None:
    wish = three_classes(programmes=(WATER,), exhibition_minutes=0)
    day = replace(an_ordinary_day(), seatings=seatings("10:30", "11:00", "11:30", free=90))
    assert plan_visit(wish, day).plans[0].lunch_sittings == 1


def test_a_class_waits_no_longer_than_it_must() -> None:
    sessions = [a_session(1, WATER, "9:15"), a_session(2, WATER, "13:00"), a_session(3, ROBOTS, "10:30")]
    parts = parts_of(replace(ONE_CLASS, programmes=(WATER, ROBOTS)), a_day(sessions, departure="16:00"))
    assert [part.slot_ids for part in parts] == [(1,), (3,)]


def test_a_group_may_have_a_programme_of_its_own() -> None:
    wish = VisitWish((a_group("5A"), a_group("5B", programmes=(STARS,))), (WATER,))
    day = a_day([a_session(1, WATER, "9:15"), a_session(2, STARS, "9:15")])
    plan = plan_visit(wish, day).plans[0]
    assert [timetable.parts[0].activity_id for timetable in plan.timetables] == [WATER, STARS]


def test_a_programme_wished_twice_is_had_once() -> None:
    assert len(parts_of(replace(ONE_CLASS, programmes=(WATER, WATER)), a_day([a_session(1, WATER, "9:15")]))) == 1


def test_the_gaps_are_spent_in_the_exhibition() -> None:
    day = a_day(
        [a_session(1, WATER, "9:15"), a_session(2, ROBOTS, "12:00")], stretches=half_hours(StretchKind.EXHIBITION, 300)
    )
    wish = replace(ONE_CLASS, programmes=(WATER, ROBOTS), exhibition_minutes=30)
    assert [times(part) for part in parts_of(wish, day, PartKind.EXHIBITION)] == [("10:20", "11:55")]


def test_two_short_gaps_are_no_visit_to_the_exhibition() -> None:
    sessions = [a_session(1, WATER, "9:30"), a_session(2, ROBOTS, "11:00")]
    wish = replace(ONE_CLASS, programmes=(WATER, ROBOTS), exhibition_minutes=30)
    assert why(wish, a_day(sessions, departure="12:10")) == (Reason(NoPlanReason.NOT_TOGETHER),)


def test_a_long_lunch_takes_two_seatings() -> None:
    day = a_day(lunch=seatings("10:30", "11:00", "11:30"))
    (lunch,) = parts_of(VisitWish((a_group(),), lunch_minutes=45), day)
    assert lunch.slot_ids == (500, 501)
    assert times(lunch) == ("10:30", "11:15")


def test_lunch_does_not_go_on_after_the_lunch_hours() -> None:
    day = a_day(lunch=seatings("11:00", "12:00"))
    assert why(VisitWish((a_group(),), lunch_minutes=45), day) == (Reason(NoPlanReason.NO_LUNCH, "5A"),)


def test_the_lunch_room_is_never_too_full() -> None:
    wish = three_classes(programmes=(), exhibition_minutes=0)
    plan = plan_visit(wish, a_day(lunch=seatings("10:30", "11:00", free=60))).plans[0]
    assert plan.lunch_sittings == 2
    assert [(want.slot_id, want.places) for want in plan.wants] == [(500, 56), (501, 28)] or [
        (want.slot_id, want.places) for want in plan.wants
    ] == [(500, 28), (501, 56)]


def test_walking_takes_time() -> None:
    sessions = [a_session(1, WATER, "9:00"), a_session(2, ROBOTS, "10:05")]
    wish = replace(ONE_CLASS, programmes=(WATER, ROBOTS))
    day = replace(a_day(sessions), transfers=Transfers(10, {(None, LAB_1): 0}))
    assert why(wish, day) == (Reason(NoPlanReason.NOT_TOGETHER),)
    assert plan_visit(wish, replace(day, transfers=Transfers(5, {(None, LAB_1): 0}))).plans


def test_two_groups_do_not_share_a_session_unless_the_programme_allows_it() -> None:
    wish = VisitWish((a_group("5A"), a_group("5B")), (STARS,))
    apart = a_session(1, STARS, "10:45", free=60)
    assert why(wish, a_day([apart])) == (Reason(NoPlanReason.NOT_TOGETHER),)
    plan = plan_visit(wish, a_day([replace(apart, shared=True)])).plans[0]
    assert [(want.slot_id, want.places) for want in plan.wants] == [(1, 56)]
    assert why(wish, a_day([replace(apart, shared=True, free=55)])) == (Reason(NoPlanReason.NOT_TOGETHER),)


def test_a_session_with_others_in_it_is_only_for_programmes_that_share() -> None:
    session = a_session(1, STARS, "10:45", free=30, taken=30)
    wish = VisitWish((a_group(),), (STARS,))
    assert why(wish, a_day([session])) == (Reason(NoPlanReason.TOO_FEW_PLACES, "5A", STARS, 0),)
    assert plan_visit(wish, a_day([replace(session, shared=True)])).plans


def test_one_space_is_not_used_before_it_is_tidy() -> None:
    first, then = a_session(1, WATER, "9:15", turnaround_minutes=30), a_session(2, WATER, "10:30")
    wish = VisitWish((a_group("5A"), a_group("5B")), (WATER,))
    assert why(wish, a_day([first, then])) == (Reason(NoPlanReason.NOT_TOGETHER),)
    assert plan_visit(wish, a_day([first, replace(then, space_id=99)])).plans


def test_there_are_never_more_sessions_than_educators() -> None:
    sessions = [a_session(1, WATER, "9:15"), a_session(2, WATER, "9:15", space_id=99)]
    wish = VisitWish((a_group("5A"), a_group("5B")), (WATER,))
    assert why(wish, a_day(sessions, educators=1)) == (Reason(NoPlanReason.NOT_TOGETHER),)
    assert plan_visit(wish, a_day(sessions, educators=2)).plans


def test_everybody_counts_in_the_house_as_long_as_the_visit_lasts() -> None:
    day = a_day([a_session(1, WATER, "10:15")], stretches=half_hours(StretchKind.HOUSE, 28, end="14:00"))
    wants = {want.slot_id: want.places for want in plan_visit(ONE_CLASS, day).plans[0].wants}
    assert wants == {1: 28} | dict.fromkeys(range(1000, 1005), 28)
    full = replace(day, stretches=(*day.stretches[:1], replace(day.stretches[1], free=27), *day.stretches[2:]))
    assert why(ONE_CLASS, full) == (Reason(NoPlanReason.NOT_TOGETHER),)


def test_who_is_in_the_house_through_a_session_is_not_counted_again() -> None:
    house = half_hours(StretchKind.HOUSE, 30, end="11:00")
    session = a_session(1, WATER, "9:15", draws=(1000, 1001))
    wants = {
        want.slot_id: want.places for want in plan_visit(ONE_CLASS, a_day([session], stretches=house)).plans[0].wants
    }
    assert wants == {1: 28, 1002: 28}


def test_a_class_in_two_sessions_that_draw_on_the_same_stretch_is_there_once() -> None:
    sessions = [
        a_session(1, WATER, "9:15", draws=(1000, 1001, 1002)),
        a_session(2, ROBOTS, "10:30", draws=(1002, 1003)),
    ]
    wish = replace(ONE_CLASS, programmes=(WATER, ROBOTS))
    assert why(wish, a_day(sessions, stretches=half_hours(StretchKind.HOUSE, 27))) == (
        Reason(NoPlanReason.NOT_TOGETHER),
    )
    assert plan_visit(wish, a_day(sessions, stretches=half_hours(StretchKind.HOUSE, 28))).plans


def test_the_exhibition_is_entered_through_an_entry_slot() -> None:
    entries = [Admission(700, at("10:00"), at("10:30"), 27), Admission(701, at("10:30"), at("11:00"), 60)]
    (stay,) = parts_of(VisitWish((a_group(),), exhibition_minutes=60), a_day(entries=entries))
    assert stay.slot_ids == (701,)
    assert times(stay) == ("10:30", "11:30")


def test_a_full_exhibition_is_visited_when_it_is_empty() -> None:
    stretches = list(half_hours(StretchKind.EXHIBITION, 300))
    stretches[1] = replace(stretches[1], free=10)
    day = a_day([a_session(1, WATER, "10:45")], stretches=stretches)
    wish = replace(ONE_CLASS, exhibition_minutes=40)
    assert [times(part) for part in parts_of(wish, day, PartKind.EXHIBITION)] == [("10:00", "10:40")]


@pytest.mark.parametrize(
    ("session", "reason"),
    [
        (a_session(1, ROBOTS, "9:15"), Reason(NoPlanReason.NOT_OFFERED, "5A", WATER)),
        (a_session(1, WATER, "9:15", grades=(1, 4)), Reason(NoPlanReason.WRONG_GRADE, "5A", WATER)),
        (a_session(1, WATER, "9:15", language="en"), Reason(NoPlanReason.WRONG_LANGUAGE, "5A", WATER)),
        (a_session(1, WATER, "9:15", free=20), Reason(NoPlanReason.TOO_FEW_PLACES, "5A", WATER, 20)),
        (a_session(1, WATER, "13:30"), Reason(NoPlanReason.OUTSIDE_BUS_TIMES, "5A", WATER)),
    ],
)
def test_a_programme_that_cannot_be_had_says_why(session: PlannedSession, reason: Reason) -> None:
    assert why(replace(ONE_CLASS, language="nb"), a_day([session])) == (reason,)


def test_a_stay_longer_than_the_visit_says_so() -> None:
    assert why(VisitWish((a_group(),), exhibition_minutes=400), a_day()) == (Reason(NoPlanReason.NO_TIME),)


def test_who_wants_no_exhibition_need_not_come_while_it_is_open() -> None:
    later = [stretch for stretch in half_hours(StretchKind.EXHIBITION, 300) if stretch.starts_at >= at("12:00")]
    day = a_day([a_session(1, WATER, "9:15")], departure="11:00", stretches=later)
    assert first_plan(ONE_CLASS, day)


def test_nothing_is_asked_for_nobody() -> None:
    assert plan_visit(VisitWish(()), a_day()).plans == ()


def test_a_search_that_meets_its_limit_says_so_and_offers_what_it_found() -> None:
    answer = plan_visit(three_classes(), an_ordinary_day(), search=Search(effort=0))
    assert (answer.reasons, answer.searched_all) == ((Reason(NoPlanReason.OUT_OF_TIME),), False)
    wish, tight = VisitWish((a_group("5A"), a_group("5B")), (WATER,)), a_day([a_session(1, WATER, "10:45")])
    roomy = a_day([a_session(1, WATER, "10:45"), a_session(2, WATER, "9:15")])
    days = [moved(tight, 1), moved(roomy, 2), *(moved(tight, n) for n in range(3, 9))]
    answer = plan_visit(wish, tight, days, Search(effort=0.005))
    assert [near.changes for near in answer.nearest] == [(AnotherDay(days[1].on),)]
    assert not answer.searched_all
    answer = plan_visit(wish, tight, days)
    assert (len(answer.nearest), answer.searched_all) == (2, True)


def test_no_clock_decides_what_is_found() -> None:
    """Six classes, three programmes, ten days: a machine that is busy, or stands still, answers the same."""
    code = (
        "import sys, time\n"
        "if sys.argv[1:]:\n"
        "    real, jump = time.monotonic, iter(range(10**9))\n"
        "    time.monotonic = time.perf_counter = lambda: real() + 3600 * next(jump)\n"
        "from tests.visits.builders import *\n"
        "from booking.planner.planner import plan_visit\n"
        "wish = three_classes(programmes=(WATER, ROBOTS, STARS))\n"
        "wish = replace(wish, groups=(*wish.groups, *(replace(one, name=one.name + 'x') for one in wish.groups)))\n"
        "day = an_ordinary_day('15:30')\n"
        "stars = [a_session(900 + n, STARS, f'{9 + 2 * n}:30', 45, 60, shared=True) for n in range(3)]\n"
        "day = replace(day, sessions=(*day.sessions, *stars), educators=4)\n"
        "print(plan_visit(wish, day, [moved(day, n) for n in range(1, 11)]))"
    )
    code = "from dataclasses import replace\n" + code
    answers = [
        subprocess.run([sys.executable, "-c", code, *how], check=True, capture_output=True).stdout
        for how in ([], ["clocks run away"])
    ]
    assert answers[0] == answers[1]
    assert b"Timetable" in answers[0]


def test_the_answer_does_not_depend_on_the_process() -> None:
    code = (
        "from dataclasses import replace; from tests.visits.builders import *;"
        "from booking.planner.planner import plan_visit;"
        "print(plan_visit(three_classes(), replace(an_ordinary_day(), educators=4)))"
    )
    answers = [
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    ]
    assert answers[0] == answers[1]
    assert b"Timetable" in answers[0]


def test_the_solver_is_not_loaded_before_somebody_plans() -> None:
    code = "import sys, booking.planner.planner; sys.exit('ortools' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_exhibition_is_where_the_day_says() -> None:
    (stay,) = parts_of(VisitWish((a_group(),), exhibition_minutes=30), a_day())
    assert stay.space_id == EXHIBITION
