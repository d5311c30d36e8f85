"""What is left of an invoice is written off, with a reason; a person takes that back while its month is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from booking.centre.facts import CentreFacts
from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.models import LONGEST_REASON, InvoiceWriteOff, WriteOffKind
from booking.kernel.database import insert_into, run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.kernel.typed import one_line
from booking.records.audit import note


class WriteOffReasonWrong(Refusal):
    """No reason, or one that is too long."""


class NothingToWriteOff(Refusal):
    """No invoice, or nothing is left of it."""


class WriteOffSumWrong(Refusal):
    """Nought, or more than is `left` of the invoice, in minor units of its `currency`."""

    def __init__(self, left: int, currency: str) -> None:
        super().__init__(f"{left} {currency} is left")
        self.left = left
        self.currency = currency


class LeftChangedMeanwhile(Refusal):
    """Somebody has paid, credited or written off something of it since it was looked at."""


class WriteOffStays(Refusal):
    """It is taken back already, all of it was paid or credited after all, or its month is closed."""


@dataclass(frozen=True, slots=True)
class WriteOffOrder:
    """What somebody decided who saw that so much was `left`; minor units."""

    invoice_id: int
    amount: int
    reason: str
    left: int


@dataclass(frozen=True, slots=True)
class _Stands:
    kind: DocumentKind
    left: int
    currency: str


def write_off(order: WriteOffOrder, centre: CentreFacts, now: datetime, actor: str) -> int:
    """Write so much off what is left of an invoice; returns what is left then.

    Raises WriteOffReasonWrong, NothingToWriteOff, WriteOffSumWrong, LeftChangedMeanwhile.
    """
    reason = one_line(order.reason)
    if not 0 < len(reason) <= LONGEST_REASON:
        raise WriteOffReasonWrong
    with unit_of_work():
        more = (
            update(Invoice)
            .where(Invoice.id == order.invoice_id, Invoice.kind == DocumentKind.INVOICE)
            .where(Invoice.left == order.left, Invoice.left >= order.amount)
            .values(written_off=Invoice.written_off + order.amount)
            .returning(Invoice.left, Invoice.written_off)
        )
        row = run(more).first() if order.amount > 0 else None
        if row is None:
            raise _why_not(order)
        left, written_off = row
        values = {
            "invoice_id": order.invoice_id, "kind": WriteOffKind.WRITTEN_OFF, "amount": order.amount,
            "on_day": centre.local(now).date(), "written_at": now, "actor": actor, "reason": reason,
        }  # fmt: skip
        run(insert_into(InvoiceWriteOff), values)
        before = {"left": left + order.amount, "written_off": written_off - order.amount}
        after = {"left": left, "written_off": written_off, "reason": reason}
        note(actor, "invoice.write_off", f"invoice:{order.invoice_id}", before, after)
        return int(left)


def undo_write_off(
    write_off_id: int, open_from: date | None, centre: CentreFacts, now: datetime, actor: str
) -> tuple[int, int]:
    """Ask for it again: as much of a write-off as was not paid or credited since; the invoice and how much.

    `open_from` is the first day that is in no closed month of the books. Raises WriteOffStays.
    """
    with unit_of_work():
        written = select(InvoiceWriteOff.invoice_id, InvoiceWriteOff.amount, InvoiceWriteOff.on_day).where(
            InvoiceWriteOff.id == write_off_id, InvoiceWriteOff.kind == WriteOffKind.WRITTEN_OFF
        )
        row = run(written).first()
        if row is None or (open_from is not None and row.on_day < open_from):
            raise WriteOffStays
        invoice_id, amount, _day = row
        locked = select(Invoice.left, Invoice.written_off).where(Invoice.id == invoice_id)
        left, written_off = run(locked.with_for_update(key_share=True)).one()
        back = min(amount, written_off)
        values = {
            "invoice_id": invoice_id, "kind": WriteOffKind.UNDONE, "amount": -back, "on_day": centre.local(now).date(),
            "written_at": now, "actor": actor, "undoes_id": write_off_id,
        }  # fmt: skip
        undone = insert_into(InvoiceWriteOff).on_conflict_do_nothing(index_elements=["undoes_id"])
        if back <= 0 or run(undone.returning(InvoiceWriteOff.id), values).first() is None:
            raise WriteOffStays
        run(update(Invoice).where(Invoice.id == invoice_id).values(written_off=Invoice.written_off - back))
        before = {"left": left, "written_off": written_off}
        after = {"left": left + back, "written_off": written_off - back}
        note(actor, "invoice.write_off_undone", f"invoice:{invoice_id}", before, after)
        return invoice_id, back


def _why_not(order: WriteOffOrder) -> Refusal:
    row = run(select(Invoice.kind, Invoice.left, Invoice.currency).where(Invoice.id == order.invoice_id)).first()
    stands = None if row is None else _Stands(*row)
    if stands is None or stands.kind is not DocumentKind.INVOICE or stands.left <= 0:
        return NothingToWriteOff()
    if stands.left != order.left:
        return LeftChangedMeanwhile()
    return WriteOffSumWrong(stands.left, stands.currency)
