"""What an invoice would be if what it stands for were billed as it is now: proposed, never done silently.

A visit may be counted otherwise at the door since, places on a course may be given up.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, String, and_, cast, func, literal, or_, select, true

from booking.bookings.models import Booking, State
from booking.centre.facts import CentreFacts
from booking.courses.models import Enrolment
from booking.courses.owed import owed_now
from booking.invoicing.frozen import from_kept
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.invoicing.parts.credited import ClaimOnInvoice, claims_on, credited_by_line, notes_of
from booking.invoicing.receivables import receivable_of
from booking.kernel.database import as_values, run
from booking.reckoning.reckon import HeadsInvoiced, NotReckoned, as_counted, reckon
from booking.visits.models import Reckoning, Visit
from booking.visits.rebill import bill_of_heads

_FREED = InvoicedReceivable.CREDITED
_STANDS = ~InvoicedReceivable.key.contains(_FREED)


@dataclass(frozen=True, slots=True)
class CountedAnew:
    """A visit on an invoice that the door counts otherwise since: people billed and counted, sums in minor units."""

    booking_id: int
    were: int
    are: int
    was: int
    now: int


@dataclass(frozen=True, slots=True)
class GivenUpSince:
    """Places on a course of which some or all were given up since they were invoiced; sums in minor units.

    Of what is owed `now` the `fee` is what giving them up cost. `cancelled`: nobody comes any more.
    """

    booking_id: int
    reference: str
    was: int
    now: int
    fee: int
    cancelled: bool


@dataclass(frozen=True, slots=True)
class CreditProposal:
    """What of an invoice is too much by what is known now, less what is credited of it; and what is owed on top.

    `lines` are the places of those lines that stand for it, from 0.
    """

    visits: Sequence[CountedAnew]
    courses: Sequence[GivenUpSince]
    lines: Sequence[int]
    too_much: int
    too_little: int

    @property
    def amount(self) -> str:
        """What is too much as a form takes it: 1234 is "12.34"."""
        return f"{self.too_much // 100}.{self.too_much % 100:02}"

    @property
    def leaves_fee(self) -> bool:
        """Whether what is left would be a fee, which has no VAT, under the name of places that were taxed."""
        return any(course.fee for course in self.courses)


def counted_anew(invoice_id: int, centre: CentreFacts, now: datetime) -> CreditProposal | None:
    """What is known now would change of an invoice; None when nothing. Two statements as long as nothing moved.

    What a person has decided is not proposed against, nor what has no count any more.
    """
    counted, given_up = set(run(_counted(invoice_id)).scalars()), {row[0]: row for row in run(_given_up(invoice_id))}
    if not counted and not given_up:
        return None
    standing = [claim for claim in claims_on(invoice_id) if not claim.is_free]
    visits = [
        _moved(row, centre, now) for row in standing if row.key.startswith("visit:") and row.booking_id in counted
    ]
    courses = as_values(GivenUpSince, [given_up[row.booking_id] for row in standing if row.booking_id in given_up])
    moved = [visit for visit in visits if visit is not None and visit.was != visit.now]
    of_both: list[CountedAnew | GivenUpSince] = [*moved, *courses]
    changed = {of.booking_id for of in of_both}
    if not changed:
        return None
    of_these = [claim for claim in standing if claim.booking_id in changed]
    change = sum(of.was - of.now for of in of_both) - _credited_of(invoice_id, of_these)
    if not change:
        return None
    lines = [place for claim in of_these for place in claim.lines]
    return CreditProposal(moved, courses, lines, max(change, 0), max(-change, 0))


def how_many_given_up() -> int:
    """Invoices that claim more for places on courses than they cost by now, and are not credited that much."""
    freed = (
        select(func.coalesce(func.sum(InvoicedReceivable.amount), 0))
        .where(InvoicedReceivable.invoice_id == Invoice.id, ~_STANDS)
        .correlate(Invoice)
        .scalar_subquery()
    )
    query = (
        select(func.count(func.distinct(Invoice.id)))
        .select_from(Enrolment)
        .join(Booking, Booking.id == Enrolment.booking_id)
        .join(InvoicedReceivable, InvoicedReceivable.key == literal("course:").concat(cast(Booking.id, String)))
        .join(Invoice, Invoice.id == InvoicedReceivable.invoice_id)
        .where(
            Enrolment.owes_otherwise == true(),
            InvoicedReceivable.amount - owed_now() > Invoice.credited - freed,
        )
    )
    return int(run(query).scalar_one())


def reckon_again(booking_id: int, centre: CentreFacts, now: datetime) -> None:
    """Before what was credited is invoiced anew: by the count as it stands, if there is another. In a unit of work."""
    try:
        reckon(booking_id, centre, now)
    except (NotReckoned, HeadsInvoiced):
        return  # no visit, one whose classes are forgotten, or another payer's invoice stands: as it stands


def reckon_the_rest(booking_id: int, centre: CentreFacts, now: datetime) -> None:
    """As `reckon_again`, of a visit whose invoice stands and gets an addition."""
    with suppress(NotReckoned):
        reckon(booking_id, centre, now, invoiced=True)


def _counted(invoice_id: int) -> Select[int]:
    """Visits on an invoice whose count is another since it was decided on, or was never: it was issued before."""
    undecided = and_(Reckoning.visit_id.is_(None), InvoicedReceivable.planned_on.is_not(None))
    return (
        select(InvoicedReceivable.booking_id)
        .join(Visit, Visit.booking_id == InvoicedReceivable.booking_id)
        .outerjoin(Reckoning, Reckoning.visit_id == Visit.id)
        .where(
            InvoicedReceivable.invoice_id == invoice_id, _STANDS, InvoicedReceivable.key.startswith("visit:"),
            or_(Reckoning.stale, undecided),
        )
    )  # fmt: skip


def _given_up(invoice_id: int) -> Select[int, str, int, int, int, bool]:
    """Places on courses that owe another sum than stands on an invoice."""
    return (
        select(
            Booking.id, Booking.reference, InvoicedReceivable.amount, owed_now(), Enrolment.fee,
            Booking.state != State.CONFIRMED,
        )
        .select_from(InvoicedReceivable)
        .join(Booking, Booking.id == InvoicedReceivable.booking_id)
        .join(Enrolment, and_(Enrolment.booking_id == Booking.id, Enrolment.owes_otherwise == true()))
        .where(InvoicedReceivable.invoice_id == invoice_id, _STANDS, InvoicedReceivable.amount != owed_now())
    )  # fmt: skip


def _credited_of(invoice_id: int, these: Sequence[ClaimOnInvoice]) -> int:
    """What is credited of these by the lines of notes, and of the whole: that may be theirs."""
    document, credited = run(select(Invoice.document, Invoice.credited).where(Invoice.id == invoice_id)).one()
    if not credited:
        return 0
    by_line = credited_by_line(from_kept(document).settled, (note.settled for note in notes_of(invoice_id)))
    of_whole = by_line.total() - sum(claim.credited_of(by_line) for claim in claims_on(invoice_id))
    return of_whole + sum(claim.credited_of(by_line) for claim in these)


def _moved(row: ClaimOnInvoice, centre: CentreFacts, now: datetime) -> CountedAnew | None:
    try:
        visit = as_counted(row.booking_id, centre, now)
    except NotReckoned:
        return None
    if visit.lacks_count or visit.closed or visit.by_rule == visit.billed:
        return None
    payer = int(row.key.split(":")[2]) or None
    owed = bill_of_heads(visit.facts, visit.by_rule, centre).bill.in_minor_units().get(payer, 0)
    were, are = (sum(of.people for of in heads) for heads in (visit.billed, visit.by_rule))
    return CountedAnew(row.booking_id, were, are, row.amount, max(owed - _beside(row), 0))


def _beside(row: ClaimOnInvoice) -> int:
    """What other invoices ask for the same, less what is credited of it there."""
    of_same = (
        InvoicedReceivable.booking_id == row.booking_id, _STANDS, InvoicedReceivable.key != row.key,
        InvoicedReceivable.of_receivable() == receivable_of(row.key),
    )  # fmt: skip
    rows = run(select(InvoicedReceivable.id, InvoicedReceivable.invoice_id).where(*of_same)).all()
    beside = 0
    for row_id, invoice_id in rows:
        (claim,) = (claim for claim in claims_on(invoice_id) if claim.row_id == row_id)
        beside += max(claim.amount - _credited_of(invoice_id, [claim]), 0)
    return beside
