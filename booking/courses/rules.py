"""Pure decisions about courses: what a cancellation costs, until when names can change, which courses are too small."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from booking.centre.facts import CentreFacts, closing_days
from booking.courses.models import CourseRules
from booking.kernel.database import db
from booking.kernel.money import Money
from booking.kernel.refusals import Refusal
from booking.schools.deadlines import Deadlines, Fee, cancellation_fee, working_days_before

MOST_TOGETHER = 10  # colleagues in one booking


class NamesFinal(Refusal):
    """Names could be changed until the end of the date `until`."""

    def __init__(self, until: date) -> None:
        super().__init__(f"possible until {until.isoformat()}")
        self.until = until


class NoInvoice(Refusal):
    """The centre takes no invoices for courses."""


@dataclass(frozen=True, slots=True)
class Rules:
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
        return Deadlines(0, self.free_days, self.late_percent, self.same_day_percent)


def load_rules() -> Rules:
    """The centre's rules, or the defaults, in one statement."""
    row = db.session.scalar(select(CourseRules).order_by(CourseRules.id).limit(1))
    return Rules() if row is None else Rules(*(getattr(row, name) for name in Rules.__dataclass_fields__))


def fee_now(total: int, starts_at: datetime, rules: Rules, centre: CentreFacts, now: datetime) -> Fee:
    """What giving up places of this price costs at this moment."""
    on, today = centre.local(starts_at).date(), centre.local(now).date()
    closed = closing_days(on - timedelta(days=60), on + timedelta(days=1)).keys()
    return cancellation_fee(Money(total, centre.currency), on, today, closed, rules.deadlines)


def names_until(starts_at: datetime, centre: CentreFacts) -> date:
    """The last day on which whoever booked may say who comes: the day before."""
    return centre.local(starts_at).date() - timedelta(days=1)


def is_too_small(participants: int, starts_at: datetime, rules: Rules, centre: CentreFacts, now: datetime) -> bool:
    """Whether staff should decide soon if a course is to be held at all."""
    on, today = centre.local(starts_at).date(), centre.local(now).date()
    closed = closing_days(on - timedelta(days=60), on + timedelta(days=1)).keys()
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
