"""What pages read of write-offs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from booking.invoicing.write_offs.models import InvoiceWriteOff, WriteOffKind
from booking.kernel.database import as_values, run


@dataclass(frozen=True, slots=True)
class WriteOffFacts:
    """A piece written off, or below nought one taken back; minor units. `undone_id`: the row that took it back."""

    write_off_id: int
    kind: WriteOffKind
    amount: int
    on: date
    written_at: datetime
    actor: str
    reason: str
    undone_id: int | None

    def can_be_undone(self, written_off: int, open_from: date | None) -> bool:
        """While so much of the invoice is written off, and the books are open from that day on (None: all of them)."""
        stands = self.kind is WriteOffKind.WRITTEN_OFF and self.undone_id is None and written_off > 0
        return stands and (open_from is None or self.on >= open_from)


def write_offs_of(invoice_id: int) -> list[WriteOffFacts]:
    """All of an invoice, the first one first; one statement."""
    undoing = aliased(InvoiceWriteOff)
    row = InvoiceWriteOff
    query = (
        select(row.id, row.kind, row.amount, row.on_day, row.written_at, row.actor, row.reason, undoing.id)
        .outerjoin(undoing, undoing.undoes_id == row.id)
        .where(row.invoice_id == invoice_id)
        .order_by(row.id)
    )
    return as_values(WriteOffFacts, run(query))
