"""The visit planner: plans that fit a school's wish on a day; when there is none, why, and what comes nearest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from time import monotonic

from booking.schools.choices import causes
from booking.schools.plans import (
    AnotherDay,
    Answer,
    ArriveEarlier,
    Change,
    DepartLater,
    FewerGroups,
    Nearest,
    Plan,
    Reason,
    ShorterExhibition,
    Why,
    WithoutLunch,
)
from booking.schools.puzzle import UNBENT, Bends, OutOfTime, Puzzle, Solution
from booking.schools.timetables import written_out
from booking.schools.visit import Day, Wish

# What a change is worth in minutes of trouble, to put the nearest first.
NO_LUNCH, OTHER_DAY, EACH_DAY_AWAY, GROUP_MOVED, GROUP_WITHOUT_DAY = 60, 90, 2, 60, 120

# Shares of the effort, in percent: the best plan, each further one, each bent wish, each other day.
BEST, NEXT, BENT, ELSEWHERE = 40, 20, 12, 8


@dataclass(frozen=True, slots=True)
class Search:
    """How many plans and other days are wanted, how far a wish may be bent (minutes), how long it may all take.

    Effort is the solver's own deterministic measure, roughly a second for each 1.0: within it the same
    question has the same answer. `seconds` is the limit for a machine that is slower than that.
    """

    plans: int = 3
    days: int = 3
    later: int = 120
    earlier: int = 60
    least_exhibition: int = 15
    effort: float = 0.35
    seconds: float = 0.8


class _Budget:
    """What is left of the effort and of the time."""

    def __init__(self, search: Search) -> None:
        self._whole = self._effort = search.effort
        self._until = monotonic() + search.seconds

    def puzzle(self, wish: Wish, day: Day, bends: Bends = UNBENT) -> Puzzle:
        """A puzzle to solve, unless there is nothing left to solve it with. Raises OutOfTime."""
        self._check()
        return Puzzle(wish, day, bends)

    def solve(self, puzzle: Puzzle, share: int) -> Solution | None:
        """Solve with at most so many percent of what was there at first. Raises OutOfTime."""
        self._check()
        effort = min(self._whole * share / 100, self._effort)
        try:
            solution, used = puzzle.solve(effort, self._until - monotonic())
        except OutOfTime:
            self._effort -= effort
            raise
        self._effort -= used
        return solution

    def _check(self) -> None:
        if self._effort <= 0 or self._until <= monotonic():
            raise OutOfTime


def load_solver() -> None:
    """Load what the first plan would otherwise wait for, such as when the page with the wish is opened."""
    import ortools.sat.python.cp_model  # noqa: F401  # loading it is all that is wanted


def plan_visit(wish: Wish, day: Day, others: Sequence[Day] = (), search: Search = Search()) -> Answer:
    """Plans for a day, best first; or reasons and the nearest plans, on that day or on one of the others.

    Every plan keeps all rules of its day as they were given: its `wants` can be claimed at once.
    """
    if not wish.groups:
        return Answer(())
    load_solver()  # before the time starts to run
    budget = _Budget(search)
    reasons = causes(wish, day)
    if reasons[0].why is Why.NOT_TOGETHER:  # else the solver has nothing to find out
        try:
            plans = _plans(wish, day, search.plans, budget)
        except OutOfTime:
            reasons = [Reason(Why.OUT_OF_TIME)]
        else:
            if plans:
                return Answer(plans)
    found = sorted(_nearest(wish, day, others, search, budget), key=lambda one: _trouble(one, wish, day.on))
    if found and not found[0].changes:  # a plan that the first search had no time to come upon
        return Answer((found[0].plan,))
    return Answer((), tuple(reasons), tuple(found))


def first_plan(wish: Wish, day: Day, effort: float = 0.12, seconds: float = 0.4) -> Plan | None:
    """The best plan that keeps the whole wish on that very day; None when there is none, or none was found in time."""
    load_solver()
    return _first_plan(wish, day, _Budget(Search(effort=effort * 100 / ELSEWHERE, seconds=seconds)))


def _plans(wish: Wish, day: Day, most: int, budget: _Budget) -> tuple[Plan, ...]:
    """The best plan and some others, each at other times than those before. Raises OutOfTime without a first one."""
    puzzle = budget.puzzle(wish, day)
    solution = budget.solve(puzzle, BEST)
    found = []
    while solution is not None:
        found.append(solution)
        if len(found) == most or not puzzle.forbid(solution):
            break
        try:
            solution = budget.solve(puzzle, NEXT)
        except OutOfTime:
            break
    return tuple(written_out(one, wish, day) for one in sorted(found, key=lambda one: one.cost))


def _nearest(wish: Wish, day: Day, others: Sequence[Day], search: Search, budget: _Budget) -> list[Nearest]:
    """What one changed thing comes to, the likeliest to help first; several changed only when no single one helps."""
    found = list(_first_of_each(_bent_first(wish, search), wish, day, others, budget))
    elsewhere = islice(_plans_elsewhere(wish, day, others, budget), search.days)
    found += [Nearest((AnotherDay(plan.on),), plan) for plan in elsewhere]
    found += _first_of_each(_bent_then(wish, search), wish, day, others, budget)
    return found or list(islice(_first_of_each(_bent_often(wish, search), wish, day, others, budget), 1))


def _first_of_each(
    bent: Iterator[list[tuple[Wish, Bends]]], wish: Wish, day: Day, others: Sequence[Day], budget: _Budget
) -> Iterator[Nearest]:
    """Of each list of ways to bend a wish, the first that helps."""
    for ways in bent:
        tries = (_try(way, bends, wish, day, others, budget) for way, bends in ways)
        near = next((one for one in tries if one is not None), None)
        if near is not None:
            yield near


def _bent_first(wish: Wish, search: Search) -> Iterator[list[tuple[Wish, Bends]]]:
    yield [(wish, Bends(later=search.later))]
    if len(wish.groups) > 1:
        yield [(wish, Bends(groups=True))]


def _bent_then(wish: Wish, search: Search) -> Iterator[list[tuple[Wish, Bends]]]:
    if wish.lunch_minutes:
        yield [(replace(wish, lunch_minutes=0), UNBENT)]
    if wish.exhibition_minutes:
        shorter = Bends(exhibition=max(0, wish.exhibition_minutes - search.least_exhibition))
        bare = [(replace(wish, exhibition_minutes=0), UNBENT)] if _has_programmes(wish) else []
        yield [(wish, shorter), *bare]
    yield [(wish, Bends(earlier=search.earlier))]


def _bent_often(wish: Wish, search: Search) -> Iterator[list[tuple[Wish, Bends]]]:
    """Ever more bent: the bus both ways, then the exhibition, then lunch, then the groups."""
    bus = Bends(later=search.later, earlier=search.earlier)
    both = replace(bus, exhibition=max(0, wish.exhibition_minutes - search.least_exhibition))
    bare = replace(wish, lunch_minutes=0)
    yield [(wish, bus)]
    yield [(wish, both)]
    yield [(bare, both)]
    if len(wish.groups) > 1:
        yield [(bare, replace(both, groups=True))]


def _has_programmes(wish: Wish) -> bool:
    """Whether every group has something besides exhibition and lunch to come for."""
    return all(wish.programmes_of(group) for group in wish.groups)


def _try(bent: Wish, bends: Bends, wish: Wish, day: Day, others: Sequence[Day], budget: _Budget) -> Nearest | None:
    """The plan for a bent wish, and how it differs from what was wished; None when it helps nothing."""
    try:
        solution = budget.solve(budget.puzzle(bent, day, bends), BENT)
    except OutOfTime:
        return None
    if solution is None or not solution.courses:
        return None
    coming = {course.group for course in solution.courses}
    changes: list[Change] = []
    if solution.bent.later:
        changes.append(DepartLater(solution.bent.later))
    if solution.bent.earlier:
        changes.append(ArriveEarlier(solution.bent.earlier))
    if wish.lunch_minutes and not bent.lunch_minutes:
        changes.append(WithoutLunch())
    exhibition = bent.exhibition_minutes - solution.bent.exhibition
    if exhibition < wish.exhibition_minutes:
        changes.append(ShorterExhibition(exhibition))
    if len(coming) == len(wish.groups):
        return Nearest(tuple(changes), written_out(solution, bent, day))
    staying = tuple(group for number, group in enumerate(wish.groups) if number not in coming)
    rest = next(_plans_elsewhere(replace(wish, groups=staying), day, others, budget), None)
    names = tuple(group.name for number, group in enumerate(wish.groups) if number in coming)
    changes.append(FewerGroups(names, tuple(group.name for group in staying), rest.on if rest else None))
    return Nearest(tuple(changes), written_out(solution, bent, day), rest)


def _plans_elsewhere(wish: Wish, day: Day, others: Sequence[Day], budget: _Budget) -> Iterator[Plan]:
    for other in sorted(others, key=lambda one: (abs(one.on - day.on), one.on)):
        plan = _first_plan(wish, other, budget)
        if plan is not None:
            yield plan


def _first_plan(wish: Wish, day: Day, budget: _Budget) -> Plan | None:
    if causes(wish, day)[0].why is not Why.NOT_TOGETHER:
        return None
    try:
        solution = budget.solve(budget.puzzle(wish, day), ELSEWHERE)
    except OutOfTime:
        return None
    return None if solution is None else written_out(solution, wish, day)


def _trouble(near: Nearest, wish: Wish, wished: date) -> int:
    return sum(_trouble_of(change, wish, wished) for change in near.changes)


def _trouble_of(change: Change, wish: Wish, wished: date) -> int:
    match change:
        case DepartLater(minutes) | ArriveEarlier(minutes):
            return minutes
        case WithoutLunch():
            return NO_LUNCH
        case ShorterExhibition(minutes):
            return wish.exhibition_minutes - minutes
        case AnotherDay(on):
            return OTHER_DAY + EACH_DAY_AWAY * abs((on - wished).days)
        case FewerGroups(_, rest, on):
            return len(rest) * (GROUP_MOVED if on else GROUP_WITHOUT_DAY)
