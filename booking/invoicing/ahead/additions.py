"""What a visit costs more than the invoices that it stands on: an invoice besides them, once the visit is over."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from booking.bookings.store import lock
from booking.centre.facts import CentreFacts
from booking.invoicing.credit import Again
from booking.invoicing.drafts import Draft, drafts_that_wait
from booking.invoicing.issue import (
    IssuedInvoice,
    NotSetUp,
    ReceivableGone,
    ReceivableWaits,
    issue_all_locked,
    language_of,
    rules_of_invoices,
)
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.invoicing.receivables import booking_of, open_receivables, receivable_of
from booking.invoicing.sentences import Wanted, lines_of
from booking.kernel.database import run, unit_of_work
from booking.kernel.refusals import Refusal


class CreditedInPart(Refusal):
    """Something of the invoice is credited: it is credited whole and issued anew instead."""


class NothingMoreOwed(Refusal):
    """What it stands for costs no more than it says."""


class AdditionNotAsShown(Refusal):
    """It comes to another sum by now than somebody was shown."""


class _OnlyLooked(Exception):
    """Nothing went wrong: it takes back what was done to see what it comes to."""


@dataclass(frozen=True, slots=True)
class AdditionForeseen:
    """A document that would be issued, with the lines that stand on it."""

    draft: Draft
    lines: Sequence[Wanted]


def foresee_the_rest(invoice_id: int, centre: CentreFacts, now: datetime, again: Again) -> list[AdditionForeseen]:
    """What `invoice_the_rest` would issue now; nothing stays of it. Raises as that does."""
    foreseen: list[AdditionForeseen] = []
    with suppress(_OnlyLooked), unit_of_work():
        keys = _billed_anew(invoice_id, centre, now, again)
        rules = rules_of_invoices()
        if rules is None:
            raise NotSetUp
        receivables = open_receivables(centre, now, keys)
        for draft, why in drafts_that_wait(receivables, set_up=True, exempt=bool(rules.exempt_reason)):
            if why is not None:
                raise ReceivableWaits(draft.keys[0], why)
            lang = language_of(draft.receivables[0].lang, centre)
            lines = [
                line for receivable in draft.receivables for line in lines_of(receivable, lang, together=draft.together)
            ]
            foreseen.append(AdditionForeseen(draft, lines))
        if not foreseen:
            raise NothingMoreOwed
        raise _OnlyLooked
    return foreseen


def invoice_the_rest(
    invoice_id: int, centre: CentreFacts, now: datetime, actor: str, again: Again, shown: int | None = None
) -> list[IssuedInvoice]:
    """Invoice what the visits of an invoice cost more by now; `again` first makes the bill of each by its count.

    What is credited of it may be for a count of before, or not, so that there is no telling what is more. `shown` is
    what somebody was shown that it comes to.
    Raises CreditedInPart, NotSetUp, ReceivableWaits, NothingMoreOwed, AdditionNotAsShown.
    """
    with unit_of_work():
        keys = _billed_anew(invoice_id, centre, now, again)
        added, refusals = issue_all_locked(keys, centre, now, actor)
        for refusal in refusals:
            if not isinstance(refusal, ReceivableGone):
                raise refusal
        if not added:
            raise NothingMoreOwed
        if shown is not None and shown != sum(invoice.payable for invoice in added):
            raise AdditionNotAsShown
        return added


def _billed_anew(invoice_id: int, centre: CentreFacts, now: datetime, again: Again) -> list[str]:
    """The receivables of an invoice's visits, whose bookings are ours until the unit of work ends."""
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
    return keys
