"""What `flask check` asks of documents on their way: that none was forgotten before it reached its payer.

What waits for a person, or could not be done, is no breach: *Sending* and *Reminders* show it.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Select, String, bindparam, cast, exists, literal, select

from booking.invoicing.models import Invoice, InvoiceFile
from booking.invoicing.reminders.models import InvoiceHold, InvoiceReminder, WhyStopped
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.states import DeliveryState
from booking.kernel import clock
from booking.kernel.database import UTCDateTime
from booking.outbox.models import Promise, PromiseState

DAY = timedelta(days=1)
# Asked each time that the question is put, since questions are built once.
_A_DAY_AGO = bindparam("a_day_ago", callable_=lambda: clock.now() - DAY, type_=UTCDateTime)


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
    has_files = exists().where(InvoiceFile.invoice_id == Invoice.id)
    files_to_come = exists().where(
        Promise.key == literal("invoice.files:").concat(cast(Invoice.id, String)), Promise.state != PromiseState.DONE
    )
    sent_on = exists().where(
        Promise.kind == "invoice.send",
        Promise.state != PromiseState.DONE,
        Promise.key.startswith(literal("invoice.send:").concat(cast(InvoiceDelivery.invoice_id, String)).concat(":")),
    )
    held = exists().where(InvoiceHold.invoice_id == InvoiceReminder.invoice_id)
    return [
        (
            "sending",
            "document issued that has no files, nor a promise of them, invoice",
            select(Invoice.id).where(~has_files, ~files_to_come),
        ),
        (
            "sending",
            "delivery handed over a day ago that nobody goes on with, invoice",
            select(InvoiceDelivery.invoice_id).where(
                InvoiceDelivery.state == DeliveryState.SENDING, InvoiceDelivery.begun_at < _A_DAY_AGO, ~sent_on
            ),
        ),
        (
            "sending",
            "receipt of what was never delivered, invoice",
            select(InvoiceDelivery.invoice_id).where(
                InvoiceDelivery.receipt != "", InvoiceDelivery.delivered_at.is_(None)
            ),
        ),
        (
            "reminders",
            "reminder stopped by a hold that there is not, reminder",
            select(InvoiceReminder.id).where(InvoiceReminder.why == WhyStopped.HELD, ~held),
        ),
    ]
