"""Money on an invoice of which more was credited than was left: it is paid too much, to be used or paid back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from booking.centre.facts import the_centre
from booking.invoicing.bank.ledger import TURN, move_paid
from booking.invoicing.bank.models import BankShare, RowState, StoredBankRow
from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.recover import ComesOn
from booking.kernel.database import one_at_a_time, run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.records.audit import note


class NothingToRelease(Refusal):
    """No more is paid than what is left, or no payment of the bank's file has paid it."""


def release(invoice_id: int, actor: str, now: datetime) -> int:
    """Let what is paid beyond what is left stand with its payments as paid too much; returns how much.

    The payment that came last gives first. Raises NothingToRelease.
    """
    with unit_of_work():
        one_at_a_time(TURN)
        beyond = _beyond(invoice_id)
        released = 0
        for share_id, row_id, amount in _payments(invoice_id):
            part = min(amount, beyond - released)
            if part <= 0:
                break
            mine = BankShare.id == share_id
            less = update(BankShare).where(mine).values(amount=amount - part)
            run(delete(BankShare).where(mine) if part == amount else less)
            moved = {"applied": StoredBankRow.applied - part, "over": StoredBankRow.over + part, "undone_at": now}
            run(update(StoredBankRow).where(StoredBankRow.id == row_id).values(moved))
            released += part
        if not released:
            raise NothingToRelease
        move_paid([ComesOn(invoice_id, -released, the_centre().local(now).date())], actor, now)
        note(actor, "invoice.paid_released", f"invoice:{invoice_id}", None, {"amount": released})
        return released


def _beyond(invoice_id: int) -> int:
    """What is paid beyond what credit notes leave; the invoice is held still."""
    query = select(Invoice.unpaid).where(
        Invoice.id == invoice_id, Invoice.kind == DocumentKind.INVOICE, Invoice.written_off >= 0
    )
    unpaid = run(query.with_for_update(key_share=True)).scalar()
    return max(-(unpaid or 0), 0)


def _payments(invoice_id: int) -> list[tuple[int, int, int]]:
    """What of which row is on an invoice, the payment that came last first."""
    query = (
        select(BankShare.id, BankShare.row_id, BankShare.amount)
        .join(StoredBankRow, StoredBankRow.id == BankShare.row_id)
        .where(
            BankShare.invoice_id == invoice_id, BankShare.amount > 0, StoredBankRow.reversal.is_(False),
            StoredBankRow.state == RowState.MATCHED,
        )
        .order_by(StoredBankRow.booked_on.desc(), StoredBankRow.id.desc(), BankShare.id.desc())
    )  # fmt: skip
    return [(share_id, row_id, amount) for share_id, row_id, amount in run(query)]
