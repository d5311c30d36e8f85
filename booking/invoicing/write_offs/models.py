"""The table of what was written off of invoices, and of what was taken back of that."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model, UTCDateTime, stored

LONGEST_REASON = 200


class WriteOffKind(StrEnum):
    """What moved `invoice.written_off`, and which way."""

    WRITTEN_OFF = "written_off"  # more, by a person
    UNDONE = "undone"  # less, by a person
    PAID = "paid"  # less, since that much was paid after all
    GONE_BACK = "gone_back"  # more, as it was: what had been paid after all went back
    CREDITED = "credited"  # less, since that much was credited instead
    LAPSED = "lapsed"  # to nothing left, when the invoice's years are over; back, when something moves after all


class InvoiceWriteOff(Model):
    """A piece written off of an invoice (`amount` in minor units), or below nought one that was taken back.

    Rows are only added: together they are the invoice's `written_off`. `reason` is said by whoever writes off,
    `undoes_id` the row that a person took back.
    """

    __tablename__ = "invoice_write_off"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"), index=True)
    kind: Mapped[WriteOffKind] = mapped_column(stored(WriteOffKind))
    amount: Mapped[int]
    on_day: Mapped[date] = mapped_column(Date, index=True)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="", server_default="")
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("invoice_write_off.id", ondelete="CASCADE"), unique=True)

    __table_args__ = (
        CheckConstraint(
            "amount <> 0 AND (kind = 'lapsed' OR (kind IN ('written_off', 'gone_back')) = (amount > 0))", name="amount"
        ),
        CheckConstraint("(kind = 'written_off') = (reason <> '')", name="reason"),
        CheckConstraint("(kind = 'undone') = (undoes_id IS NOT NULL)", name="undoes"),
    )
