"""What is owed for a visit that changes: the agreements that pay for it go on, and give or take the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from booking.agreements.models import Agreement
from booking.agreements.payers import agreements_again, move_allowances
from booking.agreements.prices import Bill, SchoolPrice, VisitKind
from booking.agreements.rules import school_year
from booking.centre.facts import CentreFacts
from booking.kernel.database import db
from booking.planner.wish import Group
from booking.visits.agree import bill_for
from booking.visits.models import VisitDue
from booking.visits.read import VisitFacts
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
) -> NewBill:
    """Who would owe what for other groups or another time: who pays already goes on, and what it takes counts as left.

    As `bill_for` otherwise.
    """
    year = school_year(centre.local(starts_at).date())
    own = [due.due for due in facts.dues] if year == facts.year else []
    holding = agreements_again(facts.school, facts.code, paying(facts))
    return NewBill(
        bill_for(groups, starts_at, facts.school, facts.code, centre, own, holding, kind, price), holding, year
    )


def write_new_bill(facts: VisitFacts, billed: NewBill) -> None:
    """Write down anew who owes what, and let agreements give and take the difference; call inside a unit of work.

    Raises AllowanceUsed.
    """
    had, dues, school = [due.due for due in facts.dues], billed.bill.dues, facts.school
    db.session.execute(delete(VisitDue).where(VisitDue.visit_id == facts.id))
    write_dues(facts.id, dues)
    if billed.year == facts.year:
        move_allowances(had, dues, school, billed.agreements, billed.year)
    else:
        move_allowances(had, (), school, billed.agreements, facts.year)
        move_allowances((), dues, school, billed.agreements, billed.year)


def paying(facts: VisitFacts) -> list[Agreement]:
    """The agreements that pay for a visit as it stands."""
    ids = {due.due.payer_id for due in facts.dues if due.due.payer_id is not None}
    return list(db.session.scalars(select(Agreement).where(Agreement.id.in_(sorted(ids))))) if ids else []
