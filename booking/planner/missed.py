"""What a visit has, and what of it is lost between other hours or by another plan. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.planner.choices import MINUTE
from booking.planner.plans import Part, PartKind, Timetable
from booking.planner.wish import Transfers


@dataclass(frozen=True, slots=True)
class Missed:
    """What a group has less of: minutes of it, `whole` when it is gone."""

    group: str
    kind: PartKind
    activity_id: int | None
    minutes: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Hours:
    """When the visit comes and goes now."""

    arrival: datetime
    departure: datetime


def still_holds(timetables: Sequence[Timetable], hours: Hours) -> bool:
    """Whether everything that was planned fits between these hours as it stands."""
    return all(fits(part, hours) for timetable in timetables for part in timetable.parts)


def out_of_reach(timetables: Sequence[Timetable], hours: Hours) -> tuple[Missed, ...]:
    """What of the plan as it stands cannot be had between these hours."""
    return tuple(
        Missed(timetable.group.name, part.kind, part.activity_id, (part.ends_at - part.starts_at) // MINUTE, True)
        for timetable in timetables
        for part in timetable.parts
        if not fits(part, hours)
    )


def programmes_of(timetable: Timetable) -> tuple[int, ...]:
    """The activities that a group takes part in, in order."""
    return timetable.held(PartKind.PROGRAMME)


def shows_of(timetable: Timetable) -> tuple[int, ...]:
    """The shows that a group sees, in order."""
    return timetable.held(PartKind.SHOW)


def held_in(timetable: Timetable) -> list[Part]:
    """The programmes and shows of a group, in order."""
    return [part for part in timetable.parts if part.kind in (PartKind.PROGRAMME, PartKind.SHOW)]


def exhibition_of(timetables: Sequence[Timetable]) -> int:
    """Minutes that every group has in the exhibition at least."""
    return min((minutes_of(timetable, PartKind.EXHIBITION) for timetable in timetables), default=0)


def missed(before: Sequence[Timetable], after: Sequence[Timetable]) -> tuple[Missed, ...]:
    """What each group had before and has no more, or has less of."""
    now = {timetable.group.name: timetable for timetable in after}
    lost: list[Missed] = []
    for timetable in before:
        then = now.get(timetable.group.name)
        kept = {part.activity_id for part in held_in(then)} if then else set()
        lost += [
            Missed(timetable.group.name, part.kind, part.activity_id, (part.ends_at - part.starts_at) // MINUTE, True)
            for part in held_in(timetable)
            if part.activity_id not in kept
        ]
        for kind in (PartKind.LUNCH, PartKind.EXHIBITION):
            had, has = minutes_of(timetable, kind), minutes_of(then, kind) if then else 0
            if has < had and (has == 0 or kind is PartKind.EXHIBITION):
                lost.append(Missed(timetable.group.name, kind, None, had - has, has == 0))
    return tuple(lost)


def fits(part: Part, hours: Hours) -> bool:
    """Whether it can be had between these hours, walking from and to the bus included."""
    walk = Transfers().default * MINUTE
    return hours.arrival + walk <= part.starts_at and part.ends_at + walk <= hours.departure


def sessions_of(timetable: Timetable) -> list[Part]:
    """The programmes of a group, in order."""
    return [part for part in timetable.parts if part.kind is PartKind.PROGRAMME]


def minutes_of(timetable: Timetable, kind: PartKind) -> int:
    """How long a group has something of a kind."""
    return sum((part.ends_at - part.starts_at) // MINUTE for part in timetable.parts if part.kind is kind)
