"""Bank rows, matches, fees, write-offs, payouts and closed months in any order: journal, comparison and tables agree.

`EXAMPLES=300` in the environment tries as many instead of ten, along ways it has not gone before.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, Select, func, select

from booking.books.closing import close_month, cut_at
from booking.books.differences import balances
from booking.books.journal import AccountRole
from booking.books.models import ClosedMonth, JournalEntry, Payout
from booking.books.payouts.enter import PayoutSums, enter_payout, take_back_payout, take_payout_file
from booking.books.posting import book_up, first_open_day
from booking.books.sources.moment import PostingCut, last_of, midnight, month_of, next_month
from booking.centre.facts import the_centre
from booking.invoicing.bank.by_hand import match_by_hand, set_aside, take_back_by_hand, undo, use_over
from booking.invoicing.bank.late import LateSum, late_paid
from booking.invoicing.bank.models import BankLateShare, RowState, StoredBankRow
from booking.invoicing.bank.take import take_bank_file
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice
from booking.invoicing.reminders.models import InvoiceReminder
from booking.invoicing.write_offs.models import InvoiceWriteOff
from booking.invoicing.write_offs.write_off import WriteOffOrder, undo_write_off, write_off
from booking.kernel import clock
from booking.kernel.database import db, run
from booking.kernel.refusals import Refusal
from tests.books.keeping import ACTOR, booked, keep_books
from tests.books.paid_out import line, payout_file
from tests.conftest import empty_database
from tests.invoicing.bank.books import Owed, an_account, booked_on, came, owed, payment, went_back, wrong
from tests.invoicing.bank.files import WrittenFile
from tests.invoicing.bank.test_late_money import reminded

Role = AccountRole
EXAMPLES = int(os.environ.get("EXAMPLES", "10"))
WHOLE = 10_000
FEE, INTEREST = 3500, 120
NAMES = ("po_1", "po_2", "Uke 45")


@dataclass(frozen=True, slots=True)
class Act:
    """What happens: to which invoice, row or payout, over how much, and how many days ago."""

    name: str
    place: int
    other: int
    sum: int
    days: int


acts = st.builds(
    Act,
    st.sampled_from(
        [
            "pay", "pay", "pay", "pay without KID", "pay without KID", "pay twice", "bounce", "bounce without KID",
            "by hand", "by hand", "by hand", "gone by hand", "undo", "undo", "use", "use", "aside", "credit", "lose",
            "lose all", "ask again", "remind", "remind", "book", "book whole", "days pass", "days pass", "close",
            "close", "type", "read", "read", "take back",
        ]
    ),
    st.integers(0, 1),
    st.integers(0, 4),
    st.sampled_from([1, 999, FEE, WHOLE, WHOLE + FEE, WHOLE + FEE + INTEREST, WHOLE + 2 * FEE + INTEREST, 30_000]),
    st.sampled_from([0, 0, 3, 12, 35, 70]),
)  # fmt: skip


WAITS, PAYS = StoredBankRow.state == RowState.WAITING, StoredBankRow.reversal.is_(False)


class Room:
    """Two invoices, a bank account, a provider, and what may happen with them."""

    def __init__(self) -> None:
        empty_database()
        an_account()
        keep_books()
        today = the_centre().local(clock.now()).date()
        days = {"issued_on": today - timedelta(days=80), "due_on": today - timedelta(days=50)}
        self.invoices = [owed(number, WHOLE, **days) for number in (90_001, 90_002)]  # type: ignore[arg-type]  # named
        self.files = 0
        self.is_credited = False

    def take(self, act: Act) -> None:
        """Whatever it is, or nothing when it is refused."""
        db.session.rollback()
        try:
            self._acts()[act.name](act, self.invoices[act.place])
        except Refusal:
            db.session.rollback()

    def _acts(self) -> dict[str, Callable[[Act, Owed], object]]:
        now, centre = clock.now(), the_centre()
        return {
            "pay": lambda act, invoice: self._file(came(payment(act.sum, invoice.kid), file=self._name()), act),
            "pay without KID": lambda act, _invoice: self._file(came(payment(act.sum), file=self._name()), act),
            "pay twice": self._pay_twice,
            "bounce": lambda act, invoice: self._file(went_back(act.sum, invoice.kid, file=self._name()), act),
            "bounce without KID": lambda act, _invoice: self._file(went_back(act.sum, file=self._name()), act),
            "by hand": lambda act, invoice: match_by_hand(self._row(act, WAITS, PAYS), invoice.number, ACTOR, now),
            "gone by hand": self._gone_by_hand,
            "undo": lambda act, _invoice: undo(self._row(act, StoredBankRow.by_hand_at.is_not(None)), ACTOR, now),
            "use": lambda act, _invoice: use_over(self._row(act, StoredBankRow.over > 0), ACTOR, now),
            "aside": lambda act, _invoice: set_aside(self._row(act, WAITS), "Gave", ACTOR, now),
            "credit": self._credit,
            "lose": lambda act, invoice: self._lose(invoice, act.sum),
            "lose all": lambda _act, invoice: self._lose(invoice, None),
            "ask again": lambda act, _invoice: undo_write_off(
                _one_of(select(InvoiceWriteOff.id).where(InvoiceWriteOff.reason != ""), act.other),
                first_open_day(),
                centre,
                now,
                ACTOR,
            ),
            "remind": self._remind,
            "book": lambda _act, _invoice: book_up(centre, now),
            "book whole": lambda _act, _invoice: booked(),
            "days pass": lambda act, _invoice: clock.run_ahead(clock._ahead + timedelta(days=act.days)),
            "close": self._close,
            "type": lambda act, _invoice: enter_payout(
                PayoutSums(NAMES[act.other % 3], self._day(act), act.sum, act.place * 100), centre, ACTOR, now
            ),
            "read": lambda act, _invoice: take_payout_file(self._payout(act), centre, ACTOR, now),
            "take back": lambda act, _invoice: take_back_payout(
                _one_of(select(Payout.id).where(Payout.taken_back_at.is_(None)), act.other), "Feil", centre, ACTOR, now
            ),
        }

    def _day(self, act: Act) -> date:
        return the_centre().local(clock.now()).date() - timedelta(days=act.days)

    def _name(self) -> str:
        self.files += 1
        return f"MSG-{self.files}"

    def _file(self, file: WrittenFile, act: Act) -> None:
        take_bank_file(booked_on(self._day(act), file).content, ACTOR, clock.now())

    def _pay_twice(self, act: Act, invoice: Owed) -> None:
        """Two payments of different days in one file."""
        first, second = (
            booked_on(self._day(act) + timedelta(days=later), came(payment(act.sum, invoice.kid), file=self._name()))
            for later in (0, -act.other * 9)
        )
        entries = (*first.entries, *second.entries)
        take_bank_file(WrittenFile(entries, message_id=first.message_id).content, ACTOR, clock.now())

    @staticmethod
    def _row(act: Act, *conditions: ColumnElement[bool]) -> int:
        """One of the rows that are so; any where there is none."""
        rows = select(StoredBankRow.id).order_by(StoredBankRow.id.desc())
        return _one_of(rows.where(*conditions), act.other) or _one_of(rows, act.other)

    def _gone_by_hand(self, act: Act, _invoice: Owed) -> None:
        """A reversal that waits took back one of the same sum."""
        back = self._row(act, StoredBankRow.reversal.is_(True), WAITS)
        amount = select(StoredBankRow.amount).where(StoredBankRow.id == back).scalar_subquery()
        paid = self._row(act, StoredBankRow.reversal.is_(False), StoredBankRow.amount == amount)
        take_back_by_hand(back, paid, ACTOR, clock.now())

    def _credit(self, act: Act, invoice: Owed) -> None:
        credited = db.session.scalars(select(Invoice.credited).where(Invoice.id == invoice.id)).one()
        wanted = CreditWanted(CreditExtent.SUM, gross=act.sum)
        credit(CreditOrder(invoice.id, wanted, "Feil", credited), the_centre(), clock.now(), ACTOR)
        self.is_credited = True

    def _lose(self, invoice: Owed, amount: int | None) -> None:
        left = db.session.scalars(select(Invoice.left).where(Invoice.id == invoice.id)).one()
        order = WriteOffOrder(invoice.id, left if amount is None else amount, "Konkurs", left)
        write_off(order, the_centre(), clock.now(), ACTOR)

    @staticmethod
    def _remind(_act: Act, invoice: Owed) -> None:
        """One more reminder went out, of three at most."""
        sent = select(func.count(InvoiceReminder.id)).where(InvoiceReminder.invoice_id == invoice.id)
        many = db.session.scalar(sent) or 0
        db.session.rollback()
        if many < 3:
            reminded(invoice, many + 1, FEE, INTEREST * (many + 1))

    @staticmethod
    def _close(_act: Act, _invoice: Owed) -> None:
        """Last month; that journal and tables disagree must never be the reason why not."""
        last = month_of(month_of(the_centre().local(clock.now()).date()) - timedelta(days=1))
        booked()
        close_month(last, the_centre(), clock.now(), ACTOR)

    def _payout(self, act: Act) -> bytes:
        """A payout of such a sum, at times with another of the same day and sum."""
        gross = f"{act.sum + 100 * act.place}"
        rows = [
            line(name, on=self._day(act), gross=f"{gross[:-2] or 0}.{gross[-2:].zfill(2)}", fee=f"{act.place}.00")
            for name in (("po_1",), ("po_2",), ("po_3",), ("po_1", "po_2"), ("po_2", "po_3"))[act.other]
        ]
        return payout_file(*rows)


def _one_of(query: Select[int], place: int) -> int:
    """One of these ids; nought where there are none."""
    ids = [row_id for (row_id,) in run(query)]
    db.session.rollback()
    return ids[place % len(ids)] if ids else 0


def agree(room: Room) -> None:
    """Journal, comparison and tables say the same."""
    stands = booked()
    db.session.rollback()
    rows = select(func.coalesce(func.sum(StoredBankRow.applied + StoredBankRow.over), 0))
    over = select(func.coalesce(func.sum(StoredBankRow.over), 0))
    fee, interest = (
        _sum(select(func.coalesce(func.sum(column), 0))) for column in (BankLateShare.fee, BankLateShare.interest)
    )
    today = the_centre().local(clock.now()).date()
    paid_out, kept = (
        _sum(
            select(func.coalesce(func.sum(column), 0)).where(Payout.taken_back_at.is_(None), Payout.on_day <= today)
        )
        for column in (Payout.amount, Payout.charges)
    )  # fmt: skip
    of_invoices = Invoice.kind == DocumentKind.INVOICE
    expected = {
        Role.BANK: _sum(rows) + paid_out,
        Role.OVERPAID: fee + interest - _sum(over),
        Role.REMINDER_FEE: -fee,
        Role.LATE_INTEREST: -interest,
        Role.RECEIVABLE: _sum(select(func.coalesce(func.sum(Invoice.left), 0)).where(of_invoices)),
        Role.BAD_DEBT: _sum(select(func.coalesce(func.sum(Invoice.written_off), 0))),
        Role.PROVIDER: -paid_out - kept,
        Role.CHARGES: kept,
    }
    assert {role: stands.get(role, 0) for role in expected} == expected
    assert _sum(select(func.coalesce(func.sum(JournalEntry.amount), 0))) == 0
    for invoice in room.invoices:
        count = select(func.count(InvoiceReminder.id)).where(InvoiceReminder.invoice_id == invoice.id)
        paid, many = late_paid([invoice.id]).get(invoice.id, LateSum()), _sum(count)
        assert 0 <= paid.fee <= FEE * many and 0 <= paid.interest <= INTEREST * many
    assert [breach for breach in wrong() if not breach.startswith("forgetting")] == []
    if not room.is_credited:
        receivables_are_never_below_nought()


def receivables_are_never_below_nought() -> None:
    """At the end of no month: what came was asked for, or had been written off."""
    for kept in db.session.scalars(select(ClosedMonth.balances)):
        assert kept.get(Role.RECEIVABLE.value, 0) >= 0
    centre, today = the_centre(), the_centre().local(clock.now()).date()
    month = month_of(first_open_day() or today - timedelta(days=120))
    while last_of(month) < today:
        cut = PostingCut(centre, None, midnight(centre, next_month(month)), last_of(month))
        assert balances(cut).get(Role.RECEIVABLE, 0) >= 0, month
        month = next_month(month)
    assert balances(cut_at(centre, clock.now())).get(Role.RECEIVABLE, 0) >= 0


def _sum(query: Select[int]) -> int:
    return int(run(query).scalar() or 0)


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=EXAMPLES == 10,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)  # fmt: skip
@given(happens=st.lists(acts, min_size=8, max_size=30))
def test_whatever_the_bank_and_the_provider_tell_and_people_say_of_it_the_books_agree(
    app: Flask, happens: list[Act]
) -> None:
    ahead = clock._ahead
    try:
        room = Room()
        for act in happens:
            room.take(act)
        agree(room)
    finally:
        clock.run_ahead(ahead)
