"""What a visit costs more than the invoices that it stands on: an invoice besides them, once the visit is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from booking.bookings.store import lock
from booking.centre.facts import CentreFacts
from booking.invoicing.credit import Again
from booking.invoicing.issue import IssuedInvoice, ReceivableGone, issue_all_locked
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.invoicing.receivables import booking_of, receivable_of
from booking.kernel.database import run, unit_of_work
from booking.kernel.refusals import Refusal


class CreditedInPart(Refusal):
    """Something of the invoice is credited: it is credited whole and issued anew instead."""


class NothingMoreOwed(Refusal):
    """What it stands for costs no more than it says."""


def invoice_the_rest(
    invoice_id: int, centre: CentreFacts, now: datetime, actor: str, again: Again
) -> list[IssuedInvoice]:
    """Invoice what the visits of an invoice cost more by now; `again` first makes the bill of each by its count.

    What is credited of it may be for a count of before, or not, so that there is no telling what is more.
    Raises CreditedInPart, NotSetUp, ReceivableWaits, NothingMoreOwed.
    """
    with unit_of_work():
        on_it = select(InvoicedReceivable.key).where(
            InvoicedReceivable.invoice_id == invoice_id, ~InvoicedReceivable.key.contains(InvoicedReceivable.CREDITED)
        )
        keys = sorted({receivable_of(key) for key in run(on_it).scalars() if key.startswith("visit:")})
        booking_ids = sorted({booking_of(key) for key in keys})
        lock(*booking_ids)
        if run(select(Invoice.credited).where(Invoice.id == invoice_id)).scalar():
            raise CreditedInPart
        for booking_id in booking_ids:
            again(booking_id, centre, now)
        added, refusals = issue_all_locked(keys, centre, now, actor)
        for refusal in refusals:
            if not isinstance(refusal, ReceivableGone):
                raise refusal
        if not added:
            raise NothingMoreOwed
        return added
