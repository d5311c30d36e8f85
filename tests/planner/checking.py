"""The rules of a visit once more, written to be checked and not to be solved; and a search that tries everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise, product

from booking.planner.plans import Part, PartKind, Plan
from booking.planner.wish import Admission, Group, PlannedSession, PlanningDay, Seating, Stretch, StretchKind, VisitWish

MINUTE = timedelta(minutes=1)


def breaches(
    plan: Plan, wish: VisitWish, day: PlanningDay, arrival: datetime | None = None, departure: datetime | None = None
) -> list[str]:
    """Every rule that a plan breaks, in words; groups that are not in the plan are not missed."""
    return [
        *_of_groups(plan, wish, day, arrival or day.arrival, departure or day.departure),
        *_of_all(plan, day),
    ]


def _of_groups(plan: Plan, wish: VisitWish, day: PlanningDay, arrival: datetime, departure: datetime) -> Iterator[str]:
    sessions = {session.slot_id: session for session in day.sessions}
    if plan.arrives_at < arrival or plan.leaves_at > departure:
        yield "the plan is longer than the bus allows"
    for timetable in plan.timetables:
        group, parts = timetable.group, timetable.parts
        kinds = {kind: [part for part in parts if part.kind is kind] for kind in PartKind}
        for kind, wanted in ((PartKind.PROGRAMME, wish.programmes_of(group)), (PartKind.SHOW, wish.shows_of(group))):
            had = Counter(part.activity_id for part in kinds[kind])
            if had != Counter(wanted):
                yield f"{group.name} has {kind}s {had}"
        if len(kinds[PartKind.LUNCH]) != bool(wish.lunch_minutes):
            yield f"{group.name} has {len(kinds[PartKind.LUNCH])} lunches"
        if len(kinds[PartKind.EXHIBITION]) != bool(wish.exhibition_minutes):
            yield f"{group.name} has {len(kinds[PartKind.EXHIBITION])} stays"
        for part in (*kinds[PartKind.PROGRAMME], *kinds[PartKind.SHOW]):
            session = sessions[part.slot_ids[0]]
            if (part.starts_at, part.ends_at, part.activity_id) != (
                session.starts_at,
                session.ends_at,
                session.activity_id,
            ):
                yield f"{group.name} has another time than session {session.slot_id}"
            if not may_be_in(session, group, wish):
                yield f"{group.name} may not be in session {session.slot_id}"
        for part in kinds[PartKind.LUNCH]:
            if not _is_lunch(part, wish, day):
                yield f"{group.name} has no seat for all of its lunch"
        for part in kinds[PartKind.EXHIBITION]:
            if (part.ends_at - part.starts_at) // MINUTE < wish.exhibition_minutes:
                yield f"{group.name} has too little of the exhibition"
            yield from _of_stay(part, group, day)
        walk = day.transfers.minutes
        if parts and plan.arrives_at + walk(None, parts[0].space_id) * MINUTE > parts[0].starts_at:
            yield f"{group.name} begins before the bus is there"
        if parts and parts[-1].ends_at + walk(parts[-1].space_id, None) * MINUTE > plan.leaves_at:
            yield f"{group.name} misses the bus"
        for before, then in pairwise(parts):
            if before.ends_at + walk(before.space_id, then.space_id) * MINUTE > then.starts_at:
                yield f"{group.name} is in two places at {then.starts_at}"
        busy = sum((part.ends_at - part.starts_at) // MINUTE for part in parts)
        if timetable.waiting_minutes != (plan.leaves_at - plan.arrives_at) // MINUTE - busy:
            yield f"{group.name} waits another time than it says"


def _of_stay(part: Part, group: Group, day: PlanningDay) -> Iterator[str]:
    entries = [entry for entry in day.entries if entry.slot_id in part.slot_ids]
    if day.entries and (len(entries) != 1 or not entries[0].starts_at <= part.starts_at < entries[0].ends_at):
        yield f"{group.name} enters without an entry"
    hours = [stretch for stretch in day.stretches if stretch.room is StretchKind.EXHIBITION] or [
        stretch for stretch in day.stretches if stretch.room is StretchKind.HOUSE
    ]
    if hours and not min(stretch.starts_at for stretch in hours) <= part.starts_at < part.ends_at <= max(
        stretch.ends_at for stretch in hours
    ):
        yield f"{group.name} is in a closed exhibition"


def _of_all(plan: Plan, day: PlanningDay) -> Iterator[str]:
    """What the counters in the database would refuse, and what the timetable would."""
    slots: tuple[PlannedSession | Seating | Admission, ...] = (*day.sessions, *day.seatings, *day.entries)
    draws = {slot.slot_id: slot.draws for slot in slots}
    free = {slot.slot_id: slot.free for slot in slots} | {stretch.slot_id: stretch.free for stretch in day.stretches}
    taken: Counter[int] = Counter()
    for timetable in plan.timetables:  # nobody is anywhere twice at a time
        for slot_id in {touched for own in timetable.claims for touched in (own, *draws.get(own, ()))}:
            taken[slot_id] += timetable.group.people
    for slot_id, places in taken.items():
        if places > free[slot_id]:
            yield f"slot {slot_id} has {free[slot_id]} and not {places}"
    named: Counter[int] = Counter()
    inside: Counter[int] = Counter()
    for timetable in plan.timetables:
        for part in timetable.parts:
            for slot_id in part.slot_ids:
                named[slot_id] += timetable.group.people
                if part.kind in (PartKind.PROGRAMME, PartKind.SHOW):
                    inside[slot_id] += 1
        for stretch in day.stretches:
            if _is_inside(stretch, plan, timetable.parts) and not _counted(stretch, timetable.parts, plan, draws):
                yield f"{timetable.group.name} is not counted in stretch {stretch.slot_id}"
    wants = {want.slot_id: want.places for want in plan.wants}
    for slot_id, people in named.items():
        if wants.get(slot_id) != people:
            yield f"slot {slot_id} is wanted for {wants.get(slot_id)} and not {people}"
    sessions = {session.slot_id: session for session in day.sessions}
    used = [sessions[slot_id] for slot_id in inside]
    for session in used:
        if inside[session.slot_id] > 1 and not session.shared:
            yield f"session {session.slot_id} is shared"
    yield from _of_spaces_and_educators(used, day)


def _of_spaces_and_educators(used: list[PlannedSession], day: PlanningDay) -> Iterator[str]:
    """What only a session that this visit begins can break; those that others are in run anyway."""
    begun = [session for session in used if not session.taken]
    running = begun + [session for session in day.sessions if session.taken]
    for session in begun:
        for other in running:
            meeting = session.starts_at < tidy(other) and other.starts_at < tidy(session)
            if other is not session and None is not other.space_id == session.space_id and meeting:
                yield f"sessions {session.slot_id} and {other.slot_id} are in one space"
    for moment in {session.starts_at for session in running}:
        there = [session for session in running if session.starts_at <= moment < tidy(session)]
        overfull = day.educators is not None and sum(session.educators for session in there) > day.educators
        if overfull and any(not session.taken for session in there):
            yield f"too few educators at {moment}"


def _counted(stretch: Stretch, parts: tuple[Part, ...], plan: Plan, draws: dict[int, tuple[int, ...]]) -> bool:
    return any(stretch.slot_id in draws.get(slot_id, ()) for part in parts for slot_id in part.slot_ids) or any(
        want.slot_id == stretch.slot_id for want in plan.wants
    )


def _is_inside(stretch: Stretch, plan: Plan, parts: tuple[Part, ...]) -> bool:
    if stretch.room is StretchKind.HOUSE:
        return plan.arrives_at < stretch.ends_at and stretch.starts_at < plan.leaves_at
    return stretch.room is StretchKind.EXHIBITION and any(
        part.kind is PartKind.EXHIBITION and part.starts_at < stretch.ends_at and stretch.starts_at < part.ends_at
        for part in parts
    )


def _is_lunch(part: Part, wish: VisitWish, day: PlanningDay) -> bool:
    taken = [seating for seating in day.seatings if seating.slot_id in part.slot_ids]
    return (
        part.ends_at - part.starts_at == wish.lunch_minutes * MINUTE
        and part.starts_at == taken[0].starts_at
        and part.ends_at <= taken[-1].ends_at
        and all(seating.ends_at == then.starts_at for seating, then in pairwise(taken))
        and all(seating.space_id == part.space_id for seating in taken)
    )


def tidy(session: PlannedSession) -> datetime:
    """When the space of a session can be used again."""
    return session.ends_at + session.turnaround_minutes * MINUTE


def may_be_in(session: PlannedSession, group: Group, wish: VisitWish) -> bool:
    """Whether grade, language and places of a session suit a group."""
    low, high = session.grades or (0, 99)
    return (
        low <= group.grade <= high
        and (wish.language is None or session.language in (None, wish.language))
        and group.people <= session.free
        and (session.shared or not session.taken)
    )


def can_be_done(wish: VisitWish, day: PlanningDay, grid: int = 5) -> bool:
    """Whether any plan at all fits: everything is tried, with the exhibition at each minute of the grid.

    For days whose times all lie on the grid.
    """
    days = [list(_days_of(group, wish, day, grid)) for group in wish.groups]
    return any(_fit_together(combined, wish, day) for combined in product(*days))


def _days_of(group: Group, wish: VisitWish, day: PlanningDay, grid: int) -> Iterator[list[Part]]:
    """Every day that one group could have if it were alone."""
    ways: list[list[Part]] = []
    held = [(PartKind.PROGRAMME, activity_id) for activity_id in wish.programmes_of(group)]
    held += [(PartKind.SHOW, activity_id) for activity_id in wish.shows_of(group)]
    for kind, activity_id in held:
        ways.append(
            [
                Part(
                    kind,
                    (session.slot_id,),
                    session.starts_at,
                    session.ends_at,
                    activity_id,
                    session.space_id,
                )
                for session in day.sessions
                if session.activity_id == activity_id and may_be_in(session, group, wish)
            ]
        )
    if wish.lunch_minutes:
        ways.append(list(_lunches(wish, day.seatings)))
    if wish.exhibition_minutes:
        starts = range(0, (day.departure - day.arrival) // MINUTE, grid)
        stay = wish.exhibition_minutes * MINUTE
        entries: list[tuple[int, ...]] = [(entry.slot_id,) for entry in day.entries] or [()]
        ways.append(
            [
                part
                for start in (day.arrival + minute * MINUTE for minute in starts)
                for entry in entries
                for part in [Part(PartKind.EXHIBITION, entry, start, start + stay, None, day.exhibition_space_id)]
                if not list(_of_stay(part, group, day))
            ]
        )
    walk = day.transfers.minutes
    for parts in product(*ways):
        ordered = sorted(parts, key=lambda part: part.starts_at)
        if ordered and (
            day.arrival + walk(None, ordered[0].space_id) * MINUTE > ordered[0].starts_at
            or ordered[-1].ends_at + walk(ordered[-1].space_id, None) * MINUTE > day.departure
        ):
            continue
        if all(
            part.ends_at + walk(part.space_id, then.space_id) * MINUTE <= then.starts_at
            for part, then in pairwise(ordered)
        ):
            yield ordered


def _lunches(wish: VisitWish, seatings: tuple[Seating, ...]) -> Iterator[Part]:
    for count in (1, 2, 3):
        for number in range(len(seatings) - count + 1):
            taken = seatings[number : number + count]
            lasts = (taken[-1].ends_at - taken[0].starts_at) // MINUTE
            needed = (taken[-1].starts_at - taken[0].starts_at) // MINUTE < wish.lunch_minutes <= lasts
            if needed and all(seating.ends_at == then.starts_at for seating, then in pairwise(taken)):
                end = taken[0].starts_at + wish.lunch_minutes * MINUTE
                ids = tuple(seating.slot_id for seating in taken)
                yield Part(PartKind.LUNCH, ids, taken[0].starts_at, end, None, taken[0].space_id)


def _fit_together(combined: tuple[list[Part], ...], wish: VisitWish, day: PlanningDay) -> bool:
    people: Counter[int] = Counter()
    groups: Counter[int] = Counter()
    walk = day.transfers.minutes
    slots: tuple[PlannedSession | Seating | Admission, ...] = (*day.sessions, *day.seatings, *day.entries)
    draws = {slot.slot_id: slot.draws for slot in slots}
    ends = [part.ends_at + walk(part.space_id, None) * MINUTE for parts in combined for part in parts]
    leaves = max(ends, default=day.arrival)
    for group, parts in zip(wish.groups, combined, strict=True):
        taken = [slot_id for part in parts for slot_id in part.slot_ids]
        drawn = {stretch_id for slot_id in taken for stretch_id in draws[slot_id]}
        for slot_id in taken:
            people[slot_id] += group.people
            groups[slot_id] += 1
        for stretch in day.stretches:
            inside = (
                stretch.room is StretchKind.HOUSE and day.arrival < stretch.ends_at and stretch.starts_at < leaves
            ) or (
                stretch.room is StretchKind.EXHIBITION
                and any(
                    part.kind is PartKind.EXHIBITION
                    and part.starts_at < stretch.ends_at
                    and stretch.starts_at < part.ends_at
                    for part in parts
                )
            )
            people[stretch.slot_id] += group.people * (inside or stretch.slot_id in drawn)
    full = any(people[slot.slot_id] > slot.free for slot in slots) or any(
        people[stretch.slot_id] > stretch.free for stretch in day.stretches
    )
    if full or any(groups[session.slot_id] > 1 and not session.shared for session in day.sessions):
        return False
    used = [session for session in day.sessions if groups[session.slot_id]]
    return not list(_of_spaces_and_educators(used, day))
