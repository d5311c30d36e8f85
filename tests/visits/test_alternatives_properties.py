"""Whatever the day and the hours, what is proposed in place of a plan keeps every rule, on one's own places too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from booking.agreements.models import SchoolKind
from booking.agreements.payers import SchoolFacts
from booking.planner.missed import Hours, exhibition_of, held_in, missed, programmes_of, shows_of
from booking.planner.planner import first_plan
from booking.planner.plans import PartKind, Plan, Timetable
from booking.planner.wish import Group, PlanningDay, VisitWish
from booking.visits import alternatives
from booking.visits.models import Approval
from booking.visits.read import VisitFacts
from tests.planner.checking import breaches
from tests.planner.test_planner_properties import days, wishes

QUARTER = timedelta(minutes=15)
PROPERTY = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
SCHOOL = SchoolFacts(1, "Solbakken skole", "", "Bergen", SchoolKind.SCHOOL, "", known=True)


def booked(plan: Plan) -> VisitFacts:
    """A visit that follows the plan; the day's places are those that it would have if it gave its own back."""
    return VisitFacts(
        1, 1, SCHOOL, "", "", "", "", "", plan.arrives_at, plan.leaves_at, 2026, Approval.NOT_NEEDED, "", 0,
        plan.timetables, {}, (),
    )  # fmt: skip


def wish_behind(plan: Plan, lunch: int) -> VisitWish:
    groups = tuple(_as_planned(timetable) for timetable in plan.timetables)
    return VisitWish(groups, (), exhibition_of(plan.timetables), lunch)


def has_lunch(plan: Plan) -> bool:
    return any(part.kind is PartKind.LUNCH for timetable in plan.timetables for part in timetable.parts)


def of_rules(plan: Plan, day: PlanningDay) -> list[str]:
    """What the plan breaks; the groups are wished for as they are planned."""
    lunch = alternatives.LUNCH_MINUTES if has_lunch(plan) else 0
    planned = replace(
        plan,
        timetables=tuple(replace(timetable, group=_as_planned(timetable)) for timetable in plan.timetables),
    )
    return breaches(planned, wish_behind(plan, lunch), day)


def _as_planned(timetable: Timetable) -> Group:
    return replace(timetable.group, programmes=programmes_of(timetable), shows=shows_of(timetable))


@PROPERTY
@given(wishes(), days(), st.integers(0, 6), st.integers(0, 3))
def test_a_plan_for_other_hours_breaks_no_rule_and_says_what_is_lost(
    wish: VisitWish, day: PlanningDay, late: int, early: int
) -> None:
    wish = replace(wish, lunch_minutes=min(wish.lunch_minutes, alternatives.LUNCH_MINUTES))
    plan = first_plan(wish, day)
    if plan is None:
        return
    facts = booked(plan)
    hours = Hours(plan.arrives_at + late * QUARTER, plan.leaves_at - early * QUARTER)
    if hours.arrival >= hours.departure:
        return
    there = replace(day, arrival=hours.arrival, departure=hours.departure)
    proposals = alternatives.fitted(facts, hours, there)
    event(f"proposals: {len(proposals)}")
    for proposal in proposals:
        assert of_rules(proposal.plan, replace(there, departure=hours.departure + proposal.later)) == []
        assert proposal.missed == missed(facts.timetables, proposal.plan.timetables)
        assert proposal.plan.arrives_at == hours.arrival


@PROPERTY
@given(wishes(), days())
def test_lunch_leaves_every_session_where_it_is(wish: VisitWish, day: PlanningDay) -> None:
    plan = first_plan(replace(wish, lunch_minutes=0), day)
    if plan is None:
        return
    there = replace(day, arrival=plan.arrives_at, departure=plan.leaves_at)
    proposals = alternatives.with_lunch(booked(plan), there)
    event(f"times: {len(proposals)}")
    for proposal in proposals:
        assert has_lunch(proposal.plan)
        assert [held_slots(timetable) for timetable in proposal.plan.timetables] == [
            held_slots(timetable) for timetable in plan.timetables
        ]
        assert of_rules(proposal.plan, replace(there, departure=plan.leaves_at + proposal.later)) == []


def held_slots(timetable: Timetable) -> list[tuple[int, ...]]:
    """The sessions and shows of a class."""
    return [part.slot_ids for part in held_in(timetable)]


@PROPERTY
@given(wishes(most=1), days())
def test_one_class_more_breaks_no_rule_and_leaves_a_show_that_has_room_where_it_is(
    wish: VisitWish, day: PlanningDay
) -> None:
    wish = replace(wish, lunch_minutes=min(wish.lunch_minutes, alternatives.LUNCH_MINUTES))
    plan = first_plan(wish, day)
    if plan is None:
        return
    there = replace(day, arrival=plan.arrives_at, departure=plan.leaves_at)
    (group,) = wish.groups
    proposal = alternatives.with_one_more(booked(plan), replace(group, name="more"), there)
    event(f"found: {proposal is not None}")
    if proposal is not None:
        assert of_rules(proposal.plan, replace(there, departure=plan.leaves_at + proposal.later)) == []
        assert [held_in(timetable) != [] for timetable in proposal.plan.timetables] == [
            held_in(plan.timetables[0]) != []
        ] * 2
