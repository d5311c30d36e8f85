"""The classes of a period's school visits: booked against counted at the door, and who pays. Heads, never pupils.

A class is counted once, however many programmes it goes to: as the most of it that were let in to any one of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, select

from booking.agreements.models import Agreement, School, SchoolKind, SchoolRules
from booking.bookings.models import Booking, State, Ticket
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.kernel.database import db
from booking.kernel.money import spread
from booking.planner.plans import PartKind
from booking.reports.period import Period
from booking.visits.models import Visit, VisitDue, VisitGroup, VisitPart


@dataclass(frozen=True, slots=True)
class Heads:
    """People of a class."""

    pupils: int = 0
    adults: int = 0

    @property
    def people(self) -> int:
        """All of them."""
        return self.pupils + self.adults


NOBODY = Heads()


@dataclass(slots=True)
class ClassSeen:
    """One class of one visit. `programmes` is who came to each (by activity); sums in minor units.

    `payers` are the agreements that pay for it, by id and payer; of none the school pays alone.
    """

    visit_id: int
    booking_id: int
    school_id: int
    school: str
    municipality: str
    kind: SchoolKind
    name: str
    grade: int
    booked: Heads
    came: Heads = NOBODY
    programmes: dict[int, Heads] = field(default_factory=dict)
    payers: dict[int, str] = field(default_factory=dict)
    by_agreements: int = 0
    by_school: int = 0


@dataclass(frozen=True, slots=True)
class _Door:
    """Who was let in on a visit's tickets of one slot."""

    activity_id: int
    heads: Heads


def read(period: Period) -> list[ClassSeen]:
    """The classes of the confirmed visits in the period, in five statements."""
    classes = {group_id: seen for group_id, seen in _classes(period)}
    doors = _door(period)
    sessions: dict[int, list[int]] = defaultdict(list)
    for group_id, slot_id in _sessions(period):
        sessions[group_id].append(slot_id)
    by_visit: dict[int, list[int]] = defaultdict(list)
    for group_id, class_seen in classes.items():
        by_visit[class_seen.visit_id].append(group_id)
    for group_ids in by_visit.values():
        of_visit = {group_id: classes[group_id] for group_id in group_ids}
        _count(of_visit, sessions, doors.get(next(iter(of_visit.values())).booking_id, {}))
    _share_dues(period, classes.values())
    return list(classes.values())


def _count(classes: Mapping[int, ClassSeen], sessions: Mapping[int, list[int]], doors: Mapping[int, _Door]) -> None:
    """Tell each class of a visit how many of it came, to each of its programmes and in all."""
    for slot_id, seen in doors.items():
        # A visit moved by hand is no longer where its plan says: then its classes were there together.
        there = [class_seen for group_id, class_seen in classes.items() if slot_id in sessions[group_id]] or list(
            classes.values()
        )
        pupils = spread(seen.heads.pupils, [class_seen.booked.pupils for class_seen in there])
        adults = spread(seen.heads.adults, [class_seen.booked.adults for class_seen in there])
        for class_seen, *heads in zip(there, pupils, adults, strict=True):
            came = Heads(*heads)
            class_seen.programmes[seen.activity_id] = _most(class_seen.programmes.get(seen.activity_id, NOBODY), came)
            class_seen.came = _most(class_seen.came, came)


def _most(heads: Heads, other: Heads) -> Heads:
    return Heads(max(heads.pupils, other.pupils), max(heads.adults, other.adults))


def _share_dues(period: Period, classes: Iterable[ClassSeen]) -> None:
    by_name = {(seen.visit_id, seen.name): seen for seen in classes}
    query = (
        select(VisitDue.visit_id, VisitDue.group_name, VisitDue.paid_by, Agreement.payer, VisitDue.amount)
        .join(Visit, Visit.id == VisitDue.visit_id)
        .join(Booking, Booking.id == Visit.booking_id)
        .outerjoin(Agreement, Agreement.id == VisitDue.paid_by)
        .where(*_visits_in(period))
        .order_by(VisitDue.id)
    )
    for visit_id, name, payer_id, payer, amount in db.session.execute(query):
        class_seen = by_name.get((visit_id, name))
        if class_seen is None:
            continue
        if payer_id is None:
            class_seen.by_school += int(amount)
        else:
            class_seen.by_agreements += int(amount)
            class_seen.payers[payer_id] = payer


def _visits_in(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (Visit.arrives_at >= period.begin, Visit.arrives_at < period.end, Booking.state == State.CONFIRMED)


def _classes(period: Period) -> Iterable[tuple[int, ClassSeen]]:
    query = (
        select(
            VisitGroup.id, Visit.id, Visit.booking_id, School.id, School.name, School.municipality, School.kind,
            VisitGroup.name, VisitGroup.grade, VisitGroup.pupils, VisitGroup.adults,
        )
        .select_from(Visit)
        .join(Booking, Booking.id == Visit.booking_id)
        .join(School, School.id == Visit.school_id)
        .join(VisitGroup, VisitGroup.visit_id == Visit.id)
        .where(*_visits_in(period))
        .order_by(Visit.arrives_at, VisitGroup.id)
    )  # fmt: skip
    for (
        group_id,
        visit_id,
        booking_id,
        school_id,
        school,
        place,
        kind,
        name,
        grade,
        pupils,
        adults,
    ) in db.session.execute(query):
        booked = Heads(pupils, adults)
        yield (
            group_id,
            ClassSeen(visit_id, booking_id, school_id, school, place, SchoolKind(kind), name, grade, booked),
        )


def _sessions(period: Period) -> Iterable[tuple[int, int]]:
    query = (
        select(VisitPart.group_id, VisitPart.slot_id)
        .join(VisitGroup, VisitGroup.id == VisitPart.group_id)
        .join(Visit, Visit.id == VisitGroup.visit_id)
        .join(Booking, Booking.id == Visit.booking_id)
        .where(*_visits_in(period), VisitPart.kind == PartKind.PROGRAMME, VisitPart.slot_id.is_not(None))
    )
    return [(group_id, int(slot_id or 0)) for group_id, slot_id in db.session.execute(query)]


def _door(period: Period) -> dict[int, dict[int, _Door]]:
    """By booking and slot. A table at lunch has no door; of the rest, tickets are the adults' or the pupils'."""
    adult_type = select(SchoolRules.adult_type_id).order_by(SchoolRules.id).limit(1).scalar_subquery()
    is_adult = Ticket.ticket_type_id == func.coalesce(adult_type, 0)
    query = (
        select(Ticket.booking_id, Ticket.slot_id, Slot.activity_id, is_adult, func.sum(Ticket.admitted))
        .select_from(Visit)
        .join(Booking, Booking.id == Visit.booking_id)
        .join(Ticket, Ticket.booking_id == Visit.booking_id)
        .join(Slot, Slot.id == Ticket.slot_id)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(*_visits_in(period), Activity.kind != Kind.LUNCH, Ticket.void.is_(False))
        .group_by(Ticket.booking_id, Ticket.slot_id, Slot.activity_id, is_adult)
    )
    doors: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    for booking_id, slot_id, activity_id, adults, heads in db.session.execute(query):
        into = doors[booking_id].setdefault(slot_id, {"activity_id": activity_id, "pupils": 0, "adults": 0})
        into["adults" if adults else "pupils"] += int(heads)
    return {
        booking_id: {
            slot_id: _Door(sums["activity_id"], Heads(sums["pupils"], sums["adults"]))
            for slot_id, sums in slots.items()
        }
        for booking_id, slots in doors.items()
    }
