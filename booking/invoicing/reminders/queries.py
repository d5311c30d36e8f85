"""What pages read of reminders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select

from booking.invoicing.models import Invoice, InvoicePayer
from booking.invoicing.payer.queries import contacts_of
from booking.invoicing.queries import IssuedFacts, issued_with_files, open_after
from booking.invoicing.reminders.due import steps
from booking.invoicing.reminders.holds import NOBODY_HOLDS
from booking.invoicing.reminders.models import InvoiceReminder, LateRate, ReminderState, WhyStopped
from booking.invoicing.reminders.stuck import nobody_sends
from booking.invoicing.sending.queries import DELIVERY_STANDS
from booking.kernel.database import as_values, db, run
from booking.kernel.looking import in_batches, look_ends_at

MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class ReminderFacts:
    """A reminder with what it said; sums in minor units. `unsent`: no letter of it waits to be sent (any more)."""

    reminder_id: int
    invoice_id: int
    number: int
    state: ReminderState
    why: WhyStopped
    promised_at: datetime
    sent_on: date | None
    left_out_at: datetime | None
    pay_by: date | None
    open: int
    interest: int
    fee: int
    unsent: bool


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """A reminder in the list of all, with the invoice's number, payer and currency."""

    reminder: ReminderFacts
    invoice_number: int
    payer: str
    currency: str


@dataclass(frozen=True, slots=True)
class NobodyToWriteTo:
    """An overdue invoice of which nobody is reminded, since its payer has no mailbox."""

    facts: IssuedFacts
    payer_id: int


@dataclass(frozen=True, slots=True)
class UnwrittenPage:
    """Some of these, by their numbers; `next_after`: the number that was looked at last, where there may be more."""

    rows: Sequence[NobodyToWriteTo]
    next_after: int | None


_COLUMNS = (
    InvoiceReminder.id, InvoiceReminder.invoice_id, InvoiceReminder.number, InvoiceReminder.state, InvoiceReminder.why,
    InvoiceReminder.promised_at, InvoiceReminder.sent_on, InvoiceReminder.left_out_at, InvoiceReminder.pay_by,
    InvoiceReminder.open,
    InvoiceReminder.interest, InvoiceReminder.fee, nobody_sends(),
)  # fmt: skip


def reminders_of(invoice_id: int) -> list[ReminderFacts]:
    """The reminders of an invoice, the first one first; one statement."""
    query = select(*_COLUMNS).where(InvoiceReminder.invoice_id == invoice_id).order_by(InvoiceReminder.id)
    return as_values(ReminderFacts, run(query))


def last_reminders(most: int = MOST_LISTED) -> list[ReminderLine]:
    """The latest reminders of all, the last first; one statement."""
    query = (
        select(*_COLUMNS, Invoice.number, Invoice.document, Invoice.currency)
        .join(Invoice, Invoice.id == InvoiceReminder.invoice_id)
        .order_by(InvoiceReminder.id.desc())
        .limit(most)
    )
    return [
        ReminderLine(ReminderFacts(*facts), number, str(document["billed_to"]["name"]), currency)
        for *facts, number, document, currency in run(query)
    ]


def nobody_to_write_to(today: date, after: int = 0, most: int = MOST_LISTED) -> UnwrittenPage:
    """Overdue invoices whose reminders go to nobody, the oldest first, those after this number.

    None where the centre reminds nobody.
    """
    known = steps()
    if not known:
        return UnwrittenPage((), None)
    had_all = exists().where(
        InvoiceReminder.invoice_id == Invoice.id,
        InvoiceReminder.number >= known[-1].number,
        InvoiceReminder.state != ReminderState.STOPPED,
    )
    has_mailbox = exists().where(InvoicePayer.id == Invoice.payer_id, InvoicePayer.email != "")
    late = Invoice.due_on <= today - timedelta(days=known[0].days)
    query = select(Invoice.id, Invoice.payer_id).where(late, NOBODY_HOLDS, DELIVERY_STANDS, ~had_all, ~has_mailbox)
    unwritten: list[NobodyToWriteTo] = []
    until = look_ends_at(open_after(after))
    for numbers in in_batches(open_after, after, until):
        payers = {invoice_id: payer_id for invoice_id, payer_id in run(query.where(Invoice.number.in_(numbers)))}
        facts = issued_with_files(Invoice.id.in_(payers), len(payers), oldest=True) if payers else []
        contacts = contacts_of(facts)
        unwritten += [
            NobodyToWriteTo(issued, payers[issued.invoice_id]) for issued in facts if not contacts[issued.invoice_id]
        ]
        if len(unwritten) > most:
            break
    shown = unwritten[:most]
    return UnwrittenPage(shown, shown[-1].facts.number if len(unwritten) > most else until)


def late_rates() -> list[LateRate]:
    """The rates, the newest first; one statement."""
    return list(db.session.scalars(select(LateRate).order_by(LateRate.from_date.desc())))
