"""What pages read of reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from booking.invoicing.models import Invoice
from booking.invoicing.reminders.models import InvoiceReminder, LateRate, ReminderState, WhyStopped
from booking.kernel.database import as_values, db, run

MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class ReminderFacts:
    """A reminder with what it said; sums in minor units."""

    reminder_id: int
    invoice_id: int
    number: int
    state: ReminderState
    why: WhyStopped
    promised_at: datetime
    sent_on: date | None
    pay_by: date | None
    open: int
    interest: int
    fee: int


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """A reminder in the list of all, with the invoice's number, payer and currency."""

    reminder: ReminderFacts
    invoice_number: int
    payer: str
    currency: str


_COLUMNS = (
    InvoiceReminder.id, InvoiceReminder.invoice_id, InvoiceReminder.number, InvoiceReminder.state, InvoiceReminder.why,
    InvoiceReminder.promised_at, InvoiceReminder.sent_on, InvoiceReminder.pay_by, InvoiceReminder.open,
    InvoiceReminder.interest, InvoiceReminder.fee,
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


def late_rates() -> list[LateRate]:
    """The rates, the newest first; one statement."""
    return list(db.session.scalars(select(LateRate).order_by(LateRate.from_date.desc())))
