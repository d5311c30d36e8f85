"""What came in on the bank account for invoices, as far as rows are on them or over; what waits is in no voucher.

What is over and pays fees of reminders and interest is income, without VAT; until it is paid it is in no voucher.

The rest of a row is the centre's own business: a payout of the provider has a voucher of its own.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from booking.books.journal import AccountRole, LineKey, Standing, VoucherKind, VoucherLine
from booking.books.models import JournalSource
from booking.books.sources.moment import PostingCut
from booking.invoicing.bank.late import LateSum, late_of_rows
from booking.invoicing.bank.ledger import shares_of
from booking.invoicing.bank.models import StoredBankFile, StoredBankRow
from booking.kernel.database import in_pieces, run


def bank_rows(cut: PostingCut) -> list[Standing]:
    """Rows of which the journal says something else."""
    query = (
        select(
            StoredBankRow.id, StoredBankRow.booked_on, StoredBankRow.applied, StoredBankRow.over,
            StoredBankRow.by_hand_at, StoredBankRow.undone_at,
        )
        .where(StoredBankRow.booked_on <= cut.last_day)
        .order_by(StoredBankRow.booked_on, StoredBankRow.id)
    )  # fmt: skip
    if cut.since is not None:
        lately = select(StoredBankFile.id).where(StoredBankFile.taken_at >= cut.since)
        query = query.where(
            or_(
                StoredBankRow.booked_on >= cut.since.date(), StoredBankRow.by_hand_at >= cut.since,
                StoredBankRow.undone_at >= cut.since, StoredBankRow.file_id.in_(lately),
            )
        )  # fmt: skip
    rows = {}
    for row_id, booked_on, applied, over, by_hand_at, undone_at in run(query):
        changed_at = max((at for at in (by_hand_at, undone_at) if at is not None), default=None)
        rows[f"bank:{row_id}"] = f"{applied}:{over}:{changed_at or ''}", row_id, booked_on, applied, over, changed_at
    marks: dict[str, str] = {}
    for piece in in_pieces(list(rows)):
        known = select(JournalSource.source, JournalSource.mark).where(JournalSource.source.in_(piece))
        marks |= {source: mark for source, mark in run(known)}
    changed = [
        source for source, (mark, _id, _on, applied, over, _at) in rows.items()
        if marks.get(source) != mark and (source in marks or applied or over)
    ][: cut.most]  # fmt: skip
    shares = shares_of([rows[source][1] for source in changed])
    late = late_of_rows([rows[source][1] for source in changed])
    standings = []
    for source in changed:
        mark, row_id, booked_on, _applied, over, changed_at = rows[source]
        paid = shares.get(row_id, {})
        lines = [VoucherLine(LineKey(AccountRole.BANK), sum(paid.values()) + over)]
        lines += [
            VoucherLine(LineKey(AccountRole.RECEIVABLE, invoice_id=invoice), -sum_) for invoice, sum_ in paid.items()
        ]
        besides = late.get(row_id, LateSum())
        lines += [
            VoucherLine(LineKey(AccountRole.REMINDER_FEE), -besides.fee),
            VoucherLine(LineKey(AccountRole.LATE_INTEREST), -besides.interest),
            VoucherLine(LineKey(AccountRole.OVERPAID), -(over - besides.total)),
        ]
        again = _again(booked_on, changed_at and cut.day_of(changed_at), cut.last_day)
        # What was posted, undone and is there once more came to the account once: not again on the day it came.
        on = again if source in marks else booked_on
        standings.append(
            Standing(
                source, mark, VoucherKind.BANK, on, again, tuple(line for line in lines if line.amount), alone=True
            )
        )  # fmt: skip
    return standings


def _again(on: date, changed: date | None, last_day: date) -> date:
    """What people change of a row that is posted is dated when they did."""
    return max(on, changed or last_day)
