"""What pages and rules read of the rows of schools, agreements and the rules for schools."""

from __future__ import annotations

from sqlalchemy import select

from booking.agreements.models import Agreement, Allowance, School, SchoolRules
from booking.agreements.payers import key_of
from booking.kernel.database import db


def school_rules() -> SchoolRules | None:
    """The row of the centre's rules for schools; None where schools cannot book yet. One statement."""
    return db.session.scalar(select(SchoolRules).order_by(SchoolRules.id).limit(1))


def school_with_number(org_number: str, other_than: int) -> str | None:
    """The name of another school with this organisation number; one statement."""
    same = select(School.name).where(School.org_number == org_number, School.id != other_than)
    return db.session.scalar(same)


def payer_with_code(code: str, other_than: int) -> str | None:
    """Who pays by another agreement with this code; one statement."""
    return db.session.scalar(select(Agreement.payer).where(Agreement.code == code, Agreement.id != other_than))


def agreement_with_secret(secret: str) -> Agreement | None:
    """The agreement that a payer's link opens; one statement."""
    return db.session.scalar(select(Agreement).where(Agreement.secret == secret))


def taken_of(agreement_id: int, year: int) -> tuple[int, int]:
    """How many visits and pupils an agreement has had in one school year; one statement."""
    taken = db.session.scalar(select(Allowance).where(Allowance.key == key_of(agreement_id, year)))
    return (taken.visits, taken.pupils) if taken is not None else (0, 0)
