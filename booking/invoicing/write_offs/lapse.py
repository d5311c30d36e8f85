"""The end of what is open when an invoice's years are over: written off, so that the books are even when it goes.

What was paid too much and never paid back lapses as well, the other way.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select

from booking.centre.facts import the_centre
from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.models import WriteOffKind
from booking.invoicing.write_offs.moves import move_written_off
from booking.kernel import clock
from booking.kernel.database import run
from booking.kernel.forgetting import Keys

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
            move_written_off(invoice_id, written_off, left, WriteOffKind.LAPSED, ACTOR, now, today)
