"""What moves when money of a bank's row goes on an invoice or off it; call inside a unit of work whose TURN it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from booking.invoicing.bank.models import BankShare, RowState, StoredBankRow
from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.models import WriteOffKind
from booking.invoicing.write_offs.recover import ComesOn, recover_by_day
from booking.kernel.database import insert_into, run

TURN = ("bank",)  # whoever moves money between rows and invoices does so alone: see one_at_a_time


def move_paid(moves: Sequence[ComesOn], actor: str, now: datetime) -> None:
    """Add to what invoices have been paid; one UPDATE each, in one order for all.

    What of it was written off is not any more, and is once more when it goes back.
    """
    written_off = recover_by_day(moves, WriteOffKind.PAID, actor, now)
    paid = (
        update(Invoice)
        .where(Invoice.id == bindparam("invoice"))
        .values(paid=Invoice.paid + bindparam("by"), written_off=Invoice.written_off + bindparam("lost"))
    )
    sums: Counter[int] = Counter()
    for move in moves:
        sums[move.invoice_id] += move.by
    values = [
        {"invoice": invoice_id, "by": by, "lost": written_off.get(invoice_id, 0)}
        for invoice_id, by in sorted(sums.items())
        if by or invoice_id in written_off
    ]
    if values:
        run(paid, values)


def shares_of(row_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    """What of these rows is on which invoice, by the ids of both; sums that are nought left out."""
    total = func.sum(BankShare.amount)
    query = (
        select(BankShare.row_id, BankShare.invoice_id, total)
        .where(BankShare.row_id.in_(row_ids), BankShare.invoice_id.is_not(None))
        .group_by(BankShare.row_id, BankShare.invoice_id)
        .having(total != 0)
    )
    shares: dict[int, dict[int, int]] = {}
    for row_id, invoice_id, amount in run(query):
        shares.setdefault(row_id, {})[invoice_id] = int(amount)
    return shares


def insert_share(row_id: int, invoice_id: int, amount: int) -> None:
    """A person has put so much of a row on an invoice, maybe besides what was there."""
    values = {"row_id": row_id, "invoice_id": invoice_id, "amount": amount, "by_hand": True}
    statement = insert_into(BankShare)
    more = statement.on_conflict_do_update(
        index_elements=["row_id", "invoice_id", "by_hand"],
        set_={"amount": BankShare.amount + statement.excluded.amount},
    )
    run(more, values)


def mark_taken_back(row_id: int, undone_id: int) -> None:
    """This row took that one back: neither waits, and neither can be taken back again."""
    for of_row, values in ((undone_id, {}), (row_id, {"undoes_id": undone_id})):
        changed = update(StoredBankRow).where(StoredBankRow.id == of_row)
        run(changed.values(state=RowState.TAKEN_BACK, **values))
