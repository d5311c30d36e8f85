"""Who pays for the demo's classes: a municipality that shares the price pays its part of them."""

from __future__ import annotations

from sqlalchemy import insert, select

from booking.kernel.database import db, unit_of_work
from booking.kernel.money import Money, part_of
from booking.schools.models import Agreement, School, Visit, VisitDue
from booking.schools.payers import facts_of, move_allowances
from booking.schools.prices import Because, Due, Pays


def share_with_municipalities(currency: str) -> None:
    """Let agreements of a share pay theirs for every class of their schools that no other pays for."""
    rows = (
        select(VisitDue, Visit.year, School, Agreement)
        .join(Visit, Visit.id == VisitDue.visit_id)
        .join(School, School.id == Visit.school_id)
        .join(Agreement, Agreement.municipality == School.municipality)
        .where(VisitDue.because == Because.NO_AGREEMENT, ~VisitDue.for_lunch, Agreement.pays == Pays.SHARE)
        .order_by(VisitDue.id)
    )
    with unit_of_work():
        for due, year, school, agreement in db.session.execute(rows).all():
            part = part_of(due.amount, agreement.percent)
            if not part:
                continue
            shared = Due(agreement.id, due.group_name, Money(part, currency), Because.SHARE, agreement.id, due.pupils)
            due.amount, due.because, due.agreement_id = due.amount - part, Because.REST, agreement.id
            values: dict[str, object] = {
                "visit_id": due.visit_id,
                "paid_by": agreement.id,
                "agreement_id": agreement.id,
            }
            values |= {"group_name": due.group_name, "amount": part, "because": Because.SHARE, "pupils": due.pupils}
            db.session.execute(insert(VisitDue).values(**values))
            move_allowances((), [shared], facts_of(school), [agreement], year)
