"""The ways in which one group can have one thing: each at a fixed time in fixed slots; and why there may be none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.planner.plans import NoPlanReason, PartKind, Reason
from booking.planner.wish import Group, PlannedSession, PlanningDay, Seating, StretchKind, VisitWish

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to do one thing. Minutes are counted from the wished arrival."""

    kind: PartKind
    slot_ids: tuple[int, ...]
    start: int
    end: int
    space_id: int | None
    activity_id: int | None
    draws: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when the groups can be in the house at the most, in minutes from the wished arrival."""

    first: int
    last: int


def minutes_from(origin: datetime, moment: datetime, *, up: bool = False) -> int:
    """Whole minutes from `origin`; `up` rounds a broken one up instead of down."""
    return -((origin - moment) // MINUTE) if up else (moment - origin) // MINUTE


def bus_window(day: PlanningDay, earlier: int = 0, later: int = 0) -> Window:
    """From arrival to departure, and so many minutes before and after."""
    return Window(-earlier, minutes_from(day.arrival, day.departure) + later)


def ways_of(group: Group, wish: VisitWish, day: PlanningDay, window: Window) -> list[list[Alternative]]:
    """For each thing that the group wants besides the exhibition, the ways that fit by themselves."""
    needs = [programme_ways(activity_id, group, wish, day, window) for activity_id in wish.programmes_of(group)]
    if wish.lunch_minutes:
        needs.append(lunch_ways(group, wish, day, window))
    return needs


def programme_ways(
    activity_id: int, group: Group, wish: VisitWish, day: PlanningDay, window: Window
) -> list[Alternative]:
    """The sessions of a programme that the group can be in, in order of time."""
    ways = [
        _session_choice(session, day)
        for session in sorted(day.sessions, key=lambda session: (session.starts_at, session.slot_id))
        if session.activity_id == activity_id and why_not(session, group, wish) is None
    ]
    return [way for way in ways if _in_time(way, day, window)]


def lunch_ways(group: Group, wish: VisitWish, day: PlanningDay, window: Window) -> list[Alternative]:
    """The lunches that the group can have: each begins with a seating and goes on through the next of that room."""
    ways = []
    seatings = sorted(day.seatings, key=lambda seating: (seating.starts_at, seating.slot_id))
    for first in seatings:
        taken = _seatings_from(first, seatings, wish.lunch_minutes)
        if taken and all(seating.free >= group.people for seating in taken):
            start = minutes_from(day.arrival, first.starts_at)
            draws = tuple(slot_id for seating in taken for slot_id in seating.draws)
            slot_ids = tuple(seating.slot_id for seating in taken)
            ways.append(
                Alternative(PartKind.LUNCH, slot_ids, start, start + wish.lunch_minutes, first.space_id, None, draws)
            )
    return [way for way in ways if _in_time(way, day, window)]


def why_not(session: PlannedSession, group: Group, wish: VisitWish) -> NoPlanReason | None:
    """What keeps a group out of a session whatever the time; None when nothing does."""
    if session.grades is not None and not session.grades[0] <= group.grade <= session.grades[1]:
        return NoPlanReason.WRONG_GRADE
    if None not in (wish.language, session.language) and wish.language != session.language:
        return NoPlanReason.WRONG_LANGUAGE
    if session.free < group.people or (session.taken and not session.shared):
        return NoPlanReason.TOO_FEW_PLACES
    return None


def exhibition_hours(day: PlanningDay, window: Window) -> Window:
    """When the exhibition can be visited: as long as it, or else the house, has stretches while it is open.

    Without any stretches, always.
    """
    if day.opening is not None:
        first, last = minutes_from(day.arrival, day.opening[0], up=True), minutes_from(day.arrival, day.opening[1])
        window = Window(max(window.first, first), min(window.last, last))
    for room in (StretchKind.EXHIBITION, StretchKind.HOUSE):
        stretches = [stretch for stretch in day.stretches if stretch.room is room]
        if stretches:
            opens = min(minutes_from(day.arrival, stretch.starts_at, up=True) for stretch in stretches)
            closes = max(minutes_from(day.arrival, stretch.ends_at) for stretch in stretches)
            return Window(max(opens, window.first), min(closes, window.last))
    return window


def causes(wish: VisitWish, day: PlanningDay) -> list[Reason]:
    """What stands in the way of single groups and things; NOT_TOGETHER when each by itself would fit."""
    window = bus_window(day)
    reasons = [
        reason
        for group in wish.groups
        for activity_id in wish.programmes_of(group)
        if (reason := _programme_cause(activity_id, group, wish, day, window)) is not None
    ]
    if wish.lunch_minutes:
        reasons += [
            Reason(NoPlanReason.NO_LUNCH, group.name)
            for group in wish.groups
            if not lunch_ways(group, wish, day, window)
        ]
    if wish.exhibition_minutes and day.needs_entry:
        reasons += [_entry_cause(group, day) for group in wish.groups if not _can_enter(group, day)]
    hours = exhibition_hours(day, window)
    if wish.exhibition_minutes and wish.exhibition_minutes > hours.last - hours.first:
        reasons.append(Reason(NoPlanReason.NO_TIME))
    return reasons or [Reason(NoPlanReason.NOT_TOGETHER)]


def _can_enter(group: Group, day: PlanningDay) -> bool:
    return any(entry.free >= group.people and entry.starts_at < day.departure for entry in day.entries)


def _entry_cause(group: Group, day: PlanningDay) -> Reason:
    if not day.entries and day.opens:
        return Reason(NoPlanReason.NOT_ON_SALE, group.name, opens_at=max(day.opens.values()))
    return Reason(NoPlanReason.NO_ENTRY, group.name)


def _programme_cause(
    activity_id: int, group: Group, wish: VisitWish, day: PlanningDay, window: Window
) -> Reason | None:
    """What hinders the sessions that suit best: a wrong time is told before few places, those before grades."""
    if programme_ways(activity_id, group, wish, day, window):
        return None
    sessions = [session for session in day.sessions if session.activity_id == activity_id]
    if not sessions:
        opens_at = day.opens.get(activity_id)
        why = NoPlanReason.NOT_OFFERED if opens_at is None else NoPlanReason.NOT_ON_SALE
        return Reason(why, group.name, activity_id, opens_at=opens_at)
    hindrances = {why_not(session, group, wish) for session in sessions}
    if None in hindrances:
        return Reason(NoPlanReason.OUTSIDE_BUS_TIMES, group.name, activity_id)
    if NoPlanReason.TOO_FEW_PLACES in hindrances:
        suiting = [session for session in sessions if why_not(session, group, wish) is NoPlanReason.TOO_FEW_PLACES]
        most = max((session.free for session in suiting if session.shared or not session.taken), default=0)
        return Reason(NoPlanReason.TOO_FEW_PLACES, group.name, activity_id, most)
    why = NoPlanReason.WRONG_LANGUAGE if NoPlanReason.WRONG_LANGUAGE in hindrances else NoPlanReason.WRONG_GRADE
    return Reason(why, group.name, activity_id)


def _session_choice(session: PlannedSession, day: PlanningDay) -> Alternative:
    return Alternative(
        PartKind.PROGRAMME,
        (session.slot_id,),
        minutes_from(day.arrival, session.starts_at),
        minutes_from(day.arrival, session.ends_at, up=True),
        session.space_id,
        session.activity_id,
        session.draws,
    )


def _seatings_from(first: Seating, seatings: Sequence[Seating], minutes: int) -> list[Seating]:
    """The seatings of one room that a lunch beginning with `first` takes; none when they do not last."""
    until = first.starts_at + minutes * MINUTE
    taken, covered = [first], first.ends_at
    for seating in _later_in_room(first, seatings):
        if covered >= until:
            break
        if seating.starts_at != covered:
            continue
        taken.append(seating)
        covered = seating.ends_at
    return taken if covered >= until else []


def _later_in_room(first: Seating, seatings: Sequence[Seating]) -> Iterator[Seating]:
    return (
        seating for seating in seatings if seating.space_id == first.space_id and seating.starts_at > first.starts_at
    )


def _in_time(way: Alternative, day: PlanningDay, window: Window) -> bool:
    comes = way.start - day.transfers.minutes(None, way.space_id)
    goes = way.end + day.transfers.minutes(way.space_id, None)
    return window.first <= comes and goes <= window.last
