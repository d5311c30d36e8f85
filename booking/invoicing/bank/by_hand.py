"""What a person says of a row that no KID has matched: which invoice it pays, which payment it took back, or neither.

Each may be undone while the row still stands; then it is again what the file made of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from booking.centre.facts import the_centre
from booking.invoicing.bank.late import (
    LateSum,
    TooMuch,
    forget_late,
    late_of_rows,
    pay_late,
    pay_late_anew,
    take_back_late,
)
from booking.invoicing.bank.ledger import TURN, insert_share, mark_taken_back, move_paid, shares_of
from booking.invoicing.bank.match import RowOutcome
from booking.invoicing.bank.models import BankShare, RowState, StoredBankRow
from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.recover import ComesOn
from booking.kernel.database import db, one_at_a_time, run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.kernel.typed import one_line
from booking.records.audit import note

LONGEST_REASON = 200
_WITH_REST = (RowState.WAITING, RowState.OTHER_CURRENCY)


class NoSuchRow(Refusal):
    """There is no such row."""


class RowSettled(Refusal):
    """The row does not wait for that, maybe since somebody else has dealt with it."""


class NoSuchInvoice(Refusal):
    """No invoice has this number; a credit note is none. `number` as it was typed."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class InvoiceNotOpen(Refusal):
    """Nothing is left to pay on it, nor of fees and interest beside it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class OtherMoney(Refusal):
    """The row is in another currency than the invoice, or of another sum than what it would take back."""


class ReasonMissing(Refusal):
    """Setting aside wants a reason."""


class PaidMeanwhile(Refusal):
    """It cannot be undone any more: others have paid the invoice meanwhile."""


@dataclass(frozen=True, slots=True)
class HandMatch:
    """What went on which invoice, what of the row still waits, and `late` what fees and interest got; minor units."""

    number: int
    applied: int
    left: int
    currency: str
    late: int = 0


def match_by_hand(row_id: int, number: str, actor: str, now: datetime) -> HandMatch:
    """Put what waits of a row on an invoice: as much as is open there or written off, then what reminders claimed.

    The rest waits on. Raises NoSuchRow, RowSettled, NoSuchInvoice, OtherMoney, InvoiceNotOpen.
    """
    with unit_of_work():
        row = _row(row_id)
        if row.state is not RowState.WAITING or row.reversal:
            raise RowSettled
        invoice = _invoice(number)
        if invoice.currency != row.currency:
            raise OtherMoney
        amount = max(min(row.rest, invoice.unpaid), 0)
        (late,) = pay_late([TooMuch(row.id, invoice.id, row.rest - amount)])
        if not amount and not late.total:
            raise InvoiceNotOpen(invoice.number)
        if amount:
            insert_share(row.id, invoice.id, amount)
            move_paid([ComesOn(invoice.id, amount, row.booked_on)], actor, now)
        left = row.rest - amount - late.total
        _change(
            row, now, applied=row.applied + amount, over=row.over + late.total,
            state=RowState.WAITING if left else RowState.MATCHED,
        )  # fmt: skip
        facts = {"number": invoice.number, "amount": amount, **({"late": late.total} if late.total else {})}
        note(actor, "bank.match", f"bank_row:{row.id}", None, facts)
        return HandMatch(invoice.number, amount, left, row.currency, late.total)


def take_back_by_hand(row_id: int, undone_id: int, actor: str, now: datetime) -> None:
    """Say which payment this row has taken back. Raises NoSuchRow, RowSettled, OtherMoney."""
    with unit_of_work():
        row, undone = _row(row_id), _row(undone_id)
        if row.state is not RowState.WAITING or not row.reversal:
            raise RowSettled
        if undone.reversal or undone.state is RowState.TAKEN_BACK:
            raise RowSettled
        if (undone.amount, undone.currency) != (row.amount, row.currency):
            raise OtherMoney
        back = [
            ComesOn(invoice_id, -amount, row.booked_on)
            for invoice_id, amount in shares_of([undone.id]).get(undone.id, {}).items()
        ]
        for each in back:
            insert_share(row.id, each.invoice_id, each.by)
        move_paid(back, actor, now)
        mark_taken_back(row.id, undone.id)
        take_back_late(row.id, undone.id)
        _change(row, now, applied=-undone.applied, over=-undone.over)
        note(actor, "bank.take_back", f"bank_row:{row.id}", None, {"payment": undone.id, "amount": row.amount})


def set_aside(row_id: int, reason: str, actor: str, now: datetime) -> None:
    """Say that what waits of a row is for no invoice, and why. Raises NoSuchRow, RowSettled, ReasonMissing."""
    why = one_line(reason)[:LONGEST_REASON]
    if not why:
        raise ReasonMissing
    with unit_of_work():
        row = _row(row_id)
        if row.state not in _WITH_REST:
            raise RowSettled
        _change(row, now, state=RowState.SET_ASIDE, reason=why)
        note(actor, "bank.set_aside", f"bank_row:{row.id}", None, {"amount": abs(row.rest)})


def use_over(row_id: int, actor: str, now: datetime) -> None:
    """Let what was paid for nothing wait again, for another invoice or to be set aside; fees and interest stay paid.

    Raises NoSuchRow, RowSettled.
    """
    with unit_of_work():
        row = _row(row_id)
        late = late_of_rows([row.id]).get(row.id, LateSum())
        if row.state is not RowState.MATCHED or row.over == late.total:
            raise RowSettled
        _change(row, now, state=RowState.WAITING, over=late.total)
        note(actor, "bank.use_over", f"bank_row:{row.id}", None, {"amount": row.over - late.total})


def undo(row_id: int, actor: str, now: datetime) -> None:
    """Take back all that people have said of a row. Raises NoSuchRow, RowSettled, PaidMeanwhile."""
    with unit_of_work():
        row = _row(row_id)
        if row.by_hand_at is None or (row.state is RowState.TAKEN_BACK and row.outcome is RowOutcome.TAKEN_BACK):
            raise RowSettled
        if row.state is RowState.TAKEN_BACK and not row.reversal:
            raise RowSettled  # the row that took it back is undone first
        shares = _hand_shares(row)
        today = the_centre().local(now).date()
        _make_room([ComesOn(invoice_id, -amount, today) for invoice_id, amount in shares.items()], actor, now)
        run(delete(BankShare).where(BankShare.row_id == row.id, BankShare.by_hand.is_(True)))
        applied = row.applied - sum(shares.values())
        state = _as_read(row)
        over = row.worth - applied if state is RowState.MATCHED else 0
        _pay_late_again(row, over)
        if row.undoes_id is not None:
            _let_stand(_row(row.undoes_id), now)
        _change(row, None, state=state, applied=applied, over=over, reason="", undoes_id=None, undone_at=now)
        note(actor, "bank.undo", f"bank_row:{row.id}", None, {"amount": row.amount})


def _row(row_id: int) -> StoredBankRow:
    """The row, with the turn taken. Raises NoSuchRow."""
    one_at_a_time(TURN)
    row = db.session.get(StoredBankRow, row_id, populate_existing=True)
    if row is None:
        raise NoSuchRow
    return row


def _invoice(number: str) -> Invoice:
    """An invoice by its number, held still until the unit of work ends. Raises NoSuchInvoice."""
    typed = one_line(number)
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):
        raise NoSuchInvoice(typed[:20])
    query = select(Invoice).where(Invoice.number == int(typed), Invoice.kind == DocumentKind.INVOICE)
    invoice = db.session.scalars(query.with_for_update(key_share=True)).first()
    if invoice is None:
        raise NoSuchInvoice(typed)
    return invoice


def _change(row: StoredBankRow, by_hand_at: datetime | None, **values: object) -> None:
    changed = update(StoredBankRow).where(StoredBankRow.id == row.id)
    run(changed.values(by_hand_at=by_hand_at, **values))


def _hand_shares(row: StoredBankRow) -> dict[int, int]:
    """What people have put on invoices, by their ids. Raises RowSettled when one of these is no longer kept."""
    query = select(BankShare.invoice_id, BankShare.amount).where(BankShare.row_id == row.id, BankShare.by_hand)
    shares = {invoice_id: amount for invoice_id, amount in run(query)}
    if None in shares:
        raise RowSettled
    return shares


def _make_room(moves: Sequence[ComesOn], actor: str, now: datetime) -> None:
    """Move what invoices have been paid, unless more would then be paid than they ask for. Raises PaidMeanwhile."""
    for move in moves:
        if move.by > 0:
            query = select(Invoice.id).where(Invoice.id == move.invoice_id, Invoice.unpaid >= move.by)
            query = query.with_for_update(key_share=True)
            if run(query).first() is None:
                raise PaidMeanwhile
    move_paid(moves, actor, now)


def _pay_late_again(row: StoredBankRow, over: int) -> None:
    """As the file's reading had it: what is too much pays fees and interest of the invoice that its KID names."""
    forget_late(row.id)
    if row.outcome is RowOutcome.TOO_MUCH and over > 0 and row.kid:
        invoice_id = run(select(Invoice.id).where(Invoice.kid == row.kid)).scalar()
        if invoice_id is not None:
            pay_late([TooMuch(row.id, invoice_id, over)])


def _let_stand(row: StoredBankRow, now: datetime) -> None:
    """A payment that was not taken back after all is what it was before, less what others have paid of fees since."""
    late = pay_late_anew(row.id)
    over = row.over if row.by_hand_at is None else late.total  # by its KID all of it is the payer's, or for fees
    if abs(row.applied + over) == row.amount:
        state = RowState.MATCHED
    elif row.reason:
        state = RowState.SET_ASIDE
    else:
        state = RowState.OTHER_CURRENCY if row.outcome is RowOutcome.OTHER_CURRENCY else RowState.WAITING
    stands = update(StoredBankRow).where(StoredBankRow.id == row.id)
    run(stands.values(state=state, over=over, undone_at=now))


def _as_read(row: StoredBankRow) -> RowState:
    """What the file made of it."""
    match row.outcome:
        case RowOutcome.PAID | RowOutcome.PART | RowOutcome.TOO_MUCH | RowOutcome.CREDITED:
            return RowState.MATCHED
        case RowOutcome.OTHER_CURRENCY:
            return RowState.OTHER_CURRENCY
    return RowState.WAITING
