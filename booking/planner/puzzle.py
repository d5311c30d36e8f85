"""A visit as a puzzle for OR-tools' CP-SAT: one unknown for each way to do each thing, and what they cost together.

The solver is heavy (a quarter of a second and some 70 MB to load), so it is imported when the first puzzle is made.
It gets one thread, a fixed seed and a limit of deterministic effort: the same question has the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations
from typing import TYPE_CHECKING

from booking.planner.choices import Alternative, bus_window, exhibition_hours, minutes_from, ways_of
from booking.planner.crowding import (
    limit_seatings_and_entries,
    limit_sessions,
    limit_spaces_and_educators,
    limit_stretches,
)
from booking.planner.plans import PartKind
from booking.planner.trouble import GROUP_MOVED
from booking.planner.unknowns import Need, Sum, Taker
from booking.planner.wish import PlanningDay, VisitWish

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

# What a plan costs, in minutes of one group: waiting counts most, then another sitting at lunch, then a late end.
WAITING, ANOTHER_SITTING, LATE_END = 3, 60, 1
# Wishes are bent by so many minutes at a time.
STEP = 5
# What a bent wish costs, so much that no plan can be good enough to bend it further than it must. A class that stays
# away counts as what it is at the least: one that comes another day.
BENT_MINUTE = 10_000
GROUP_AWAY = BENT_MINUTE * GROUP_MOVED


@dataclass(frozen=True, slots=True)
class Bends:
    """How far a wish may be bent, or was, in minutes; `groups`: whether some may stay away."""

    later: int = 0
    earlier: int = 0
    exhibition: int = 0
    groups: bool = False

    @property
    def minutes(self) -> int:
        """All minutes together."""
        return self.later + self.earlier + self.exhibition


UNBENT = Bends()


@dataclass(frozen=True, slots=True)
class GroupCourse:
    """What one group does: its choices, and its stay in the exhibition (from, to, entry slot)."""

    group: int
    choices: tuple[Alternative, ...]
    stay: tuple[int, int] | None
    entry: int | None


@dataclass(frozen=True, slots=True)
class Solution:
    """A solved puzzle; minutes from the wished arrival. `is_best` when nothing can cost less."""

    arrives: int
    leaves: int
    courses: tuple[GroupCourse, ...]
    bent: Bends
    cost: int
    is_best: bool


class OutOfEffort(Exception):
    """The effort was used up before there was an answer."""


class Puzzle:
    """Build it once, solve it, forbid what was found, and solve it again for the next best."""

    def __init__(self, wish: VisitWish, day: PlanningDay, bends: Bends = UNBENT) -> None:
        from ortools.sat.python import cp_model

        self._cp = cp_model
        self._model = cp_model.CpModel()
        self._wish, self._day, self._bends = wish, day, bends
        self._window = bus_window(day, bends.earlier, bends.later)
        self._leaves = self._number(0, max(0, self._window.last))
        self._earlier, self._later = self._bend(bends.earlier), self._bend(bends.later)
        self._shorter = self._bend(bends.exhibition)
        self._arrives = self._number(self._window.first, 0)
        self._model.add(self._arrives + self._earlier == 0)
        self._model.add(self._leaves - self._later <= self._window.last - bends.later)
        self._takers = [
            self._taker(people=group.people, ways=ways_of(group, wish, day, self._window)) for group in wish.groups
        ]
        for taker in self._takers:
            self._within_bus_times(taker)
            self._one_place_at_a_time(taker)
            if wish.exhibition_minutes:
                self._visit_exhibition(taker)
        limit_sessions(self._model, day, self._takers)
        limit_seatings_and_entries(self._model, day, self._takers)
        limit_stretches(self._model, day, self._takers, (self._arrives, self._leaves))
        limit_spaces_and_educators(self._model, day, self._takers)
        self._aim()

    @property
    def size(self) -> int:
        """Unknowns and limits together: what writing it down costs grows with them."""
        return len(self._model.proto.variables) + len(self._model.proto.constraints)

    def solve(self, effort: float) -> tuple[Solution | None, float]:
        """The best solution (None: there is none) and the effort used. Raises OutOfEffort.

        No limit of time: a busy machine takes longer and answers the same.
        """
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        # Measured: without linear relaxation and probing it finds better plans in a fifth of the time.
        solver.parameters.linearization_level = 0
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.max_deterministic_time = effort
        status = solver.solve(self._model)
        used = solver.response_proto.deterministic_time
        if status == self._cp.UNKNOWN:
            raise OutOfEffort
        if status == self._cp.MODEL_INVALID:
            raise ValueError(self._model.validate())
        if status == self._cp.INFEASIBLE:
            return None, used
        courses = [self._course(number, solver) for number in range(len(self._takers))]
        solution = Solution(
            solver.value(self._arrives),
            solver.value(self._leaves),
            tuple(course for course in courses if course is not None),
            Bends(solver.value(self._later), solver.value(self._earlier), solver.value(self._shorter)),
            round(solver.objective_value),
            status == self._cp.OPTIMAL,
        )
        return solution, used

    def forbid(self, solution: Solution) -> bool:
        """Ask for something else next time: not all at the same times, whoever is in which and in what room.

        False when there is nothing that could be at another time.
        """
        times = {_time_of(choice) for course in solution.courses for choice in course.choices}
        same = [
            taken
            for taker in self._takers
            for need in taker.needs
            for way, taken in zip(need.ways, need.taken, strict=True)
            if _time_of(way) in times
        ]
        if not same:
            return False
        self._model.add(sum(same) < sum(len(taker.needs) for taker in self._takers))
        return True

    def bring_one_of(self, groups: Sequence[int]) -> None:
        """Ask for a solution in which at least one of these groups comes."""
        self._model.add_bool_or([self._takers[number].here for number in groups])

    def _number(self, least: int, most: int) -> cp_model.IntVar:
        return self._model.new_int_var(least, most, "")

    def _bend(self, most: int) -> cp_model.IntVar:
        """Minutes that a bus or a stay is moved by: whole steps, since nobody orders a bus for 11:37."""
        return self._model.new_int_var_from_domain(self._cp.Domain.from_values(list(range(0, most + 1, STEP))), "")

    def _yes_no(self) -> cp_model.IntVar:
        return self._model.new_bool_var("")

    def _taker(self, people: int, ways: list[list[Alternative]]) -> Taker:
        here = self._yes_no() if self._bends.groups else self._model.new_constant(1)
        needs = [Need(way, [self._yes_no() for _ in way]) for way in ways]
        for need in needs:
            self._model.add(sum(need.taken) == here)
        return Taker(people, here, needs)

    def _walk(self, here: int | None, there: int | None) -> int:
        return self._day.transfers.minutes(here, there)

    def _within_bus_times(self, taker: Taker) -> None:
        for need in taker.needs:
            self._model.add(self._arrives <= need.start([self._walk(None, way.space_id) for way in need.ways]))
            self._model.add(self._leaves >= need.end([self._walk(way.space_id, None) for way in need.ways]))

    def _one_place_at_a_time(self, taker: Taker) -> None:
        """Whoever is in one session can only have those of the other programmes that leave time to walk."""
        for need, other in permutations(taker.needs, 2):
            for way, chosen in zip(need.ways, need.taken, strict=True):
                fitting = [
                    unknown
                    for another, unknown in zip(other.ways, other.taken, strict=True)
                    if self._follows(way, another) or self._follows(another, way)
                ]
                if len(fitting) < len(other.ways):
                    self._model.add_bool_or([~chosen, *fitting])

    def _follows(self, first: Alternative, then: Alternative) -> bool:
        return first.end + self._walk(first.space_id, then.space_id) <= then.start

    def _visit_exhibition(self, taker: Taker) -> None:
        """In one go: a class that is called away after twenty minutes has waited, not seen an exhibition."""
        model, space = self._model, self._day.exhibition_space_id
        hours = exhibition_hours(self._day, self._window)
        opens, closes = min(hours.first, hours.last, 0), max(hours.last, hours.first, 0)
        start, end = self._number(opens, closes), self._number(opens, closes)
        taker.stay = start, end
        model.add(start >= hours.first).only_enforce_if(taker.here)
        model.add(end <= hours.last).only_enforce_if(taker.here)
        model.add(end - start + self._shorter >= self._wish.exhibition_minutes).only_enforce_if(taker.here)
        model.add(start >= self._arrives + self._walk(None, space)).only_enforce_if(taker.here)
        model.add(end + self._walk(space, None) <= self._leaves).only_enforce_if(taker.here)
        for unknown in (start, end):
            model.add(unknown == 0).only_enforce_if(~taker.here)
        for need in taker.needs:
            before = self._yes_no()
            leaving = need.start([self._walk(space, way.space_id) for way in need.ways])
            coming = need.end([self._walk(way.space_id, space) for way in need.ways])
            model.add(end <= leaving).only_enforce_if([before, taker.here])
            model.add(start >= coming).only_enforce_if([~before, taker.here])
        if self._day.entries or self._day.needs_entry:
            taker.entries = {entry.slot_id: self._yes_no() for entry in self._day.entries}
            model.add(sum(taker.entries.values()) == taker.here)
        for entry in self._day.entries:
            enters = taker.entries[entry.slot_id]
            model.add(start >= self._minute(entry.starts_at, up=True)).only_enforce_if(enters)
            model.add(start < self._minute(entry.ends_at)).only_enforce_if(enters)

    def _minute(self, moment: datetime, *, up: bool = False) -> int:
        return minutes_from(self._day.arrival, moment, up=up)

    def _aim(self) -> None:
        """Bend the wish as little as can be; then little waiting, lunch together, an early end."""
        bent: Sum = BENT_MINUTE * (self._later + self._earlier + self._shorter)
        bent += GROUP_AWAY * sum(1 - taker.here for taker in self._takers)
        busy: Sum = sum(need.minutes for taker in self._takers for need in taker.needs)
        busy += sum(taker.stay[1] - taker.stay[0] for taker in self._takers if taker.stay is not None)
        waiting = len(self._takers) * (self._leaves - self._arrives) - busy
        end = len(self._takers) * self._leaves
        self._model.minimize(bent + WAITING * waiting + ANOTHER_SITTING * sum(self._sittings()) + LATE_END * end)

    def _sittings(self) -> list[cp_model.IntVar]:
        """One unknown for each time at which somebody may have lunch."""
        sittings: dict[int, cp_model.IntVar] = {}
        for taker in self._takers:
            for need in taker.needs:
                for way, taken in zip(need.ways, need.taken, strict=True):
                    if way.kind is PartKind.LUNCH:
                        sitting = sittings.setdefault(way.start, self._yes_no())
                        self._model.add_implication(taken, sitting)
        return list(sittings.values())

    def _course(self, number: int, solver: cp_model.CpSolver) -> GroupCourse | None:
        taker = self._takers[number]
        if not solver.boolean_value(taker.here):
            return None
        choices = [
            way
            for need in taker.needs
            for way, taken in zip(need.ways, need.taken, strict=True)
            if solver.boolean_value(taken)
        ]
        stay = None if taker.stay is None else (solver.value(taker.stay[0]), solver.value(taker.stay[1]))
        entry = next((slot_id for slot_id, enters in taker.entries.items() if solver.boolean_value(enters)), None)
        return GroupCourse(number, tuple(choices), stay, entry)


def _time_of(way: Alternative) -> tuple[int | None, int]:
    return way.activity_id, way.start
