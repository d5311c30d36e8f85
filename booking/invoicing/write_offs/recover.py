"""What was written off and comes after all, as money or by a credit note: the write-off is taken back by as much."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.lapse import ACTOR
from booking.invoicing.write_offs.models import WriteOffKind
from booking.invoicing.write_offs.moves import move_written_off
from booking.kernel.database import in_pieces, run


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
                move_written_off(invoice_id, written_off, -written_off, WriteOffKind.LAPSED, ACTOR, now)
            elif back > 0:
                move_written_off(invoice_id, written_off, -back, kind, actor, now)
