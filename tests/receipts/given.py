"""Receipts as tests read them."""

from __future__ import annotations

from sqlalchemy import select

from booking.kernel.database import db
from booking.receipts.document import Receipt
from booking.receipts.models import PaymentReceipt
from booking.records.frozen import read_back


def documents(booking_id: int | None = None) -> list[Receipt]:
    """All that there are, of a booking or of all, in the order they were given."""
    query = select(PaymentReceipt.document).order_by(PaymentReceipt.id)
    if booking_id is not None:
        query = query.where(PaymentReceipt.booking_id == booking_id)
    return [read_back(Receipt, kept) for kept in db.session.scalars(query)]


def numbers() -> list[str]:
    """Their numbers."""
    return [receipt.number for receipt in documents()]


def ids() -> list[int]:
    """Their ids."""
    return list(db.session.scalars(select(PaymentReceipt.id).order_by(PaymentReceipt.id)))
