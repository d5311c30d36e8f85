"""What the page of the bank reads: rows that wait with their proposals, what was paid too much, and the last files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select, union

from booking.invoicing.bank.late import LateSum, late_of_rows
from booking.invoicing.bank.match import MOST_CANDIDATES, CandidateReason, RowOutcome
from booking.invoicing.bank.models import BankLateShare, BankShare, RowState, StoredBankFile, StoredBankRow
from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice
from booking.kernel.database import db

MOST_ROWS = 50
MOST_FILES = 10
_WAITS = (RowState.WAITING, RowState.OTHER_CURRENCY)


@dataclass(frozen=True, slots=True)
class ProposedInvoice:
    """An open invoice that a row may be for, with what is open on it, or written off, in the row's currency."""

    number: int
    payer: str
    open: int
    reason: CandidateReason


@dataclass(frozen=True, slots=True)
class EarlierPayment:
    """A payment that a row may have taken back."""

    row_id: int
    booked_on: date
    debtor: str
    kid: str


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A row that somebody must say something of; sums in minor units of its currency, `late` for fees and interest."""

    row_id: int
    booked_on: date
    worth: int
    rest: int
    late: int
    currency: str
    debtor: str
    debtor_account: str
    text: str
    references: tuple[str, ...]
    outcome: RowOutcome
    proposals: tuple[ProposedInvoice, ...]
    earlier: tuple[EarlierPayment, ...]

    @property
    def is_reversal(self) -> bool:
        """Whether money went back."""
        return self.worth < 0

    @property
    def is_foreign(self) -> bool:
        """Whether it is in a currency that no invoice is in."""
        return self.outcome is RowOutcome.OTHER_CURRENCY


@dataclass(frozen=True, slots=True)
class HandledRow:
    """A row that was paid too much with, or that a person has dealt with; sums in minor units of its currency."""

    row_id: int
    booked_on: date
    worth: int
    applied: int
    over: int
    currency: str
    debtor: str
    kid: str
    state: RowState
    reason: str
    numbers: tuple[int, ...]
    can_be_undone: bool
    late: LateSum

    @property
    def too_much(self) -> int:
        """What was paid for nothing: over, less what pays fees and interest."""
        return self.over - self.late.total


@dataclass(frozen=True, slots=True)
class InvoicePayment:
    """What of a bank row is on one invoice, in minor units; below nought where the bank took it back."""

    booked_on: date
    debtor: str
    amount: int
    by_hand: bool


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file that was taken, and what has become of its rows by now, in minor units of the centre's currency.

    `late` pays fees and interest, `over` is paid too much.
    """

    message_id: str
    taken_at: datetime
    size: int
    had: int
    left_out: int
    applied: int
    late: int
    over: int
    waiting: int
    aside: int
    others: int


def waiting_rows(after: int = 0) -> list[WaitingRow]:
    """The first rows that wait, in the order in which they came, those after this id."""
    query = select(StoredBankRow).where(StoredBankRow.state.in_(_WAITS), StoredBankRow.id > after)
    rows = db.session.scalars(query.order_by(StoredBankRow.id).limit(MOST_ROWS)).all()
    proposals, earlier = _open_invoices(rows), _earlier(rows)
    return [
        WaitingRow(
            row.id, row.booked_on, row.worth, row.rest, row.over, row.currency, row.debtor, row.debtor_account,
            row.text, tuple(row.refs), row.outcome, _proposals(row, proposals),
            tuple(earlier[key] for key in row.may_undo if key in earlier),
        )
        for row in rows
    ]  # fmt: skip


def how_many_wait() -> int:
    """How many rows somebody must say something of."""
    count = select(func.count(StoredBankRow.id)).where(StoredBankRow.state.in_(_WAITS))
    return db.session.scalar(count) or 0


def overpaid() -> list[HandledRow]:
    """Rows of which something was paid too much, and pays no fee or interest either; the last first."""
    late = select(func.sum(BankLateShare.fee + BankLateShare.interest)).where(BankLateShare.row_id == StoredBankRow.id)
    query = select(StoredBankRow).where(
        StoredBankRow.over != 0, StoredBankRow.state == RowState.MATCHED,
        StoredBankRow.over != func.coalesce(late.scalar_subquery(), 0),
    )  # fmt: skip
    return _handled(db.session.scalars(query.order_by(StoredBankRow.id.desc()).limit(MOST_ROWS)).all())


def payments_on(invoice_id: int) -> list[InvoicePayment]:
    """What came in on an invoice, and what the bank took back of it, in the order of the bank."""
    row, share = StoredBankRow, BankShare
    query = (
        select(row.booked_on, row.debtor, share.amount, share.by_hand)
        .join(row, row.id == share.row_id)
        .where(share.invoice_id == invoice_id)
        .order_by(row.booked_on, share.id)
    )
    return [InvoicePayment(*columns) for columns in db.session.execute(query)]


def lately_by_hand() -> list[HandledRow]:
    """Rows that people have dealt with and that wait no more, the last first."""
    query = select(StoredBankRow).where(StoredBankRow.by_hand_at.is_not(None), StoredBankRow.state.not_in(_WAITS))
    return _handled(db.session.scalars(query.order_by(StoredBankRow.by_hand_at.desc()).limit(MOST_ROWS)).all())


def last_files(currency: str) -> list[FileLine]:
    """The files taken last, with the sums of rows in this currency."""
    row = StoredBankRow
    worth = case((row.reversal.is_(True), -row.amount), else_=row.amount)
    rest, ours = worth - row.applied - row.over, (row.currency == currency) & (row.state != RowState.OTHER_CURRENCY)
    aside = row.state == RowState.SET_ASIDE
    of_row = select(func.coalesce(func.sum(BankLateShare.fee + BankLateShare.interest), 0))
    late = of_row.where(BankLateShare.row_id == row.id).correlate(row).scalar_subquery()
    sums = (
        func.coalesce(func.sum(case((ours, row.applied), else_=0)), 0),
        func.coalesce(func.sum(case((ours, late), else_=0)), 0),
        func.coalesce(func.sum(case((ours, row.over - late), else_=0)), 0),
        func.coalesce(func.sum(case((ours & ~aside, rest), else_=0)), 0),
        func.coalesce(func.sum(case((ours & aside, rest), else_=0)), 0),
        func.coalesce(func.sum(case((ours, 0), else_=1)), 0),
    )
    file = StoredBankFile
    query = (
        select(file.message_id, file.taken_at, file.size, file.had, file.left_out, *sums)
        .join(row, row.file_id == file.id)
        .group_by(file.id)
        .order_by(file.id.desc())
        .limit(MOST_FILES)
    )
    return [
        FileLine(message_id, taken_at, *map(int, counts)) for message_id, taken_at, *counts in db.session.execute(query)
    ]  # fmt: skip


def _open_invoices(rows: Sequence[StoredBankRow]) -> dict[str, ProposedInvoice]:
    """Open invoices that were proposed for these rows, by number, and by "KID …" those that their KID names."""
    numbers = {int(number) for row in rows for number, _reason in row.proposals}
    kids = {row.kid for row in rows if row.kid}
    if not numbers and not kids:
        return {}
    query = select(Invoice.number, Invoice.kid, Invoice.document, Invoice.unpaid).where(
        Invoice.kind == DocumentKind.INVOICE, Invoice.unpaid > 0, Invoice.number.in_(numbers) | Invoice.kid.in_(kids)
    )
    proposals = {}
    for number, kid, document, open_sum in db.session.execute(query):
        proposal = ProposedInvoice(number, document["billed_to"]["name"], open_sum, CandidateReason.REFERENCE)
        proposals[str(number)] = proposals[f"KID {kid}"] = proposal
    return proposals


def _proposals(row: StoredBankRow, invoices: dict[str, ProposedInvoice]) -> tuple[ProposedInvoice, ...]:
    """Those that are still open, the best first: the one that its KID names, when it was paid too much before."""
    if row.state is not RowState.WAITING or row.reversal:
        return ()
    named = [("KID " + row.kid, CandidateReason.REFERENCE.value), *row.proposals]
    proposals: dict[int, ProposedInvoice] = {}
    for key, reason in named:
        if key in invoices:
            proposal = invoices[key]
            proposals.setdefault(
                proposal.number,
                ProposedInvoice(proposal.number, proposal.payer, proposal.open, CandidateReason(reason)),
            )
    return tuple(proposals.values())[:MOST_CANDIDATES]


def _earlier(rows: Sequence[StoredBankRow]) -> dict[str, EarlierPayment]:
    """Payments that these rows may have taken back and that still stand, by their keys."""
    keys = {key for row in rows for key in row.may_undo}
    if not keys:
        return {}
    query = select(StoredBankRow).where(StoredBankRow.key.in_(keys), StoredBankRow.state != RowState.TAKEN_BACK)
    return {
        row.key: EarlierPayment(row.id, row.booked_on, row.debtor, row.kid) for row in db.session.scalars(query)
    }  # fmt: skip


def _handled(rows: Sequence[StoredBankRow]) -> list[HandledRow]:
    numbers: dict[int, list[int]] = {}
    late = late_of_rows([row.id for row in rows])
    on = union(
        *(
            select(share.row_id, Invoice.number)
            .join(Invoice, Invoice.id == share.invoice_id)
            .where(share.row_id.in_([row.id for row in rows]))
            for share in (BankShare, BankLateShare)
        )
    )
    for row_id, number in sorted(db.session.execute(on)) if rows else ():
        numbers.setdefault(row_id, []).append(number)
    return [
        HandledRow(
            row.id, row.booked_on, row.worth, row.applied, row.over, row.currency, row.debtor, row.kid, row.state,
            row.reason, tuple(numbers.get(row.id, ())),
            row.by_hand_at is not None and (row.state is not RowState.TAKEN_BACK or row.reversal),
            late.get(row.id, LateSum()),
        )
        for row in rows
    ]  # fmt: skip
