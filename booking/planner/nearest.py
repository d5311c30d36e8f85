"""What comes nearest to a wish that nothing fits: one thing bent, another day, some classes on another day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from booking.planner.choices import causes
from booking.planner.effort import Effort
from booking.planner.plans import (
    AnotherDay,
    ArriveEarlier,
    Change,
    DepartLater,
    FewerGroups,
    Nearest,
    NoPlanReason,
    Plan,
    ShorterExhibition,
    WithoutLunch,
    WithoutShow,
)
from booking.planner.puzzle import UNBENT, Bends, OutOfEffort, Puzzle, Solution
from booking.planner.timetables import written_out
from booking.planner.trouble import GROUP_MOVED, trouble
from booking.planner.wish import PlanningDay, VisitWish

# Shares of the effort, in percent: each bent wish, each other day.
BENT, ELSEWHERE = 12, 8


@dataclass(frozen=True, slots=True)
class Limits:
    """How many other days are wanted, and how far a wish may be bent (minutes)."""

    days: int = 3
    later: int = 120
    earlier: int = 60
    least_exhibition: int = 15


USUAL = Limits()


def nearest(
    wish: VisitWish, wished: Sequence[PlanningDay], others: Sequence[PlanningDay], limits: Limits, effort: Effort
) -> list[Nearest]:
    """What one changed thing comes to; several changed only when no single one helps. The least trouble first.

    `wished` are days that would do equally well, `others` days that were not asked for.
    """
    first = wished[0].on
    search = _Search(wish, wished, others, limits, effort)
    near_plans = [near for ways in _ways(wish, limits) if (near := search.first_of(ways)) is not None]
    near_plans += search.elsewhere()
    near_plans += search.split(UNBENT)
    if not near_plans:
        near_plans = search.bent_often()
    return sorted(near_plans, key=lambda near: trouble(near.changes, wish, first))


def first_plan_of(wish: VisitWish, day: PlanningDay, effort: Effort, share: int = ELSEWHERE) -> Plan | None:
    """The best plan that keeps the whole wish on that very day; None when there is none, or none was found."""
    if causes(wish, day)[0].why is not NoPlanReason.NOT_TOGETHER:
        return None  # the solver has nothing to find out
    try:
        solution = effort.solve(effort.puzzle(wish, day), share)
    except OutOfEffort:
        return None
    return None if solution is None else written_out(solution, wish, day)


class _Search:
    """One wish that nothing fits, and what there is to look through."""

    def __init__(
        self,
        wish: VisitWish,
        wished: Sequence[PlanningDay],
        others: Sequence[PlanningDay],
        limits: Limits,
        effort: Effort,
    ) -> None:
        self._wish, self._wished, self._limits, self._effort = wish, wished, limits, effort
        first = wished[0].on
        self._others = sorted(others, key=lambda other: (abs(other.on - first), other.on))

    def first_of(self, ways: Sequence[tuple[VisitWish, Bends]]) -> Nearest | None:
        """The first way to bend the wish that helps, on the first wished day on which it does."""
        tries = (self._bent(bent, bends, day) for bent, bends in ways for day in self._wished)
        return next((near for near in tries if near is not None), None)

    def elsewhere(self) -> list[Nearest]:
        """The whole wish on other days; where none has room for it, with the bus at other times."""
        plans = (first_plan_of(self._wish, other, self._effort) for other in self._others)
        near_plans = [
            Nearest((AnotherDay(plan.on),), plan)
            for plan in islice((plan for plan in plans if plan is not None), self._limits.days)
        ]
        if near_plans:
            return near_plans
        bus = Bends(later=self._limits.later, earlier=self._limits.earlier)
        bent = (self._bent(self._wish, bus, other) for other in self._others)
        return [
            replace(near, changes=(AnotherDay(near.plan.on), *near.changes))
            for near in islice((near for near in bent if near is not None), self._limits.days)
        ]

    def split(self, bends: Bends, bent: VisitWish | None = None) -> list[Nearest]:
        """Some classes on a wished day and the rest on another: what gives least trouble of all."""
        if len(self._wish.groups) < 2:
            return []
        near_plans = [
            near for day in self._wished if (near := self._split_on(day, bends, bent or self._wish)) is not None
        ]
        return [min(near_plans, key=self._trouble)] if near_plans else []

    def bent_often(self) -> list[Nearest]:
        """Ever more bent: the bus both ways, then the exhibition, then the show, then lunch, then the classes."""
        bus = Bends(later=self._limits.later, earlier=self._limits.earlier)
        both = replace(bus, exhibition=max(0, self._wish.exhibition_minutes - self._limits.least_exhibition))
        plain = _without_shows(self._wish)
        bare = replace(plain, lunch_minutes=0)
        for ways in ([(self._wish, bus)], [(self._wish, both)], [(plain, both)], [(bare, both)]):
            near = self.first_of(ways)
            if near is not None:
                return [near]
        return self.split(both, bare)

    def _bent(self, bent: VisitWish, bends: Bends, day: PlanningDay) -> Nearest | None:
        try:
            solution = self._effort.solve(self._effort.puzzle(bent, day, bends), BENT)
        except OutOfEffort:
            return None
        if solution is None or not solution.courses:
            return None
        return Nearest(self._changes(solution, bent), written_out(solution, bent, day))

    def _split_on(self, day: PlanningDay, bends: Bends, bent: VisitWish) -> Nearest | None:
        """Each way to part the classes, the fewest away first, until no other can give less trouble.

        Who may come together may come in part too, and where the rest has no day a larger rest has none either: so of
        each way that was judged, the parts need no look.
        """
        best: Nearest | None = None
        try:
            puzzle = self._effort.puzzle(bent, day, replace(bends, groups=True))
            while (solution := self._effort.solve(puzzle, BENT)) is not None and solution.courses:
                least = len(self._staying(solution)) * GROUP_MOVED + solution.bent.minutes
                if best is not None and least >= self._trouble(best):
                    break
                near = self._parted(solution, bent, day)
                if best is None or self._trouble(near) < self._trouble(best):
                    best = near
                if not self._ask_for_others(puzzle, solution):
                    break
        except OutOfEffort:
            pass
        return best

    def _parted(self, solution: Solution, bent: VisitWish, day: PlanningDay) -> Nearest:
        """The classes of a solution on this day, the rest with their whole wish on the nearest day that has room."""
        changes, staying = self._changes(solution, bent), self._staying(solution)
        plan = written_out(solution, bent, day)
        if not staying:
            return Nearest(changes, plan)
        rest_wish = replace(self._wish, groups=tuple(self._wish.groups[number] for number in staying))
        days = [other for other in (*self._wished, *self._others) if other.on != day.on]
        plans = (first_plan_of(rest_wish, other, self._effort) for other in days)
        rest = next((plan for plan in plans if plan is not None), None)
        coming = tuple(group.name for number, group in enumerate(self._wish.groups) if number not in staying)
        away = FewerGroups(coming, tuple(group.name for group in rest_wish.groups), rest.on if rest else None)
        return Nearest((*changes, away), plan, rest)

    def _ask_for_others(self, puzzle: Puzzle, solution: Solution) -> bool:
        """Next time somebody comes who stays away now. False when nobody does."""
        staying = self._staying(solution)
        if staying:
            puzzle.bring_one_of(staying)
        return bool(staying)

    def _staying(self, solution: Solution) -> tuple[int, ...]:
        coming = {course.group for course in solution.courses}
        return tuple(number for number in range(len(self._wish.groups)) if number not in coming)

    def _changes(self, solution: Solution, bent: VisitWish) -> tuple[Change, ...]:
        """How a solution of a bent wish differs from what was wished, but for the classes."""
        changes: list[Change] = []
        if solution.bent.later:
            changes.append(DepartLater(solution.bent.later))
        if solution.bent.earlier:
            changes.append(ArriveEarlier(solution.bent.earlier))
        if self._wish.lunch_minutes and not bent.lunch_minutes:
            changes.append(WithoutLunch())
        if _has_shows(self._wish) and not _has_shows(bent):
            changes.append(WithoutShow())
        exhibition = bent.exhibition_minutes - solution.bent.exhibition
        if exhibition < self._wish.exhibition_minutes:
            changes.append(ShorterExhibition(exhibition))
        return tuple(changes)

    def _trouble(self, near: Nearest) -> int:
        return trouble(near.changes, self._wish, self._wished[0].on)


def _ways(wish: VisitWish, limits: Limits) -> Iterator[list[tuple[VisitWish, Bends]]]:
    """For each single thing, the ways to bend it, the mildest first."""
    yield [(wish, Bends(later=limits.later))]
    yield [(wish, Bends(earlier=limits.earlier))]
    if wish.lunch_minutes:
        yield [(replace(wish, lunch_minutes=0), UNBENT)]
    if _has_shows(wish):
        yield [(_without_shows(wish), UNBENT)]
    if wish.exhibition_minutes:
        shorter = Bends(exhibition=max(0, wish.exhibition_minutes - limits.least_exhibition))
        bare = [(replace(wish, exhibition_minutes=0), UNBENT)] if _has_programmes(wish) else []
        yield [(wish, shorter), *bare]


def _has_shows(wish: VisitWish) -> bool:
    return any(wish.shows_of(group) for group in wish.groups)


def _without_shows(wish: VisitWish) -> VisitWish:
    groups = tuple(replace(group, shows=None) for group in wish.groups)
    return replace(wish, groups=groups, shows=()) if _has_shows(wish) else wish


def _has_programmes(wish: VisitWish) -> bool:
    """Whether every group has something besides exhibition and lunch to come for."""
    return all(wish.programmes_of(group) for group in wish.groups)
