"""What is written off of an invoice moves by itself: when it comes after all, and when its years are over."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import update

from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.models import InvoiceWriteOff, WriteOffKind
from booking.kernel.database import insert_into, run
from booking.records.audit import note

_ACTIONS = {WriteOffKind.LAPSED: "invoice.lapsed", WriteOffKind.GONE_BACK: "invoice.write_off_again"}


def move_written_off(
    invoice_id: int, stood: int, by: int, kind: WriteOffKind, actor: str, now: datetime, on: date
) -> None:
    """So much more, or below nought less, is written off than `stood` (minor units); the log says so.

    Inside a unit of work that holds the invoice still. The books have it on the day `on`.
    """
    run(update(Invoice).where(Invoice.id == invoice_id).values(written_off=Invoice.written_off + by))
    write_piece(invoice_id, stood, by, kind, actor, now, on)


def write_piece(invoice_id: int, stood: int, by: int, kind: WriteOffKind, actor: str, now: datetime, on: date) -> None:
    """The row and the log entry of that; whoever calls moves the invoice."""
    values = {
        "invoice_id": invoice_id, "kind": kind, "amount": by, "on_day": on, "written_at": now, "actor": actor,
    }  # fmt: skip
    run(insert_into(InvoiceWriteOff), values)
    action = _ACTIONS.get(kind, "invoice.write_off_recovered")
    note(actor, action, f"invoice:{invoice_id}", {"written_off": stood}, {"written_off": stood + by})
