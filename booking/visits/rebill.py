"""What is owed for a visit that changes: the agreements that pay for it go on, and give or take the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select, update

from booking.agreements.heads import ClassHeads
from booking.agreements.models import Agreement
from booking.agreements.payers import agreements_again, move_allowances, plain_code
from booking.agreements.prices import Bill, SchoolPrice, VisitKind
from booking.agreements.rules import load_rules, price_list, school_year
from booking.bookings.models import Booking, Line
from booking.bookings.store import lines_of, next_version
from booking.centre.facts import CentreFacts
from booking.kernel.database import db, run
from booking.planner.plans import Timetable
from booking.planner.wish import Group
from booking.visits.agree import bill_for
from booking.visits.lines import kind_of, priced_parts
from booking.visits.models import ReckonedBy, Reckoning, Visit, VisitDue
from booking.visits.read import VisitFacts, plan_of
from booking.visits.write import write_dues


@dataclass(frozen=True, slots=True)
class NewBill:
    """What is owed for a visit that is changed, under which agreements, in which school year."""

    bill: Bill
    agreements: list[Agreement]
    year: int


def new_bill(
    facts: VisitFacts,
    groups: Sequence[Group],
    starts_at: datetime,
    kind: VisitKind,
    centre: CentreFacts,
    price: SchoolPrice | None = None,
    holding: Sequence[Agreement] | None = None,
) -> NewBill:
    """Who would owe what for other groups or another time: who pays already goes on, and what it takes counts as left.

    `holding` are the agreements that may pay, in place of those and what holds today. As `bill_for` otherwise.
    """
    year = school_year(centre.local(starts_at).date())
    own = [due.due for due in facts.dues] if year == facts.year else []
    agreements = list(agreements_again(facts.school, facts.code, paying(facts)) if holding is None else holding)
    return NewBill(
        bill_for(groups, starts_at, facts.school, facts.code, centre, own, agreements, kind, price), agreements, year
    )


def write_new_bill(facts: VisitFacts, billed: NewBill) -> None:
    """Write down anew who owes what, and let agreements give and take the difference; call inside a unit of work.

    Raises AllowanceUsed.
    """
    had, dues, school = [due.due for due in facts.dues], billed.bill.dues, facts.school
    db.session.execute(delete(VisitDue).where(VisitDue.visit_id == facts.id))
    run(delete(Reckoning).where(Reckoning.visit_id == facts.id))  # of other classes, or to be written anew
    write_dues(facts.id, dues)
    if billed.year == facts.year:
        move_allowances(had, dues, school, billed.agreements, billed.year)
    else:
        move_allowances(had, (), school, billed.agreements, facts.year)
        move_allowances((), dues, school, billed.agreements, billed.year)


def bill_of_heads(facts: VisitFacts, heads: Sequence[ClassHeads], centre: CentreFacts) -> NewBill:
    """Who would owe what if so many of each class were billed, under the agreements that it was booked under.

    A class of which nobody is billed owes nothing.
    """
    kind = kind_of(plan_of(facts))
    groups = [timetable.taught for timetable in with_heads(facts, heads)]
    return new_bill(facts, groups, facts.arrives_at, kind, centre, _price(facts, centre), booked_under(facts))


def write_bill_of_heads(booking: Booking, facts: VisitFacts, heads: Sequence[ClassHeads], centre: CentreFacts) -> None:
    """Let a locked visit cost what so many of each class do: dues, allowances, lines, total. Tickets stay as booked.

    Call inside a unit of work. Raises AllowanceUsed.
    """
    billed = bill_of_heads(facts, heads, centre)
    price, kind, rules = _price(facts, centre), kind_of(plan_of(facts)), load_rules()
    amounts: Counter[tuple[int, int]] = Counter()
    for timetable in with_heads(facts, heads):
        for part in priced_parts(timetable, kind, rules, price):
            amounts[part.slot_id, part.of.id] += part.amount
    reprice_lines(booking.id, amounts)
    booking.total = billed.bill.whole.minor
    booking.late_total = min(booking.late_total, booking.total)
    next_version(booking)
    write_new_bill(facts, billed)


def count_moved(booking_id: int) -> None:
    """The door counts a visit otherwise than before: what was decided by a count or for want of one is out of date.

    What a person decided stands. Call inside a unit of work that has locked the booking.
    """
    visit_id = select(Visit.id).where(Visit.booking_id == booking_id).scalar_subquery()
    mine = update(Reckoning).where(Reckoning.visit_id == visit_id, Reckoning.decided != ReckonedBy.HAND)
    run(mine.values(stale=True))


def reprice_lines(booking_id: int, amounts: Mapping[tuple[int, int], int]) -> None:
    """Let the lines of a visit come to these amounts by slot and ticket type; what has no line stands on the nearest.

    That is one of the same slot, else the first: adults whom nobody booked stand with their pupils.
    """
    lines = lines_of(booking_id)
    left = dict(amounts)
    prices = {line.id: left.pop((line.slot_id, line.ticket_type_id), 0) for line in lines}
    for (slot_id, _type), amount in left.items():
        nearest = next((line for line in lines if line.slot_id == slot_id), lines[0])
        prices[nearest.id] += amount
    for line_id, unit_price in prices.items():
        run(update(Line).where(Line.id == line_id).values(unit_price=unit_price))


def with_heads(facts: VisitFacts, heads: Sequence[ClassHeads]) -> list[Timetable]:
    """The classes of which somebody is billed, with so many."""
    return [
        replace(timetable, group=replace(timetable.group, pupils=of.pupils, adults=of.adults))
        for timetable, of in zip(facts.timetables, heads, strict=True)
        if of.people
    ]


def booked_under(facts: VisitFacts) -> list[Agreement]:
    """The agreements that a visit's dues are about, best first as they were then; one of later does not pay for it.

    Those too that paid for a class of which nobody is billed by now.
    """
    ids = {about for due in facts.dues for about in (due.due.payer_id, due.due.agreement_id) if about is not None}
    for classes in run(select(Reckoning.classes).where(Reckoning.visit_id == facts.id)).scalars():
        ids |= {payer_id for of_class in classes if (payer_id := of_class.get("payer")) is not None}
    query = select(Agreement).where(Agreement.id.in_(sorted(ids))).order_by(Agreement.id)
    code = plain_code(facts.code)
    return sorted(db.session.scalars(query), key=lambda agreement: agreement.code != code) if ids else []


def _price(facts: VisitFacts, centre: CentreFacts) -> SchoolPrice:
    return facts.price or price_list(centre.currency)


def paying(facts: VisitFacts) -> list[Agreement]:
    """The agreements that pay for a visit as it stands."""
    ids = {due.due.payer_id for due in facts.dues if due.due.payer_id is not None}
    return list(db.session.scalars(select(Agreement).where(Agreement.id.in_(sorted(ids))))) if ids else []
