"""What is written off of invoices, and what of it came after all: each piece a voucher of its own, VAT left alone."""

from __future__ import annotations

from sqlalchemy import String, cast, literal, or_, select

from booking.books.journal import AccountRole, Standing, VoucherKind, move
from booking.books.models import JournalSource
from booking.books.sources.moment import PostingCut
from booking.invoicing.write_offs.models import InvoiceWriteOff
from booking.kernel.database import run


def write_offs(cut: PostingCut) -> list[Standing]:
    """Pieces that are not in the journal yet, in the order in which they were written."""
    source = literal("write_off:").concat(cast(InvoiceWriteOff.id, String))
    query = (
        select(InvoiceWriteOff.id, InvoiceWriteOff.invoice_id, InvoiceWriteOff.amount, InvoiceWriteOff.on_day)
        .outerjoin(JournalSource, JournalSource.source == source)
        .where(InvoiceWriteOff.on_day <= cut.last_day, JournalSource.source.is_(None))
        .order_by(InvoiceWriteOff.id)
        .limit(cut.most)
    )
    if cut.since is not None:
        lately = InvoiceWriteOff.written_at >= cut.since  # money of long ago may take one back today
        query = query.where(or_(InvoiceWriteOff.on_day >= cut.since.date(), lately))
    return [
        Standing(
            f"write_off:{write_off_id}", "written", VoucherKind.WRITE_OFF, on, on,
            move(amount, AccountRole.BAD_DEBT, AccountRole.RECEIVABLE, invoice_id), alone=True,
        )
        for write_off_id, invoice_id, amount, on in run(query)
    ]  # fmt: skip
