"""What the door knows of school visits: which class comes in by which session, and what else they do that day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from booking.kernel.database import UTCDateTime, run
from booking.planner.plans import PartKind
from booking.visits.models import Visit, VisitGroup, VisitPart, VisitReplan

WaysIn = Mapping[int, tuple[str, ...]]  # slot id → the classes that are counted in there


@dataclass(frozen=True, slots=True)
class LookingAround:
    """Some classes in the exhibition for a while."""

    names: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class VisitToday:
    """When a visit goes, what it sees besides its sessions; `planned_…` where its plan was made anew today."""

    leaves_at: datetime
    replanned_at: datetime | None
    planned_arrival: datetime | None
    planned_departure: datetime | None
    exhibition: tuple[LookingAround, ...]
    ways_in: WaysIn


_PARTS = (
    select(Visit.booking_id, VisitGroup.id, VisitGroup.name, VisitPart.kind, VisitPart.slot_id, VisitPart.starts_at,
           VisitPart.ends_at)
    .join(VisitGroup, VisitGroup.visit_id == Visit.id)
    .join(VisitPart, VisitPart.group_id == VisitGroup.id)
    .order_by(VisitGroup.id, VisitPart.starts_at)
)  # fmt: skip
_OF_BOOKING = _PARTS.where(Visit.booking_id == bindparam("booking"))
_START, _END = bindparam("start", type_=UTCDateTime), bindparam("end", type_=UTCDateTime)
_OF_DAY = _PARTS.where(Visit.arrives_at >= _START, Visit.arrives_at < _END)
_VISITS = (
    select(
        Visit.booking_id, Visit.leaves_at, VisitReplan.at, VisitReplan.planned_arrival, VisitReplan.planned_departure
    )
    .outerjoin(VisitReplan, VisitReplan.visit_id == Visit.id)
    .where(Visit.arrives_at >= _START, Visit.arrives_at < _END)
)


def ways_in(booking_id: int) -> WaysIn:
    """For a visit, the sessions (or entries) at which its classes are counted in: the first of each.

    A show only where a class has nothing else: whoever sees one comes into the house with their class.
    """
    rows = run(_OF_BOOKING, {"booking": booking_id})
    return _first_of_each((group, name, kind, slot_id) for _booking, group, name, kind, slot_id, *_times in rows)


def visits_today(start: datetime, end: datetime) -> dict[int, VisitToday]:
    """The visits that arrive in [start, end) by booking, in two statements."""
    rows = run(_VISITS, {"start": start, "end": end}).all()
    parts = defaultdict(list)
    for booking_id, *row in run(_OF_DAY, {"start": start, "end": end}) if rows else ():
        parts[booking_id].append(row)
    return {
        booking_id: VisitToday(
            leaves_at,
            replanned_at,
            planned_arrival,
            planned_departure,
            _looking_around(parts[booking_id]),
            _first_of_each((group, name, kind, slot) for group, name, kind, slot, *_t in parts[booking_id]),
        )
        for booking_id, leaves_at, replanned_at, planned_arrival, planned_departure in rows
    }


def _first_of_each(rows: Iterable[tuple[int, str, str, int | None]]) -> WaysIn:
    held = [
        (group_id, name, kind, slot_id)
        for group_id, name, kind, slot_id in rows
        if slot_id is not None and kind != PartKind.LUNCH
    ]
    with_more = {group_id for group_id, _name, kind, _slot in held if kind != PartKind.SHOW}
    by_slot: dict[int, tuple[str, ...]] = {}
    seen: set[int] = set()
    for group_id, name, kind, slot_id in held:
        if group_id not in seen and (kind != PartKind.SHOW or group_id not in with_more):
            seen.add(group_id)
            by_slot[slot_id] = (*by_slot.get(slot_id, ()), name)
    return by_slot


def _looking_around(rows: Iterable[list[object]]) -> tuple[LookingAround, ...]:
    by_time: dict[tuple[datetime, datetime], list[str]] = defaultdict(list)
    for _group, name, kind, slot_id, starts_at, ends_at in rows:
        if kind == PartKind.EXHIBITION and slot_id is None:
            by_time[starts_at, ends_at].append(str(name))  # type: ignore[index]  # times, as the statement reads them
    return tuple(LookingAround(tuple(names), *times) for times, names in sorted(by_time.items()))
