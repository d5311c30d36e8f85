"""What staff read of visits that wait for their yes: who comes for what, what they need, who pays. Three statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from booking.agreements.models import Agreement, AskedFor, School
from booking.bookings.models import Booking, State
from booking.catalogue.models import Activity
from booking.kernel.database import Texts, as_values, run
from booking.planner.plans import PartKind
from booking.visits.models import Approval, Visit, VisitDue, VisitGroup, VisitPart

MOST = 100


@dataclass(frozen=True, slots=True)
class AskedPart:
    """One thing that a class would do; `title` is that of a programme."""

    kind: PartKind
    title: Texts
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class AskedClass:
    """One class of a request, and its day in order."""

    name: str
    grade: int
    pupils: int
    adults: int
    parts: tuple[AskedPart, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A visit that is asked for. `payers` are names and sums in minor units, "" the school itself, which is last."""

    booking_id: int
    reference: str
    group_name: str
    name: str
    email: str
    phone: str
    people: int
    needs: str
    school: str
    municipality: str
    arrives_at: datetime
    leaves_at: datetime
    classes: tuple[AskedClass, ...]
    payers: tuple[tuple[str, int], ...]
    asked_for: AskedFor | None = None


def requests() -> list[Request]:
    """The requests, the soonest visit first."""
    rows = run(
        select(
            Visit.id, Booking.id, Booking.reference, Booking.group_name, Booking.name, Booking.email, Booking.phone,
            Booking.people, Booking.needs, School.name, School.municipality, Visit.arrives_at, Visit.leaves_at,
            Visit.asked_for,
        )
        .join(Booking, Booking.id == Visit.booking_id)
        .join(School, School.id == Visit.school_id)
        .where(Visit.approval == Approval.ASKED, Booking.state == State.PENDING)
        .order_by(Visit.arrives_at, Visit.id)
        .limit(MOST)
    ).all()  # fmt: skip
    ids = [row[0] for row in rows]
    classes, payers = _classes(ids), _payers(ids)
    return as_values(Request, [(*row[1:-1], tuple(classes[row[0]]), tuple(payers[row[0]]), row[-1]) for row in rows])


def _classes(visits: Sequence[int]) -> dict[int, list[AskedClass]]:
    rows = run(
        select(
            VisitGroup.visit_id, VisitGroup.id, VisitGroup.name, VisitGroup.grade, VisitGroup.pupils,
            VisitGroup.adults, VisitPart.kind, Activity.title, VisitPart.starts_at, VisitPart.ends_at,
        )
        .outerjoin(VisitPart, VisitPart.group_id == VisitGroup.id)
        .outerjoin(Activity, Activity.id == VisitPart.activity_id)
        .where(VisitGroup.visit_id.in_(visits))
        .order_by(VisitGroup.id, VisitPart.starts_at, VisitPart.id)
    )  # fmt: skip
    groups: dict[tuple[int, int], tuple[str, int, int, int]] = {}
    parts: dict[int, list[AskedPart]] = defaultdict(list)
    for visit, group, name, grade, pupils, adults, kind, title, starts_at, ends_at in rows:
        groups[visit, group] = name, grade, pupils, adults
        if kind is not None:
            parts[group].append(AskedPart(PartKind(kind), title or {}, starts_at, ends_at))
    classes: dict[int, list[AskedClass]] = defaultdict(list)
    for (visit, group), facts in groups.items():
        classes[visit].append(AskedClass(*facts, parts=tuple(parts[group])))
    return classes


def _payers(visits: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    rows = run(
        select(VisitDue.visit_id, func.coalesce(func.max(Agreement.payer), ""), func.sum(VisitDue.amount))
        .outerjoin(Agreement, Agreement.id == VisitDue.paid_by)
        .where(VisitDue.visit_id.in_(visits))
        .group_by(VisitDue.visit_id, VisitDue.paid_by)
    )
    payers: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for visit, payer, amount in rows:
        payers[visit].append((payer, int(amount)))
    for of_visit in payers.values():
        of_visit.sort(key=lambda payer: (payer[0] == "", payer[0]))
    return payers
