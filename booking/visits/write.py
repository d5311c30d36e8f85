"""Write a visit down, in the house or at a school: booking, classes, who owes what. Nothing is read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert

from booking.agreements import kept_price
from booking.agreements.heads import AS_BOOKED, HeadsTerms
from booking.agreements.prices import Due, SchoolPrice
from booking.agreements.terms import Terms, as_kept
from booking.bookings.at_once import book_at_once
from booking.bookings.basket import Basket
from booking.centre.facts import CentreFacts
from booking.kernel.database import run
from booking.outbox.promises import promise
from booking.planner.plans import Timetable
from booking.planner.wish import Group
from booking.visits.agree import AgreedOrder
from booking.visits.models import Approval, Visit, VisitDue, VisitGroup, VisitPart
from booking.visits.orders import SchoolOrder


@dataclass(frozen=True, slots=True)
class NewVisit:
    """All that is decided about a visit before its first row is written."""

    order: SchoolOrder
    agreed: AgreedOrder
    basket: Basket
    timetables: Sequence[Timetable]
    arrives_at: datetime
    leaves_at: datetime
    terms: Terms
    price: SchoolPrice | None = None  # the price list, where the visit goes by it
    heads: HeadsTerms = AS_BOOKED  # by which number it is billed


@dataclass(frozen=True, slots=True)
class Booked:
    """The visit is booked, or asked for: the secret opens its page."""

    booking_id: int
    visit_id: int
    secret: str
    approval: Approval


_VISIT = insert(Visit).returning(Visit.id)
_GROUPS = insert(VisitGroup).returning(VisitGroup.id, sort_by_parameter_order=True)


def write_visit(new: NewVisit, *, centre: CentreFacts, now: datetime) -> Booked:
    """Write it all, confirmed or asked for; inside a unit of work that then takes allowances and, last, the places."""
    order, agreed = new.order, new.agreed
    is_asked_for = agreed.yes.approval is Approval.ASKED
    called_so = called(order.school.name, [timetable.group for timetable in new.timetables])
    made = book_at_once(
        new.basket, order.contact, called_so, order.lang, centre=centre, now=now, is_asked_for=is_asked_for
    )
    visit = {
        "booking_id": made.booking_id,
        "school_id": agreed.school.id,
        "mobile": order.mobile,
        "on_the_day": order.on_the_day,
        "order_number": order.order_number,
        "invoice_reference": order.invoice_reference,
        "code": order.code,
        "arrives_at": new.arrives_at,
        "leaves_at": new.leaves_at,
        "year": agreed.year,
        "approval": agreed.yes.approval,
        "asked_for": agreed.yes.because,
        "terms": as_kept(new.terms),
        "price": None if new.price is None else kept_price.as_kept(new.price),
        "heads_rule": new.heads.rule,
        "floor_percent": new.heads.floor_percent,
        "holder": order.holder,
    }
    visit_id: int = run(_VISIT, visit).scalar_one()
    write_groups(visit_id, new.timetables)
    write_dues(visit_id, agreed.bill.dues)
    if is_asked_for:
        promise("mail.visit_asked", f"visit_asked:{made.booking_id}", {"booking_id": made.booking_id})
    return Booked(made.booking_id, visit_id, made.secret, agreed.yes.approval)


def write_groups(visit_id: int, timetables: Sequence[Timetable]) -> None:
    """Write the groups and what each does; call inside a unit of work."""
    groups = [
        {
            "visit_id": visit_id,
            "name": timetable.group.name,
            "grade": timetable.group.grade,
            "pupils": timetable.group.pupils,
            "adults": timetable.group.adults,
            "claims": list(timetable.claims),
        }
        for timetable in timetables
    ]
    ids = run(_GROUPS, groups).scalars().all() if groups else ()
    parts = [
        {
            "group_id": group_id,
            "kind": part.kind,
            "slot_id": part.slot_ids[0] if part.has_own_slot else None,
            "activity_id": part.activity_id,
            "starts_at": part.starts_at,
            "ends_at": part.ends_at,
        }
        for group_id, timetable in zip(ids, timetables, strict=True)
        for part in timetable.parts
    ]
    if parts:
        run(insert(VisitPart), parts)


def write_dues(visit_id: int, dues: Sequence[Due]) -> None:
    """Write who owes what; call inside a unit of work."""
    rows = [
        {
            "visit_id": visit_id,
            "paid_by": due.payer_id,
            "agreement_id": due.agreement_id,
            "group_name": due.group,
            "amount": due.amount.minor,
            "because": due.because,
            "pupils": due.pupils,
            "for_lunch": due.for_lunch,
            "show_id": due.show_id,
        }
        for due in dues
    ]
    if rows:
        run(insert(VisitDue), rows)


def called(school: str, groups: Sequence[Group]) -> str:
    """What the party is called at the desk: the school and its classes."""
    return f"{school} {', '.join(group.name for group in groups)}"[:120]
