"""What an invoice would be if the count of its visits were taken as it stands now: proposed, never done silently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from booking.centre.facts import CentreFacts
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.kernel.database import run
from booking.reckoning.reckon import HeadsInvoiced, NotReckoned, as_counted, reckon
from booking.visits.models import Reckoning, Visit
from booking.visits.rebill import bill_of_heads


@dataclass(frozen=True, slots=True)
class CountedAnew:
    """A visit on an invoice that the door counts otherwise since: people billed and counted, sums in minor units."""

    booking_id: int
    were: int
    are: int
    was: int
    now: int


@dataclass(frozen=True, slots=True)
class CreditProposal:
    """What of an invoice is too much by the counts of now, less what is credited of it; and what is owed on top."""

    visits: Sequence[CountedAnew]
    too_much: int
    too_little: int

    @property
    def amount(self) -> str:
        """What is too much as a form takes it: 1234 is "12.34"."""
        return f"{self.too_much // 100}.{self.too_much % 100:02}"


def counted_anew(invoice_id: int, centre: CentreFacts, now: datetime) -> CreditProposal | None:
    """What the counts of now would change of an invoice; None when nothing. One statement as long as nothing moved.

    What a person has decided is not proposed against, nor what has no count any more.
    """
    of_invoice = (InvoicedReceivable.invoice_id == invoice_id, ~InvoicedReceivable.key.contains(_FREED))
    query = (
        select(InvoicedReceivable.booking_id, InvoicedReceivable.key, InvoicedReceivable.amount)
        .join(Visit, Visit.booking_id == InvoicedReceivable.booking_id)
        .outerjoin(Reckoning, Reckoning.visit_id == Visit.id)
        .where(
            *of_invoice,
            InvoicedReceivable.key.startswith("visit:"),
            # One that was invoiced on booking is billed as booked, and nobody has decided on its heads.
            or_(Reckoning.stale, and_(Reckoning.visit_id.is_(None), InvoicedReceivable.planned_on.is_not(None))),
        )
        .order_by(InvoicedReceivable.id)
    )
    moved = [_moved(booking_id, key, amount, centre, now) for booking_id, key, amount in run(query)]
    visits = [visit for visit in moved if visit is not None and visit.was != visit.now]
    if not visits:
        return None
    payable, credited = run(select(Invoice.payable, Invoice.credited).where(Invoice.id == invoice_id)).one()
    amounts = run(select(InvoicedReceivable.amount).where(*of_invoice)).scalars()
    credited_of_these = max(sum(amounts) - (payable - credited), 0)
    change = sum(visit.was - visit.now for visit in visits) - credited_of_these
    if not change:
        return None
    return CreditProposal(visits, max(change, 0), max(-change, 0))


def reckon_again(booking_id: int, centre: CentreFacts, now: datetime) -> None:
    """Before what was credited is invoiced anew: by the count as it stands, if there is another. In a unit of work."""
    try:
        reckon(booking_id, centre, now)
    except (NotReckoned, HeadsInvoiced):
        return  # no visit, one whose classes are forgotten, or another payer's invoice stands: as it stands


_FREED = InvoicedReceivable.CREDITED


def _moved(booking_id: int, key: str, amount: int, centre: CentreFacts, now: datetime) -> CountedAnew | None:
    try:
        visit = as_counted(booking_id, centre, now)
    except NotReckoned:
        return None
    if visit.lacks_count or visit.closed or visit.by_rule == visit.billed:
        return None
    payer = int(key.split(":")[2]) or None
    owed = bill_of_heads(visit.facts, visit.by_rule, centre).bill.in_minor_units().get(payer, 0)
    were, are = (sum(of.people for of in heads) for heads in (visit.billed, visit.by_rule))
    return CountedAnew(booking_id, were, are, amount, owed)
