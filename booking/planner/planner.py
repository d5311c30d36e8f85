"""The visit planner: plans that fit a school's wish on a day; when there is none, why, and what comes nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from booking.planner.choices import causes
from booking.planner.effort import Effort
from booking.planner.nearest import ELSEWHERE, USUAL, Limits, first_plan_of, nearest
from booking.planner.plans import NoPlanReason, Plan, PlannerAnswer, Reason
from booking.planner.puzzle import OutOfEffort
from booking.planner.timetables import written_out
from booking.planner.wish import PlanningDay, VisitWish

# Shares of the effort, in percent: the best plan, each further one.
BEST, NEXT = 40, 20


@dataclass(frozen=True, slots=True)
class Search:
    """How many plans are wanted, how far a wish may be bent, and how much effort all of it may take (see Effort)."""

    plans: int = 3
    limits: Limits = USUAL
    effort: float = 2.0


def load_solver() -> None:
    """Load what the first plan would otherwise wait for, such as when the page with the wish is opened."""
    import ortools.sat.python.cp_model  # noqa: F401  # loading it is all that is wanted


def plan_visit(
    wish: VisitWish,
    day: PlanningDay,
    others: Sequence[PlanningDay] = (),
    search: Search = Search(),
    *,
    until: Sequence[PlanningDay] = (),
) -> PlannerAnswer:
    """Plans for a day, best first; or reasons and the nearest plans, on that day or on one of the others.

    `until` are further days that would do as well, in order: then the first days that fit have a plan each, and all of
    them are searched before there is said to be none. A day that has fewer plans than are wanted gets the first of the
    others that fits beside it: it may suit better. Every plan keeps all rules of its day as they were given: its
    `wants` can be claimed at once.
    """
    if not wish.groups:
        return PlannerAnswer(())
    effort, wished = Effort(search.effort), (day, *until)
    tried = tuple(planning_day.on for planning_day in (*wished, *others))
    plans = _plans_of_days(wish, wished, search.plans, effort) if until else _plans(wish, day, search.plans, effort)
    if plans:
        beside = _beside(wish, others, effort) if others and len(plans) < search.plans else ()
        return PlannerAnswer((*plans, *beside), tried=tried)
    reasons = (Reason(NoPlanReason.OUT_OF_TIME),) if effort.ran_out else tuple(causes(wish, day))
    near_plans = nearest(wish, wished, others, search.limits, effort)
    if near_plans and not near_plans[0].changes:  # a plan that the first search had no effort to come upon
        return PlannerAnswer((near_plans[0].plan,), tried=tried, searched_all=False)
    return PlannerAnswer((), reasons, tuple(near_plans), tried, not effort.ran_out)


def first_plan(wish: VisitWish, day: PlanningDay, effort: Effort | None = None) -> Plan | None:
    """The best plan that keeps the whole wish on that very day; None when there is none, or none was found.

    Which of both, `effort.ran_out` says.
    """
    return first_plan_of(wish, day, effort or Effort(1.5))


def _plans(wish: VisitWish, day: PlanningDay, most: int, effort: Effort) -> tuple[Plan, ...]:
    """The best plan and some others, each at other times than those before."""
    if causes(wish, day)[0].why is not NoPlanReason.NOT_TOGETHER:
        return ()  # the solver has nothing to find out
    solutions = []
    try:
        puzzle = effort.puzzle(wish, day)
        solution = effort.solve(puzzle, BEST)
        while solution is not None:
            solutions.append(solution)
            if len(solutions) == most or not puzzle.forbid(solution):
                break
            solution = effort.solve(puzzle, NEXT)
    except OutOfEffort:
        pass
    return tuple(written_out(solution, wish, day) for solution in sorted(solutions, key=lambda solution: solution.cost))


def _beside(wish: VisitWish, others: Sequence[PlanningDay], effort: Effort) -> tuple[Plan, ...]:
    """The first other day that fits, if there is effort left to find one."""
    left = Effort(effort.left)
    elsewhere = (first_plan_of(wish, day, left, ELSEWHERE) for day in others)
    return tuple(islice((plan for plan in elsewhere if plan is not None), 1))


def _plans_of_days(wish: VisitWish, days: Sequence[PlanningDay], most: int, effort: Effort) -> tuple[Plan, ...]:
    """A plan for each of the first days that fit; where only one does, what else fits that day."""
    plans = (first_plan_of(wish, day, effort, ELSEWHERE) for day in days)
    fitting = tuple(islice((plan for plan in plans if plan is not None), most))
    if len(fitting) != 1:
        return fitting
    (day,) = (planning_day for planning_day in days if planning_day.on == fitting[0].on)
    return _plans(wish, day, most, effort) or fitting
