"""What a booked visit could be instead: later or shorter, with or without lunch, with one class more.

Each is planned anew on what is free and on the visit's own places, which it gives back. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.centre.facts import CentreFacts
from booking.planner.choices import MINUTE
from booking.planner.effort import Effort
from booking.planner.missed import (
    Hours,
    Missed,
    exhibition_of,
    fits,
    held_in,
    missed,
    programmes_of,
    sessions_of,
    shows_of,
)
from booking.planner.planner import first_plan
from booking.planner.plans import PartKind, Plan, Timetable
from booking.planner.wish import Group, PlannedSession, PlanningDay, VisitWish
from booking.programmes.offered import OfferedProgramme
from booking.programmes.shows import shows_for_schools
from booking.visits.days import load_days
from booking.visits.read import VisitFacts

LUNCH_MINUTES = 30
SHORTER = (45, 30, 15)  # minutes of exhibition that are still worth it
MORE_TIME = timedelta(hours=2)  # how much later a class may go for the sake of lunch or of one class more
MORE_WAIT = timedelta(hours=3)  # how much later a bus that came late might leave, where nobody says when it must
EFFORT = 5.0  # for all that is tried


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan in place of the one there is, and what is lost by it; `later` is how much later the bus must go."""

    plan: Plan
    missed: tuple[Missed, ...] = ()
    later: timedelta = timedelta()


def enough_effort() -> Effort:
    """What one question may take; whoever asks sees by `ran_out` whether all was tried."""
    return Effort(EFFORT)


def day_of(
    facts: VisitFacts,
    hours: Hours,
    programmes: Sequence[OfferedProgramme],
    centre: CentreFacts,
    now: datetime,
    *,
    on_the_day: bool = False,
) -> PlanningDay:
    """The day of a visit with all that is free and the visit's own places; entries are there to be asked for."""
    arrival, departure = centre.local(hours.arrival), centre.local(hours.departure)
    seen = {show_id for timetable in facts.timetables for show_id in shows_of(timetable)}
    shows = [show for show in shows_for_schools(seen) if show.activity_id in seen] if seen else []
    (day,) = load_days(
        [arrival.date()], arrival.time(), departure.time(), programmes, centre, now, facts.booking_id,
        shows=shows, entries=True, on_the_day=on_the_day,
    )  # fmt: skip
    return day


def fitted(
    facts: VisitFacts, hours: Hours, day: PlanningDay, most_wait: timedelta = MORE_WAIT, *, effort: Effort | None = None
) -> list[Proposal]:
    """Plans for other hours than those booked; empty when nothing fits.

    First the one that keeps most until the departure of `hours`; where that loses something, another for a bus that
    waits, at most for `most_wait`. `day` begins at the new arrival.
    """
    proposals: list[Proposal] = []
    effort = effort or enough_effort()
    for wait in dict.fromkeys((timedelta(), most_wait)):
        longer = replace(day, departure=day.departure + wait)
        if longer.departure <= longer.arrival:
            continue
        wishes = _wishes(facts, replace(hours, departure=longer.departure))
        bare = replace(longer, entries=(), needs_entry=False)
        plans = (first_plan(wish, longer if _needs_entry(wish) else bare, effort) for wish in wishes)
        plan = next((plan for plan in plans if plan is not None), None)
        if plan is None:
            continue
        later = max(timedelta(), plan.leaves_at - hours.departure)
        proposal = Proposal(plan, missed(facts.timetables, plan.timetables), later)
        if not proposals or (_loss(proposal) < _loss(proposals[0]) and later):
            proposals.append(proposal)
        if not _loss(proposals[0]):
            break
    return proposals


def with_lunch(facts: VisitFacts, day: PlanningDay, *, effort: Effort | None = None) -> list[Proposal]:
    """The visit as it is with a table in the lunch room, one proposal for each time that fits, the earliest first.

    Sessions stay where they are; the exhibition moves out of the way. All eat together if they can.
    """
    pinned, groups = _pinned(_without_entries(day, facts), facts.timetables)
    pinned = replace(pinned, departure=facts.leaves_at + MORE_TIME)
    proposals: list[Proposal] = []
    effort = effort or enough_effort()
    for start in sorted({seating.starts_at for seating in day.seatings}):
        these = tuple(
            seating for seating in day.seatings if start <= seating.starts_at < start + LUNCH_MINUTES * MINUTE
        )
        plan = _longest(effort, facts, groups, replace(pinned, seatings=these), LUNCH_MINUTES)
        if plan is not None:
            proposals.append(_proposed(plan, facts))
    if not proposals:
        plan = _longest(effort, facts, groups, pinned, LUNCH_MINUTES)
        proposals = [] if plan is None else [_proposed(plan, facts)]
    return proposals


def without_lunch(facts: VisitFacts, day: PlanningDay, *, effort: Effort | None = None) -> Proposal | None:
    """The visit as it is without the lunch room."""
    pinned, groups = _pinned(_without_entries(day, facts), facts.timetables)
    plan = _longest(effort or enough_effort(), facts, groups, pinned, 0)
    return None if plan is None else _proposed(plan, facts)


def with_one_more(
    facts: VisitFacts, group: Group, day: PlanningDay, *, effort: Effort | None = None
) -> Proposal | None:
    """The visit with one class more that does what the others do: they stay as they are if that can be.

    It is with them in a show, and in a programme that several classes may be in, where there is room.
    """
    lunch = LUNCH_MINUTES if facts.has_lunch else 0
    day = _without_entries(day, facts)
    chosen, seen = programmes_of(facts.timetables[0]), shows_of(facts.timetables[0])
    used = {slot_id for timetable in facts.timetables for part in held_in(timetable) for slot_id in part.slot_ids}
    pinned, groups = _pinned(day, facts.timetables)
    others = tuple(
        _running(session) if session.slot_id in used else session
        for session in day.sessions
        if session.slot_id not in used or session.shared
    )
    beside = replace(pinned, sessions=(*map(_running, pinned.sessions), *others))
    now = tuple(
        replace(timetable.group, programmes=programmes_of(timetable), shows=shows_of(timetable))
        for timetable in facts.timetables
    )
    more = replace(group, programmes=chosen, shows=seen)
    effort = effort or enough_effort()
    for later in (timedelta(), MORE_TIME):
        for base, classes in ((beside, groups), (day, now)):
            longer = replace(base, departure=facts.leaves_at + later)
            plan = _longest(effort, facts, (*classes, more), longer, lunch)
            if plan is not None:
                return _proposed(plan, facts)
    return None


def _wishes(facts: VisitFacts, hours: Hours) -> Iterator[VisitWish]:
    """Ever less: all of it, a shorter exhibition, none, no show, no lunch; then without programmes.

    Those out of reach go first.
    """
    timetables = facts.timetables
    had, lunch = exhibition_of(timetables), LUNCH_MINUTES if facts.has_lunch else 0
    reached = [_in_reach(timetable, hours) for timetable in timetables]
    most = max(len(programmes_of(timetable)) for timetable in timetables)
    ways = [[programmes_of(timetable) for timetable in timetables]]
    ways += [reached] if all(reached) else []
    # One programme each, dealt out so that the classes do not all want the same session.
    ways += [
        [_dealt(sorted(programmes_of(timetable)), n + turn) for n, timetable in enumerate(timetables)]
        for turn in range(most)
    ]
    ways += [reached]
    for way in ways:
        stays = _stays(had) if all(way) else [stay for stay in _stays(had or SHORTER[-1]) if stay]
        for eats, is_shown in _eating_and_seeing(lunch, timetables):
            groups = tuple(
                replace(timetable.group, programmes=chosen, shows=shows_of(timetable) if is_shown else ())
                for timetable, chosen in zip(timetables, way, strict=True)
            )
            for minutes in stays:
                yield VisitWish(groups, (), minutes, eats)


def _eating_and_seeing(lunch: int, timetables: Sequence[Timetable]) -> list[tuple[int, bool]]:
    """Minutes of lunch, and whether the show is seen: ever less of both."""
    seeing = (True, False) if any(shows_of(timetable) for timetable in timetables) else (False,)
    return [(eats, is_shown) for eats in dict.fromkeys((lunch, 0)) for is_shown in seeing]


def _in_reach(timetable: Timetable, hours: Hours) -> tuple[int, ...]:
    return tuple(part.activity_id for part in sessions_of(timetable) if part.activity_id and fits(part, hours))


def _dealt(programmes: Sequence[int], turn: int) -> tuple[int, ...]:
    return (programmes[turn % len(programmes)],) if programmes else ()


def _needs_entry(wish: VisitWish) -> bool:
    return not all(wish.programmes_of(group) for group in wish.groups)


def _longest(effort: Effort, facts: VisitFacts, groups: Sequence[Group], day: PlanningDay, lunch: int) -> Plan | None:
    """The plan with as much of the exhibition as there was, or as can be; never none of it where there was some."""
    for minutes in _stays(exhibition_of(facts.timetables)):
        if minutes or not exhibition_of(facts.timetables):
            plan = first_plan(VisitWish(tuple(groups), (), minutes, lunch), day, effort)
            if plan is not None:
                return plan
    return None


def _stays(had: int) -> list[int]:
    return [had, *(minutes for minutes in SHORTER if minutes < had), 0] if had else [0]


def _pinned(day: PlanningDay, timetables: Sequence[Timetable]) -> tuple[PlanningDay, tuple[Group, ...]]:
    """The day with the visit's own sessions alone, each an activity of its own, so that no group can change place."""
    own = {slot_id for timetable in timetables for part in held_in(timetable) for slot_id in part.slot_ids}
    sessions = tuple(
        replace(session, activity_id=-session.slot_id, grades=None, shared=True)
        for session in day.sessions
        if session.slot_id in own
    )
    groups = tuple(
        replace(
            timetable.group,
            programmes=tuple(-part.slot_ids[0] for part in sessions_of(timetable)),
            shows=tuple(-part.slot_ids[0] for part in held_in(timetable) if part.kind is PartKind.SHOW),
        )
        for timetable in timetables
    )
    return replace(day, sessions=sessions), groups


def _proposed(plan: Plan, facts: VisitFacts) -> Proposal:
    """The plan as a proposal: with its activities' own names, not shorter at its end than what was booked."""
    plan = _unpinned(plan, facts)
    later = max(timedelta(), plan.leaves_at - facts.leaves_at)
    return Proposal(plan, missed(facts.timetables, plan.timetables), later)


def _running(session: PlannedSession) -> PlannedSession:
    """One that is held whatever becomes of the class that is new, so that it may stand twice among those of a day."""
    return replace(session, taken=max(1, session.taken))


def _unpinned(plan: Plan, facts: VisitFacts) -> Plan:
    activities = {
        slot_id: part.activity_id
        for timetable in facts.timetables
        for part in held_in(timetable)
        for slot_id in part.slot_ids
    }
    return replace(
        plan,
        timetables=tuple(
            replace(
                timetable,
                group=replace(timetable.group, programmes=None, shows=None),
                parts=tuple(
                    replace(part, activity_id=activities[part.slot_ids[0]])
                    if part.activity_id is not None and part.activity_id < 0
                    else part
                    for part in timetable.parts
                ),
            )
            for timetable in plan.timetables
        ),
    )


def _without_entries(day: PlanningDay, facts: VisitFacts) -> PlanningDay:
    """Entries are for those alone who come for nothing else."""
    if any(sessions_of(timetable) for timetable in facts.timetables):
        return replace(day, entries=(), needs_entry=False)
    return day


def _loss(proposal: Proposal) -> int:
    """How much is lost, in minutes; a programme weighs more than looking around."""
    return sum(lost.minutes * (4 if lost.kind is PartKind.PROGRAMME else 1) for lost in proposal.missed)
