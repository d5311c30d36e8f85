"""The end of what is open when an invoice's years are over: written off, so that the books are even when it goes.

What was paid too much and never paid back lapses as well, the other way.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Select, select, update

from booking.centre.facts import the_centre
from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.models import InvoiceWriteOff, WriteOffKind
from booking.kernel import clock
from booking.kernel.database import insert_into, run
from booking.kernel.forgetting import Keys
from booking.records.audit import note

ACTOR = "worker"


def uneven(before: datetime) -> Select[int]:
    """Invoices whose years are over and of which something is left, or was paid too much."""
    return select(Invoice.id).where(
        Invoice.kept_until <= before.date(), Invoice.kind == DocumentKind.INVOICE, Invoice.left != 0
    )


def let_lapse(invoice_ids: Keys) -> None:
    """Nothing is left of these any more; inside a unit of work."""
    now = clock.now()
    today = the_centre().local(now).date()
    locked = select(Invoice.id, Invoice.left, Invoice.written_off).where(Invoice.id.in_(invoice_ids))
    for invoice_id, left, written_off in run(locked.order_by(Invoice.id).with_for_update(key_share=True)).all():
        if left:
            set_lapsed(invoice_id, written_off, left, today, now)


def set_lapsed(invoice_id: int, written_off: int, by: int, today: date, now: datetime) -> None:
    """Write off so much more, or less, of an invoice that is held still."""
    run(update(Invoice).where(Invoice.id == invoice_id).values(written_off=Invoice.written_off + by))
    values = {
        "invoice_id": invoice_id, "kind": WriteOffKind.LAPSED, "amount": by, "on_day": today, "written_at": now,
        "actor": ACTOR,
    }  # fmt: skip
    run(insert_into(InvoiceWriteOff), values)
    before, after = {"written_off": written_off}, {"written_off": written_off + by}
    note(ACTOR, "invoice.lapsed", f"invoice:{invoice_id}", before, after)
