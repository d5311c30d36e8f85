"""What of a row that was paid too much is for what reminders claimed beside its invoice: the fees first, then interest.

Inside a unit of work whose TURN it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import InstrumentedAttribute

from booking.invoicing.bank.models import BankLateShare, StoredBankRow
from booking.invoicing.models import Invoice
from booking.invoicing.reminders.models import InvoiceReminder, ReminderState
from booking.kernel.database import in_pieces, insert_into, run


@dataclass(frozen=True, slots=True)
class LateSum:
    """Fees of reminders and interest, in minor units."""

    fee: int = 0
    interest: int = 0

    @property
    def total(self) -> int:
        """Both."""
        return self.fee + self.interest

    def less(self, other: LateSum) -> LateSum:
        """What is left of it, nothing below nought."""
        return LateSum(max(self.fee - other.fee, 0), max(self.interest - other.interest, 0))

    def within(self, minor: int) -> LateSum:
        """As much of it as so much pays."""
        fee = min(self.fee, minor)
        return LateSum(fee, min(self.interest, minor - fee))


@dataclass(frozen=True, slots=True)
class TooMuch:
    """A row with what was too much on its invoice."""

    row_id: int
    invoice_id: int
    minor: int


def pay_late(rows: Sequence[TooMuch]) -> list[LateSum]:
    """Put what is too much on what was claimed of the invoice and is not paid yet, one row after the other.

    Returns how much of each row that was.
    """
    open_sums = late_open(row.invoice_id for row in rows)
    paid_of_rows = []
    for row in rows:
        paid = open_sums[row.invoice_id].within(row.minor)
        if paid.total > 0:
            open_sums[row.invoice_id] = open_sums[row.invoice_id].less(paid)
            _insert(row.row_id, row.invoice_id, paid)
        paid_of_rows.append(paid)
    return paid_of_rows


def pay_late_anew(row_id: int) -> LateSum:
    """A row pays of fees and interest what it did, as far as nobody else has paid it since; how much that is."""
    shares = select(BankLateShare.invoice_id, BankLateShare.fee + BankLateShare.interest)
    stood = run(shares.where(BankLateShare.row_id == row_id).order_by(BankLateShare.id)).all()
    if None not in [invoice_id for invoice_id, _minor in stood]:  # else it is over, as its invoice is
        forget_late(row_id)
        pay_late([TooMuch(row_id, invoice_id, minor) for invoice_id, minor in stood])
    return late_of_rows([row_id]).get(row_id, LateSum())


def take_back_late(row_id: int, undone_id: int) -> None:
    """This row took that one back, and what it paid of fees and interest with it."""
    shares = select(BankLateShare.invoice_id, BankLateShare.fee, BankLateShare.interest)
    for invoice_id, fee, interest in run(shares.where(BankLateShare.row_id == undone_id)).all():
        _insert(row_id, invoice_id, LateSum(-fee, -interest))


def forget_late(row_id: int) -> None:
    """A row pays none of it any more."""
    run(delete(BankLateShare).where(BankLateShare.row_id == row_id))


def late_open(invoice_ids: Iterable[int]) -> dict[int, LateSum]:
    """What reminders that went out have claimed of each invoice, less what was paid of that.

    Each asks for its own fee, and the last one for all interest; an invoice that was credited whole for nothing.
    """
    ids = sorted(set(invoice_ids))
    claimed = dict.fromkeys(ids, LateSum())
    for piece in in_pieces(ids):
        sent = (
            select(InvoiceReminder.invoice_id, InvoiceReminder.fee, InvoiceReminder.interest)
            .join(Invoice, Invoice.id == InvoiceReminder.invoice_id)
            .where(InvoiceReminder.invoice_id.in_(piece), InvoiceReminder.state == ReminderState.SENT)
            .where(Invoice.credited < Invoice.payable)
            .order_by(InvoiceReminder.id)
        )
        for invoice_id, fee, interest in run(sent):
            claimed[invoice_id] = LateSum(claimed[invoice_id].fee + fee, interest or claimed[invoice_id].interest)
    paid = late_paid(ids)
    return {invoice_id: claimed[invoice_id].less(paid.get(invoice_id, LateSum())) for invoice_id in ids}


def late_paid(invoice_ids: Sequence[int]) -> dict[int, LateSum]:
    """What was paid of fees and interest, by invoice; those without left out."""
    return _sums(BankLateShare.invoice_id, invoice_ids)


def late_of_rows(row_ids: Sequence[int]) -> dict[int, LateSum]:
    """The same by row."""
    return _sums(BankLateShare.row_id, row_ids)


def late_of_file(file_id: int) -> int:
    """What the rows of a file pay of them, less what they took back."""
    of_rows = select(func.coalesce(func.sum(BankLateShare.fee + BankLateShare.interest), 0))
    of_file = of_rows.join(StoredBankRow, StoredBankRow.id == BankLateShare.row_id)
    return int(run(of_file.where(StoredBankRow.file_id == file_id)).scalar_one())


def _sums(by: InstrumentedAttribute[int] | InstrumentedAttribute[int | None], ids: Sequence[int]) -> dict[int, LateSum]:
    sums: dict[int, LateSum] = {}
    for piece in in_pieces(ids):
        query = select(by, func.sum(BankLateShare.fee), func.sum(BankLateShare.interest)).where(by.in_(piece))
        sums |= {key: LateSum(int(fee), int(interest)) for key, fee, interest in run(query.group_by(by))}
    return sums


def _insert(row_id: int, invoice_id: int | None, paid: LateSum) -> None:
    values = {"row_id": row_id, "invoice_id": invoice_id, "fee": paid.fee, "interest": paid.interest}
    statement = insert_into(BankLateShare)
    more = statement.on_conflict_do_update(
        index_elements=["row_id", "invoice_id"],
        set_={
            "fee": BankLateShare.fee + statement.excluded.fee,
            "interest": BankLateShare.interest + statement.excluded.interest,
        },
    )
    run(more, values)
