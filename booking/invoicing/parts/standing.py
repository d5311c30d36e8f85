"""What of a visit's receivable stands on invoices already, the additions to these among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from booking.bookings.models import Booking
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.visits.models import VisitDue


def on_invoices_of_visit(key: ColumnElement[str]) -> Sequence[ColumnElement[Any]]:
    """Of a visit's receivable the last invoice that it stands on, what all of these say, and that one's number."""
    row = InvoicedReceivable
    mine = select(row.id).outerjoin(Invoice, Invoice.id == row.invoice_id).where(row.stands_for(Booking.id, key))
    return [
        mine.with_only_columns(value, maintain_column_froms=True).correlate(Booking, VisitDue).scalar_subquery()
        for value in (func.max(row.invoice_id), func.coalesce(func.sum(row.owed), 0), func.max(Invoice.number))
    ]
