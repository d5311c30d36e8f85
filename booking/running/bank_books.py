"""What `flask check` asks of money that came in on the bank account: that invoices and rows say the same of it."""

from __future__ import annotations

from sqlalchemy import Select, func, select

from booking.invoicing.bank.models import BankLateShare, BankShare, RowState, StoredBankRow
from booking.invoicing.models import Invoice


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
    of_invoices, of_rows = (
        select(column, func.sum(BankShare.amount).label("total")).group_by(column).subquery()
        for column in (BankShare.invoice_id, BankShare.row_id)
    )
    late = func.coalesce(
        select(func.sum(BankLateShare.fee + BankLateShare.interest))
        .where(BankLateShare.row_id == StoredBankRow.id)
        .correlate(StoredBankRow)
        .scalar_subquery(),
        0,
    )
    return [
        (
            "bank",
            "bank row that pays more of fees and interest than was over, row",
            select(StoredBankRow.id).where(func.abs(late) > func.abs(StoredBankRow.over)),
        ),
        (
            "bank",
            "bank row that waits with more paid too much than pays fees and interest, row",
            select(StoredBankRow.id).where(
                StoredBankRow.over != 0,
                StoredBankRow.over != late,
                StoredBankRow.state.in_((RowState.WAITING, RowState.SET_ASIDE)),
            ),
        ),
        (
            "bank",
            "invoice paid otherwise than the bank's rows say, invoice",
            select(Invoice.id)
            .outerjoin(of_invoices, of_invoices.c.invoice_id == Invoice.id)
            .where(Invoice.paid != func.coalesce(of_invoices.c.total, 0)),
        ),
        (
            "bank",
            "bank row of which other sums are on invoices than it says, row",
            select(StoredBankRow.id)
            .outerjoin(of_rows, of_rows.c.row_id == StoredBankRow.id)
            .where(StoredBankRow.applied != func.coalesce(of_rows.c.total, 0)),
        ),
    ]
