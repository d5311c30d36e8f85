"""The planner against a search that tries everything, on days small enough for that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from booking.planner.nearest import Limits
from booking.planner.planner import Search, plan_visit
from booking.planner.plans import ArriveEarlier, DepartLater, FewerGroups, NoPlanReason
from booking.planner.trouble import trouble
from booking.planner.wish import (
    Admission,
    Group,
    PlannedSession,
    PlanningDay,
    Seating,
    Stretch,
    StretchKind,
    Transfers,
    VisitWish,
)
from tests.planner.checking import breaches, can_be_done
from tests.planner.test_nearest import holds
from tests.visits.builders import TUESDAY, at, moved

SHOW = 3  # besides the two programmes
QUARTER, NINE = timedelta(minutes=15), at("9:00")
PROPERTY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

quarters = st.integers(1, 10)
places = st.sampled_from([30, 30, 30, 15, 12, 9, 6, 0])


@st.composite
def sessions(draw: st.DrawFn, slot_id: int, stretch_ids: list[int]) -> PlannedSession:
    """A session of one of two programmes, in one of two rooms or none."""
    start = NINE + draw(quarters) * QUARTER
    return PlannedSession(
        slot_id,
        1 + slot_id % 2,
        start,
        start + draw(st.integers(2, 4)) * QUARTER,
        draw(places),
        draw(st.sampled_from([None, None, 11, 12])),
        draw(st.sampled_from([None, None, None, None, (1, 4), (5, 7)])),
        None,
        draw(st.sampled_from([True, True, False])),
        draw(st.sampled_from([0, 0, 0, 0, 0, 3])),
        1,
        draw(st.sampled_from([0, 0, 15])),
        tuple(draw(st.lists(st.sampled_from(stretch_ids), max_size=2))) if stretch_ids else (),
    )


@st.composite
def shows(draw: st.DrawFn, slot_id: int, stretch_ids: list[int]) -> PlannedSession:
    """A show that the public may be at too: in a room of its own, or in that of a programme."""
    start = NINE + draw(quarters) * QUARTER
    return PlannedSession(
        slot_id,
        SHOW,
        start,
        start + draw(st.integers(1, 2)) * QUARTER,
        draw(st.sampled_from([30, 30, 30, 30, 15, 9, 0])),
        draw(st.sampled_from([15, 15, 15, 11])),
        draw(st.sampled_from([None, None, None, None, None, (1, 4), (5, 7)])),
        None,
        shared=True,
        taken=draw(st.sampled_from([0, 0, 7])),
        educators=0,
        turnaround_minutes=draw(st.sampled_from([0, 15])),
        draws=tuple(draw(st.lists(st.sampled_from(stretch_ids), max_size=2))) if stretch_ids else (),
    )


@st.composite
def days(draw: st.DrawFn, drawing: bool = False) -> PlanningDay:
    """A short day whose times are quarters of an hour; with draws and entries or without."""
    stretches = [
        Stretch(1000 * number + half, room, start := NINE + half * 2 * QUARTER, start + 2 * QUARTER, draw(free))
        for number, (room, free) in enumerate(
            [
                (StretchKind.HOUSE, st.sampled_from([60, 60, 60, 30, 18])),
                (StretchKind.EXHIBITION, st.sampled_from([60, 60, 18, 9])),
            ],
            start=1,
        )
        if draw(st.booleans())
        for half in range(8)
    ]
    stretch_ids = [stretch.slot_id for stretch in stretches] if drawing else []
    seatings = tuple(
        Seating(500 + n, at("10:00") + 2 * n * QUARTER, at("10:30") + 2 * n * QUARTER, draw(places), 13)
        for n in range(draw(st.sampled_from([3, 3, 2, 0])))
    )
    entries = tuple(
        Admission(700 + n, NINE + 2 * n * QUARTER, NINE + 2 * (n + 1) * QUARTER, draw(places))
        for n in range(draw(st.sampled_from([7, 7, 3])))
        if drawing
    )
    sessions_of_shows = tuple(draw(shows(20 + n, stretch_ids)) for n in range(draw(st.sampled_from([3, 3, 2, 1, 0]))))
    return PlanningDay(
        TUESDAY,
        NINE,
        NINE + draw(st.sampled_from([16, 14, 13, 12, 11, 10, 8, 6])) * QUARTER,
        tuple(draw(sessions(slot_id, stretch_ids)) for slot_id in range(1, draw(st.integers(3, 6)) + 1))
        + sessions_of_shows,
        seatings,
        entries,
        tuple(stretches),
        14,
        Transfers(draw(st.sampled_from([0, 15]))),
        draw(st.sampled_from([None, None, 2, 1])),
    )


@st.composite
def wishes(draw: st.DrawFn, most: int = 2) -> VisitWish:
    """One group or some, who want something."""
    groups = tuple(
        Group(
            f"5{number}",
            draw(st.sampled_from([5, 8])),
            1,
            draw(st.sampled_from([4, 5])),
            draw(st.sampled_from([None, None, (1,), (2,), (2, 1)])),
            shows=draw(st.sampled_from([None, None, None, None, (), (SHOW,)])),
        )
        for number in range(draw(st.integers(1, most)))
    )
    return VisitWish(
        groups,
        draw(st.sampled_from([(1,), (2,), (1, 2)])),
        draw(st.sampled_from([0, 0, 30, 45])),
        draw(st.sampled_from([0, 0, 30, 45])),
        shows=draw(st.sampled_from([(), (SHOW,)])),
    )


@PROPERTY
@given(wishes(), st.one_of(days(), days(drawing=True)))
def test_there_is_a_plan_whenever_any_can_be_found(wish: VisitWish, day: PlanningDay) -> None:
    answer = plan_visit(wish, day)
    possible = can_be_done(wish, day, grid=15)
    event(f"possible: {possible}, with a show: {any(wish.shows_of(group) for group in wish.groups)}")
    assert bool(answer.plans) == possible, answer.reasons
    assert bool(answer.reasons) != possible
    assert all(reason.why is not NoPlanReason.OUT_OF_TIME for reason in answer.reasons)


@st.composite
def shown(draw: st.DrawFn) -> tuple[VisitWish, PlanningDay]:
    """A modest wish with a show on a day that has room for it more often than not."""
    day = draw(st.one_of(days(), days(drawing=True)))
    stretch_ids = [stretch.slot_id for stretch in day.stretches] if day.entries else []
    more = tuple(draw(shows(30 + n, stretch_ids)) for n in range(4))
    wish = replace(draw(wishes()), shows=(SHOW,), programmes=(draw(st.sampled_from([1, 2])),))
    groups = tuple(replace(group, programmes=None) for group in wish.groups)
    long_day = replace(day, departure=NINE + 16 * QUARTER, sessions=day.sessions + more, educators=None)
    return replace(wish, groups=groups, lunch_minutes=draw(st.sampled_from([0, 0, 30]))), long_day


@PROPERTY
@given(shown())
def test_a_day_with_a_show_is_found_whenever_there_is_one_and_breaks_no_rule(
    both: tuple[VisitWish, PlanningDay],
) -> None:
    wish, day = both
    answer = plan_visit(wish, day)
    possible = can_be_done(wish, day, grid=15)
    event(f"possible: {possible}")
    assert bool(answer.plans) == possible, answer.reasons
    for plan in answer.plans:
        assert breaches(plan, wish, day) == []


@PROPERTY
@given(wishes(most=3), days(drawing=True))
def test_no_plan_breaks_a_rule(wish: VisitWish, day: PlanningDay) -> None:
    answer = plan_visit(wish, day)
    event(f"plans: {len(answer.plans)}, with a show: {any(map(wish.shows_of, wish.groups))}")
    for plan in answer.plans:
        assert breaches(plan, wish, day) == []
        assert [timetable.group for timetable in plan.timetables] == list(wish.groups)


@PROPERTY
@given(wishes(most=3), days(drawing=True), days())
def test_whatever_comes_nearest_is_a_plan_too(wish: VisitWish, day: PlanningDay, other: PlanningDay) -> None:
    other = moved(other, 1)
    answer = plan_visit(wish, day, [other])
    event(f"nearest: {len(answer.nearest)}")
    for near in answer.nearest:
        assert near.changes
        holds(near, wish, day, {day.on: day, other.on: other})


@settings(PROPERTY, max_examples=60)
@given(wishes(most=3), days(), days())
def test_no_other_way_to_part_the_classes_is_less_trouble(
    wish: VisitWish, day: PlanningDay, other: PlanningDay
) -> None:
    """Against all ways there are: who comes, and whether the rest has the other day."""
    other = moved(other, 1)
    answer = plan_visit(wish, day, [other])
    if answer.plans or len(wish.groups) < 2:
        return
    parted = [near for near in answer.nearest if len(near.changes) == 1 and isinstance(near.changes[0], FewerGroups)]
    names = [group.name for group in wish.groups]
    ways = [
        (FewerGroups(tuple(coming), tuple(name for name in names if name not in coming), on),)
        for size in range(1, len(names))
        for coming in combinations(names, size)
        if can_be_done(only(wish, coming), day, 15)
        for on in [other.on if can_be_done(only(wish, set(names) - set(coming)), other, 15) else None]
    ]
    event(f"ways: {len(ways)}, the rest has a day: {any(way[0].rest_on for way in ways)}")
    assert bool(parted) == bool(ways)
    if parted:
        assert trouble(parted[0].changes, wish, day.on) == min(trouble(way, wish, day.on) for way in ways)


def only(wish: VisitWish, names: Collection[str]) -> VisitWish:
    """The wish of some of the groups."""
    return replace(wish, groups=tuple(group for group in wish.groups if group.name in names))


@settings(PROPERTY, max_examples=40)
@given(wishes(), st.one_of(days(), days(drawing=True)))
def test_the_bus_is_moved_no_further_than_it_must(wish: VisitWish, day: PlanningDay) -> None:
    """And it is moved whenever that helps. All times being quarters of an hour, so is what the bus is moved by."""
    answer = plan_visit(wish, day, search=Search(limits=Limits(later=60, earlier=60)))
    if answer.plans:
        return
    later = next((by for by in (15, 30, 45, 60) if can_be_done(wish, with_bus(day, later=by), 15)), None)
    earlier = next((by for by in (15, 30, 45, 60) if can_be_done(wish, with_bus(day, earlier=by), 15)), None)
    event(f"later {later}, earlier {earlier}")
    alone = [near.changes[0] for near in answer.nearest if len(near.changes) == 1]
    assert [change for change in alone if isinstance(change, DepartLater)] == ([DepartLater(later)] if later else [])
    moved_up = [ArriveEarlier(earlier)] if earlier else []
    assert [change for change in alone if isinstance(change, ArriveEarlier)] == moved_up


def with_bus(day: PlanningDay, later: int = 0, earlier: int = 0) -> PlanningDay:
    """The day with a bus that comes earlier or goes later by so many minutes."""
    comes, goes = day.arrival - timedelta(minutes=earlier), day.departure + timedelta(minutes=later)
    return replace(day, arrival=comes, departure=goes)


@PROPERTY
@given(wishes(), days(), st.integers(0, 5))
def test_more_places_never_make_a_plan_impossible(wish: VisitWish, day: PlanningDay, more: int) -> None:
    roomier = replace(day, sessions=tuple(replace(session, free=session.free + more) for session in day.sessions))
    assert bool(plan_visit(wish, day).plans) <= bool(plan_visit(wish, roomier).plans)
