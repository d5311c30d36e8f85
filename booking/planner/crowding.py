"""What groups have in common and cannot have twice: places, the house, spaces, educators. Limits for the solver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING

from booking.planner.choices import minutes_from
from booking.planner.unknowns import Sum, Taker
from booking.planner.wish import Admission, PlannedSession, PlanningDay, Seating, Stretch, StretchKind

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def limit_sessions(model: cp_model.CpModel, day: PlanningDay, takers: Sequence[Taker]) -> None:
    """One group in each session; where groups may share one, as many as it has places for."""
    wanting = _by_slot(takers)
    for session in day.sessions:
        inside = wanting[session.slot_id]
        if not session.shared:
            model.add_at_most_one(taken for _, taken in inside)
        elif sum(people for people, _ in inside) > session.free:
            model.add(sum(people * taken for people, taken in inside) <= session.free)


def limit_seatings_and_entries(model: cp_model.CpModel, day: PlanningDay, takers: Sequence[Taker]) -> None:
    """People at lunch, and people who enter, within the places."""
    wanting = _by_slot(takers)
    slots: tuple[Seating | Admission, ...] = (*day.seatings, *day.entries)
    for slot in slots:
        inside = wanting[slot.slot_id]
        if sum(people for people, _ in inside) > slot.free:
            model.add(sum(people * taken for people, taken in inside) <= slot.free)


def limit_stretches(
    model: cp_model.CpModel,
    day: PlanningDay,
    takers: Sequence[Taker],
    bus: tuple[cp_model.IntVar, cp_model.IntVar],
) -> None:
    """Everybody counts in the house between coming and going, and in the exhibition while there.

    A group is there once, whether it is drawn in by one slot, by several or by being there, as the counters in the
    database have it.
    """
    for stretch in day.stretches:
        drawn = [_drawn(taker, stretch.slot_id, day) for taker in takers]
        if sum(taker.people for taker in takers) <= stretch.free:
            continue
        inside = _inside(model, day, stretch, takers, bus)
        counted: list[Sum] = []
        for taker, ways, is_in in zip(takers, drawn, inside, strict=True):
            if not ways and is_in is None:
                continue
            there = model.new_bool_var("")
            for taken in ways:
                model.add_implication(taken, there)
            if is_in is not None:
                model.add(there >= is_in + taker.here - 1)
            counted.append(taker.people * there)
        model.add(sum(counted) <= stretch.free)


def limit_spaces_and_educators(model: cp_model.CpModel, day: PlanningDay, takers: Sequence[Taker]) -> None:
    """No two sessions in one space before it is tidy again; never more sessions than educators to lead them."""
    wanting = _by_slot(takers)
    running: dict[int, Sum] = {}
    for session in day.sessions:
        if session.taken:
            running[session.slot_id] = 1
        elif wanting[session.slot_id]:
            runs = model.new_bool_var("")
            for _, taken in wanting[session.slot_id]:
                model.add_implication(taken, runs)
            running[session.slot_id] = runs
    sessions = [session for session in day.sessions if session.slot_id in running]
    for session, other in combinations(sessions, 2):
        if session.space_id is not None and session.space_id == other.space_id and _meet(session, other):
            if session.taken and other.taken:
                continue
            model.add(running[session.slot_id] + running[other.slot_id] <= 1)
    if day.educators is None:
        return
    for moment in sorted(
        {session.starts_at for session in sessions}
    ):  # in order, so that the puzzle is always the same
        led = [session for session in sessions if session.starts_at <= moment < _free_again(session)]
        there = sum(session.educators for session in led if session.taken)
        new = [session.educators * running[session.slot_id] for session in led if not session.taken]
        if new:
            model.add(sum(new) <= max(0, day.educators - there))


def _by_slot(takers: Sequence[Taker]) -> dict[int, list[tuple[int, cp_model.IntVar]]]:
    """Who could take places in a slot: (people, whether they do)."""
    wanting: dict[int, list[tuple[int, cp_model.IntVar]]] = defaultdict(list)
    for taker in takers:
        for need in taker.needs:
            for way, taken in zip(need.ways, need.taken, strict=True):
                for slot_id in way.slot_ids:
                    wanting[slot_id].append((taker.people, taken))
        for slot_id, enters in taker.entries.items():
            wanting[slot_id].append((taker.people, enters))
    return wanting


def _drawn(taker: Taker, stretch_id: int, day: PlanningDay) -> list[cp_model.IntVar]:
    """The ways to have something, and to enter, that draw the group in there: whether each is taken."""
    ways = [
        taken
        for need in taker.needs
        for way, taken in zip(need.ways, need.taken, strict=True)
        if stretch_id in way.draws
    ]
    return ways + [
        taker.entries[entry.slot_id]
        for entry in day.entries
        if entry.slot_id in taker.entries and stretch_id in entry.draws
    ]


def _inside(
    model: cp_model.CpModel,
    day: PlanningDay,
    stretch: Stretch,
    takers: Sequence[Taker],
    bus: tuple[cp_model.IntVar, cp_model.IntVar],
) -> list[cp_model.IntVar | None]:
    """For each group, whether it is in the room during the stretch; None where it cannot be."""
    start = minutes_from(day.arrival, stretch.starts_at)
    end = minutes_from(day.arrival, stretch.ends_at, up=True)
    if stretch.room is StretchKind.HOUSE:
        meets = _meets(model, bus, start, end)
        return [meets for _ in takers]
    if stretch.room is StretchKind.EXHIBITION:
        return [None if taker.stay is None else _meets(model, taker.stay, start, end) for taker in takers]
    return [None for _ in takers]


def _meets(
    model: cp_model.CpModel, span: tuple[cp_model.IntVar, cp_model.IntVar], start: int, end: int
) -> cp_model.IntVar:
    """True where the span meets [start, end); may also be true where it does not, which never helps."""
    meets, before, after = (model.new_bool_var("") for _ in range(3))
    model.add(span[1] <= start).only_enforce_if(before)
    model.add(span[0] >= end).only_enforce_if(after)
    model.add_bool_or([meets, before, after])
    return meets


def _free_again(session: PlannedSession) -> datetime:
    return session.ends_at + timedelta(minutes=session.turnaround_minutes)


def _meet(session: PlannedSession, other: PlannedSession) -> bool:
    return session.starts_at < _free_again(other) and other.starts_at < _free_again(session)
