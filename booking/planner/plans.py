"""What the planner answers: plans to choose from, or why there is none and what comes nearest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from booking.capacity.places import Want
from booking.planner.wish import Group


class PartKind(StrEnum):
    """What a group does for a while."""

    PROGRAMME = "programme"
    LUNCH = "lunch"
    EXHIBITION = "exhibition"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing on a group's timetable, and the slots it takes places in by name (draws are not repeated)."""

    kind: PartKind
    slot_ids: tuple[int, ...]
    starts_at: datetime
    ends_at: datetime
    activity_id: int | None = None
    space_id: int | None = None

    @property
    def has_own_slot(self) -> bool:
        """Whether its (first) slot is one that tickets are written for; of the exhibition only an entry is."""
        return bool(self.slot_ids) and (self.kind is not PartKind.EXHIBITION or self.activity_id is not None)


@dataclass(frozen=True, slots=True)
class Timetable:
    """The day of one group, in order of time. `waiting_minutes` is what no part fills, walking included.

    `claims` are all the slots that the group takes places in, the stretches of the house among them.
    """

    group: Group
    parts: tuple[Part, ...]
    waiting_minutes: int
    claims: tuple[int, ...] = ()

    @property
    def taught(self) -> Group:
        """The group with the programmes that it has here, and whether it eats here."""
        parts = [part for part in self.parts if part.kind is PartKind.PROGRAMME]
        ids = tuple(part.activity_id for part in parts if part.activity_id is not None)
        return replace(self.group, programmes=ids, eats=any(part.kind is PartKind.LUNCH for part in self.parts))


@dataclass(frozen=True, slots=True)
class Plan:
    """A day for all groups. `wants` are to be taken all at once or not at all."""

    on: date
    arrives_at: datetime
    leaves_at: datetime
    timetables: tuple[Timetable, ...]
    wants: tuple[Want, ...]
    is_best: bool  # proved the best of its kind, not only the best found in time

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups, each with the programmes and the lunch that it has that day: what they cost depends on it."""
        return tuple(timetable.taught for timetable in self.timetables)

    @property
    def waiting_minutes(self) -> int:
        """Waiting of all groups together."""
        return sum(timetable.waiting_minutes for timetable in self.timetables)

    @property
    def lunch_sittings(self) -> int:
        """At how many different times the groups have lunch: 1 is all together."""
        return len(
            {part.starts_at for timetable in self.timetables for part in timetable.parts if part.kind is PartKind.LUNCH}
        )


class Distinction(StrEnum):
    """What one plan has before all others that are shown with it."""

    HOME_FIRST = "home_first"
    LATEST_START = "latest_start"
    LEAST_WAITING = "least_waiting"
    LUNCH_TOGETHER = "lunch_together"
    OTHER_DAY = "other_day"


def distinctions(plans: Sequence[Plan]) -> list[tuple[Distinction, ...]]:
    """What each plan has before the others, in the order of the plans; nothing where there is nothing to choose.

    Those of the first plan's day are compared with each other by the clock; one of another day is told for its day.
    """
    same_day = [plan for plan in plans if plan.on == plans[0].on]
    several_eat = [plan for plan in same_day if plan.lunch_sittings]

    def told(plan: Plan) -> Iterator[Distinction]:
        if plan.on != plans[0].on:
            yield Distinction.OTHER_DAY
            return
        if _is_least(plan, same_day, lambda other: other.leaves_at.timestamp()):
            yield Distinction.HOME_FIRST
        if _is_least(plan, same_day, lambda other: -other.arrives_at.timestamp()):
            yield Distinction.LATEST_START
        if _is_least(plan, same_day, lambda other: other.waiting_minutes):
            yield Distinction.LEAST_WAITING
        if plan.lunch_sittings and _is_least(plan, several_eat, lambda other: other.lunch_sittings):
            yield Distinction.LUNCH_TOGETHER

    return [tuple(told(plan)) for plan in plans]


def _is_least(plan: Plan, plans: Sequence[Plan], measure: Callable[[Plan], float]) -> bool:
    """Whether it measures less than each of the others, of which there is one at least."""
    others = [other for other in plans if other is not plan]
    return bool(others) and all(measure(plan) < measure(other) for other in others)


def wants_by_group(groups: Sequence[tuple[int, Sequence[int]]]) -> tuple[Want, ...]:
    """All places that groups take together, from each one's people and slots; a group is a party, in the house once."""
    parties: dict[int, dict[str, int]] = {}
    for number, (people, slot_ids) in enumerate(groups):
        for slot_id in slot_ids:
            parties.setdefault(slot_id, {})[str(number)] = people
    return tuple(Want(slot_id, sum(sizes.values()), sizes) for slot_id, sizes in sorted(parties.items()))


@dataclass(frozen=True, slots=True)
class DepartLater:
    """The bus goes so many minutes later."""

    minutes: int


@dataclass(frozen=True, slots=True)
class ArriveEarlier:
    """The bus comes so many minutes earlier."""

    minutes: int


@dataclass(frozen=True, slots=True)
class WithoutLunch:
    """No lunch room."""


@dataclass(frozen=True, slots=True)
class ShorterExhibition:
    """Only so many minutes of exhibition; 0 is none."""

    minutes: int


@dataclass(frozen=True, slots=True)
class FewerGroups:
    """Some groups that day, the rest on another: `rest_on` says which, None that no candidate day has room."""

    groups: tuple[str, ...]
    rest: tuple[str, ...]
    rest_on: date | None


@dataclass(frozen=True, slots=True)
class AnotherDay:
    """All that was wished, on another of the candidate days."""

    on: date


Change = DepartLater | ArriveEarlier | WithoutLunch | ShorterExhibition | FewerGroups | AnotherDay


@dataclass(frozen=True, slots=True)
class Nearest:
    """What would have to change, and a plan that then fits; `rest` is the plan of those who come another day."""

    changes: tuple[Change, ...]
    plan: Plan
    rest: Plan | None = None


class NoPlanReason(StrEnum):
    """Why there is no plan. The first that holds for a group and its programme is told."""

    NOT_OFFERED = "not_offered"  # no session of the programme that day
    NOT_ON_SALE = "not_on_sale"  # not yet: it opens `opens_at`; of no activity, the exhibition
    WRONG_GRADE = "wrong_grade"
    WRONG_LANGUAGE = "wrong_language"
    TOO_FEW_PLACES = "too_few_places"  # `most` is the largest group that any session takes
    OUTSIDE_BUS_TIMES = "outside_bus_times"
    NO_ENTRY = "no_entry"  # nobody can enter the exhibition: it is closed or full
    NO_LUNCH = "no_lunch"  # no seating within the bus times has places for the group
    NO_TIME = "no_time"  # the exhibition does not fit in between arrival and departure
    NOT_TOGETHER = "not_together"  # each part fits by itself, but not all of them together
    OUT_OF_TIME = "out_of_time"  # the search ended before it knew


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause, for a group and an activity where it has to do with them."""

    why: NoPlanReason
    group: str | None = None
    activity_id: int | None = None
    most: int | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlannerAnswer:
    """Either plans, best first; or reasons, and what comes nearest, least change first.

    `tried` are the days that were looked at; `searched_all` False when the search met its limit, so that there may be
    more than was found.
    """

    plans: tuple[Plan, ...]
    reasons: tuple[Reason, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    tried: tuple[date, ...] = ()
    searched_all: bool = True
