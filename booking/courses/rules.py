"""Pure decisions about courses: what a cancellation costs, until when names can change, which courses are too small."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from booking.agreements.closings import closings_before
from booking.agreements.deadlines import Deadlines, working_days_before
from booking.agreements.terms import Kept, Terms, TermsToday, agreed, from_kept, standing
from booking.capacity.closed_hours import closed_of
from booking.centre.facts import CentreFacts
from booking.courses.models import CourseRules
from booking.kernel.database import db
from booking.kernel.money import Money
from booking.kernel.refusals import Refusal

MOST_TOGETHER = 10  # colleagues in one booking


class NamesFinal(Refusal):
    """Names could be changed until the end of the date `until`."""

    def __init__(self, until: date) -> None:
        super().__init__(f"possible until {until.isoformat()}")
        self.until = until


class NoInvoice(Refusal):
    """The centre takes no invoices for courses."""


@dataclass(frozen=True, slots=True)
class RulesForCourses:
    """What holds for all courses; see models.CourseRules."""

    least: int = 8
    warn_days: int = 10
    free_days: int = 10
    late_percent: int = 50
    same_day_percent: int = 100
    by_invoice: bool = True

    @property
    def deadlines(self) -> Deadlines:
        """For what cancelling costs."""
        return Deadlines(0, self.free_days, self.late_percent, self.same_day_percent, lunch_days=0)


def rules_row() -> CourseRules | None:
    """The row of the centre's rules; None while the defaults hold. One statement."""
    return db.session.scalar(select(CourseRules).order_by(CourseRules.id).limit(1))


def load_rules() -> RulesForCourses:
    """The centre's rules, or the defaults, in one statement."""
    row = rules_row()
    return (
        RulesForCourses()
        if row is None
        else RulesForCourses(*(getattr(row, name) for name in RulesForCourses.__dataclass_fields__))
    )


def terms_for(starts_at: datetime, rules: RulesForCourses, centre: CentreFacts) -> Terms:
    """What is agreed on with who books now, in one statement."""
    on = centre.local(starts_at).date()
    return agreed(rules.deadlines, on, closings_before(on, rules.deadlines.longest))


def terms_of(kept: Kept | None) -> Terms:
    """The terms of an enrolment; those of today for one of before they were kept."""
    return Terms(load_rules().deadlines) if kept is None else from_kept(kept)


def standing_before(price: int, starts_at: datetime, centre: CentreFacts, now: datetime) -> TermsToday:
    """What giving up a place of this price would cost from now on if it were booked, in two statements."""
    on, today = centre.local(starts_at).date(), centre.local(now).date()
    return standing(terms_for(starts_at, load_rules(), centre), Money(price, centre.currency), on, today, ())


def standing_of(
    booking_id: int, terms: Terms, price: int, starts_at: datetime, centre: CentreFacts, now: datetime
) -> TermsToday:
    """What the terms of an enrolment mean at this moment for places of this price, in two statements.

    Giving them up costs nothing where we have closed the course ourselves.
    """
    on, today = centre.local(starts_at).date(), centre.local(now).date()
    closed = closings_before(on, terms.rule.longest)
    is_waived = bool(closed_of(booking_id))
    return standing(terms, Money(price, centre.currency), on, today, closed, is_waived=is_waived)


def names_until(starts_at: datetime, centre: CentreFacts) -> date:
    """The last day on which whoever booked may say who comes: the day before."""
    return centre.local(starts_at).date() - timedelta(days=1)


def is_too_small(
    participants: int, starts_at: datetime, rules: RulesForCourses, centre: CentreFacts, now: datetime
) -> bool:
    """Whether staff should decide soon if a course is to be held at all."""
    on, today = centre.local(starts_at).date(), centre.local(now).date()
    closed = closings_before(on, rules.warn_days)
    return starts_at > now and participants < rules.least and today >= working_days_before(on, rules.warn_days, closed)


def mark_of(code: str) -> str:
    """What a certificate is found by: nobody who reads the database learns a code from it."""
    return hashlib.sha256(f"certificate|{code}".encode()).hexdigest()


def name_mark_of(code: str, name: str) -> str:
    """What a name on a certificate is checked by; without the code, 130 random bits, no name can be tried out."""
    return hashlib.sha256(f"name|{code}|{folded(name)}".encode()).hexdigest()


def folded(name: str) -> str:
    """A name as people may type it again: capitals, blanks and ways to write one letter do not matter."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
