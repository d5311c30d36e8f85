"""What staff keep of agreements and schools: limits that never fall below what is used, codes, the contact's link.

A change never alters what was booked: visits carry copies of who owes what.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, func, insert, or_, select, update

from booking.agreements.models import Agreement, Allowance, School
from booking.agreements.payers import facts_of, key_of
from booking.bookings.search_words import fold_letters
from booking.kernel.codes import new_reference, new_secret
from booking.kernel.database import db, run
from booking.kernel.refusals import Refusal
from booking.records.audit import note
from booking.visits.models import Visit, VisitDue

SHORTEST_CODE, LONGEST_CODE = 8, 40


class Limit(StrEnum):
    """What an agreement limits in a school year."""

    VISITS = "most_visits"
    PUPILS = "most_pupils"
    CLASS = "class_visits"


class BelowUsed(Refusal):
    """The limit is lower than what is used already: `used` in the school year; `who` is the class, if it is one's."""

    def __init__(self, limit: Limit, year: int, used: int, who: str = "") -> None:
        super().__init__(f"{used} used of {limit} in {year} {who}")
        self.limit = limit
        self.year = year
        self.used = used
        self.who = who


@dataclass(frozen=True, slots=True)
class _Had:
    """What one class has had of an agreement in a school year."""

    year: int
    who: str
    visits: int


def read_code(typed: str) -> str:
    """A code as it is kept: capitals, no blanks. Schools may type it any way."""
    return "".join(typed.split()).upper()


def new_code(payer: str) -> str:
    """A code to hand out: the payer's first word and eight characters that nobody guesses (40 bits)."""
    word = re.sub(r"[^a-z]", "", (fold_letters(payer).split() or [""])[0])[:12].upper()
    return f"{word}-{new_reference()}".lstrip("-")


def renew_code(agreement_id: int, actor: str) -> bool:
    """Another code; the old one no longer counts for new bookings. Call inside a unit of work."""
    return _renew(agreement_id, "code", actor)


def renew_link(agreement_id: int, actor: str) -> bool:
    """Another link for the payer's contact; the old one opens nothing any more. Call inside a unit of work."""
    return _renew(agreement_id, "link", actor)


def _renew(agreement_id: int, what: str, actor: str) -> bool:
    agreement = db.session.scalar(select(Agreement).where(Agreement.id == agreement_id).with_for_update())
    if agreement is None:
        return False
    if what == "code":
        agreement.code = new_code(agreement.payer)
    else:
        agreement.secret = new_secret()
    note(actor, f"agreement.{what}", f"agreement:{agreement_id}")
    return True


def follow_limits(agreement_id: int, year: int) -> None:
    """Let what is counted of an agreement follow its limits, in this school year and later ones.

    Call inside the unit of work that has changed (and so locked) its row; bookings wait meanwhile. Raises BelowUsed.
    """
    db.session.flush()
    agreement = db.session.get_one(Agreement, agreement_id)
    whole = (Allowance.agreement_id == agreement.id, Allowance.holder == "", Allowance.year >= year)
    within = [
        column <= most
        for column, most in ((Allowance.visits, agreement.most_visits), (Allowance.pupils, agreement.most_pupils))
        if most is not None
    ]
    limits = {"most_visits": agreement.most_visits, "most_pupils": agreement.most_pupils}
    run(update(Allowance).where(*whole, *within).values(**limits))
    if within:
        over = select(Allowance.year, Allowance.visits, Allowance.pupils).where(
            *whole, or_(*(~fits for fits in within))
        )
        for in_year, visits, pupils in run(over.order_by(Allowance.year).limit(1)):
            if agreement.most_visits is not None and visits > agreement.most_visits:
                raise BelowUsed(Limit.VISITS, in_year, visits)
            raise BelowUsed(Limit.PUPILS, in_year, pupils)
    _recount(agreement, year)


def follow_school(school_id: int, year: int) -> None:
    """Let its classes be counted under the school's name and number as they are now.

    Call inside the unit of work that has changed them.
    """
    db.session.flush()
    paying = (
        select(VisitDue.paid_by)
        .join(Visit, Visit.id == VisitDue.visit_id)
        .where(Visit.school_id == school_id, Visit.year >= year - 1, VisitDue.paid_by.is_not(None))
        .distinct()
    )
    ids = sorted(run(paying).scalars())
    locked = select(Agreement).where(Agreement.id.in_(ids)).order_by(Agreement.id).with_for_update()
    for agreement in db.session.scalars(locked).all() if ids else ():
        _recount(agreement, year, refusing=False)


def _recount(agreement: Agreement, year: int, *, refusing: bool = True) -> None:
    """Count anew what each class has had. The year before counts too: its last visits may yet be given back."""
    if agreement.class_visits is None:
        run(delete(Allowance).where(Allowance.agreement_id == agreement.id, Allowance.holder == "class"))
        return
    had = _had_by_class(agreement.id, year - 1)
    over = max((row for row in had.values() if row.year >= year), key=lambda row: row.visits, default=None)
    if refusing and over is not None and over.visits > agreement.class_visits:
        raise BelowUsed(Limit.CLASS, over.year, over.visits, over.who)
    of_classes = (Allowance.agreement_id == agreement.id, Allowance.holder == "class", Allowance.year >= year - 1)
    run(delete(Allowance).where(*of_classes))
    rows = [
        {
            "key": key,
            "agreement_id": agreement.id,
            "year": row.year,
            "holder": "class",
            "most_visits": max(agreement.class_visits, row.visits),
            "visits": row.visits,
        }
        for key, row in sorted(had.items())
    ]
    if rows:
        run(insert(Allowance), rows)


def _had_by_class(agreement_id: int, since: int) -> dict[str, _Had]:
    rows = db.session.execute(
        select(School, Visit.year, VisitDue.group_name, func.count())
        .join(Visit, Visit.id == VisitDue.visit_id)
        .join(School, School.id == Visit.school_id)
        .where(VisitDue.paid_by == agreement_id, Visit.year >= since)
        .group_by(School.id, Visit.year, VisitDue.group_name)
    )
    had: dict[str, _Had] = {}
    for school, year, group, visits in rows:
        key = key_of(agreement_id, year, facts_of(school), group)
        before = had.get(key)
        had[key] = _Had(year, f"{school.name} {group}", visits + (before.visits if before else 0))
    return had
