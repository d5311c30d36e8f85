"""What was written off and comes after all, as money or by a credit note: the write-off is taken back by as much."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update

from booking.centre.facts import the_centre
from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.lapse import set_lapsed
from booking.invoicing.write_offs.models import InvoiceWriteOff, WriteOffKind
from booking.kernel.database import in_pieces, insert_into, run
from booking.records.audit import note


def recover(coming: Mapping[int, int], kind: WriteOffKind, actor: str, now: datetime) -> None:
    """Before so much comes for these invoices, by their ids: what is left pays first, what was written off after it.

    Inside a unit of work; the invoices are held still until it ends, so that nobody writes off meanwhile. What had
    lapsed of what was paid too much has not, once anything moves.
    """
    for piece in in_pieces(sorted(invoice_id for invoice_id, by in coming.items() if by)):
        locked = (
            select(Invoice.id, Invoice.left, Invoice.written_off)
            .where(Invoice.id.in_(piece))
            .order_by(Invoice.id)
            .with_for_update(key_share=True)
        )
        for invoice_id, left, written_off in run(locked).all():
            back = min(coming[invoice_id] - left, written_off)
            if written_off < 0:
                set_lapsed(invoice_id, written_off, -written_off, the_centre().local(now).date(), now)
            elif back > 0:
                _take_back(invoice_id, back, written_off, kind, actor, now)


def _take_back(invoice_id: int, back: int, written_off: int, kind: WriteOffKind, actor: str, now: datetime) -> None:
    run(update(Invoice).where(Invoice.id == invoice_id).values(written_off=Invoice.written_off - back))
    values = {
        "invoice_id": invoice_id, "kind": kind, "amount": -back, "on_day": the_centre().local(now).date(),
        "written_at": now, "actor": actor,
    }  # fmt: skip
    run(insert_into(InvoiceWriteOff), values)
    before, after = {"written_off": written_off}, {"written_off": written_off - back}
    note(actor, "invoice.write_off_recovered", f"invoice:{invoice_id}", before, after)
