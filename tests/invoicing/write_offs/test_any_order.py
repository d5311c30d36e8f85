"""Payments, credit notes, write-offs and their undoing in any order: the books say what is left of each invoice.

`EXAMPLES=300` in the environment tries as many instead of twelve, along ways it has not gone before.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from booking.books.closing import cut_at
from booking.books.differences import balances
from booking.books.journal import AccountRole
from booking.books.models import JournalEntry
from booking.books.posting import book_up
from booking.centre.facts import the_centre
from booking.invoicing.bank.by_hand import match_by_hand, undo, use_over
from booking.invoicing.bank.models import StoredBankRow
from booking.invoicing.bank.take import take_bank_file
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice
from booking.invoicing.payer.queries import NEXT, HowItStands, how_it_stands
from booking.invoicing.queries import issued_one
from booking.invoicing.write_offs.models import InvoiceWriteOff
from booking.invoicing.write_offs.write_off import WriteOffOrder, undo_write_off, write_off
from booking.kernel import clock
from booking.kernel.database import db
from booking.kernel.refusals import Refusal
from tests.books.keeping import keep_books
from tests.conftest import empty_database
from tests.invoicing.bank.books import Owed, an_account, came, owed, payment, went_back, wrong
from tests.invoicing.bank.files import Paid, WrittenFile
from tests.invoicing.write_offs.lost import ACTOR

EXAMPLES = int(os.environ.get("EXAMPLES", "12"))
WHOLE = 10_000
act = st.tuples(
    st.sampled_from(["pay", "pay", "pay without KID", "by hand", "bounce", "undo", "use", "credit", "lose", "lose",
                     "lose all", "ask again", "book"]),
    st.integers(0, 1), st.sampled_from([1, 999, 3000, 6000, WHOLE, WHOLE + 1]),
)  # fmt: skip


class House:
    """Two invoices and what may happen to them."""

    def __init__(self) -> None:
        empty_database()
        an_account()
        keep_books()
        today = the_centre().local(clock.now()).date()
        days = {"issued_on": today, "due_on": today + timedelta(days=30)}
        self.invoices = [owed(number, WHOLE, **days) for number in (90_001, 90_002)]  # type: ignore[arg-type]  # named
        self.files = 0

    def take(self, invoice: Owed, act: str, amount: int) -> None:
        """Whatever it is, or nothing when it is refused."""
        try:
            self._acts()[act](invoice, amount)
        except Refusal:
            db.session.rollback()

    def _acts(self) -> dict[str, Callable[[Owed, int], object]]:
        now, centre = clock.now(), the_centre()
        return {
            "pay": lambda invoice, amount: self._came(payment(amount, invoice.kid)),
            "pay without KID": lambda _invoice, amount: self._came(payment(amount)),
            "by hand": lambda invoice, _amount: match_by_hand(self._last_row(), invoice.number, ACTOR, now),
            "bounce": lambda invoice, amount: self._take(went_back(amount, invoice.kid, file=self._file())),
            "undo": lambda _invoice, _amount: undo(self._last_row(), ACTOR, now),
            "use": lambda _invoice, _amount: use_over(self._last_row(), ACTOR, now),
            "credit": self._credit,
            "lose": lambda invoice, amount: self._lose(invoice, amount),
            "lose all": lambda invoice, _amount: self._lose(invoice, None),
            "ask again": lambda _invoice, _amount: undo_write_off(
                _newest(InvoiceWriteOff.id), None, centre, now, ACTOR
            ),
            "book": lambda _invoice, _amount: book_up(centre, now, whole=True),
        }

    def _credit(self, invoice: Owed, amount: int) -> None:
        credited = db.session.scalars(select(Invoice.credited).where(Invoice.id == invoice.id)).one()
        wanted = CreditWanted(CreditExtent.SUM, gross=amount)
        credit(CreditOrder(invoice.id, wanted, "Feil", credited), the_centre(), clock.now(), ACTOR)

    def _lose(self, invoice: Owed, amount: int | None) -> None:
        left = db.session.scalars(select(Invoice.left).where(Invoice.id == invoice.id)).one()
        order = WriteOffOrder(invoice.id, left if amount is None else amount, "Konkurs", left)
        write_off(order, the_centre(), clock.now(), ACTOR)

    def _came(self, paid: Paid) -> None:
        self._take(came(paid, file=self._file()))

    def _take(self, file: WrittenFile) -> None:
        take_bank_file(file.content, ACTOR, clock.now())

    def _file(self) -> str:
        self.files += 1
        return f"MSG-{self.files}"

    @staticmethod
    def _last_row() -> int:
        return _newest(StoredBankRow.id)

    def stand(self) -> list[HowItStands]:
        """Where each invoice stands; of what is written off no more than is left over."""
        db.session.rollback()
        stands = []
        for invoice in self.invoices:
            row = db.session.get_one(Invoice, invoice.id)
            assert row.written_off == 0 or row.left >= 0
            assert row.written_off == _sum_of(invoice.id)
            facts = issued_one(invoice.id)
            assert facts is not None
            assert facts.left == max(row.left, 0)
            stands.append(how_it_stands(facts, facts.document.issued_on))
        return stands


def _newest(column: object) -> int:
    newest: int | None = db.session.scalar(select(func.max(column)))
    db.session.rollback()
    return newest or 0


def _sum_of(invoice_id: int) -> int:
    total = select(func.coalesce(func.sum(InvoiceWriteOff.amount), 0)).where(InvoiceWriteOff.invoice_id == invoice_id)
    return int(db.session.scalar(total) or 0)


def books_agree() -> None:
    """What stands on the account of receivables is what is left of all invoices, and on that of losses what is lost."""
    centre, now = the_centre(), clock.now() + timedelta(hours=1)
    assert book_up(centre, now, whole=True)
    db.session.rollback()
    of_invoices = select(func.coalesce(func.sum(Invoice.left), 0)).where(Invoice.kind == DocumentKind.INVOICE)
    left = db.session.scalar(of_invoices)
    assert balances(cut_at(centre, now)).get(AccountRole.RECEIVABLE, 0) == left
    lost = db.session.scalar(select(func.coalesce(func.sum(Invoice.written_off), 0)))
    assert balances(cut_at(centre, now)).get(AccountRole.BAD_DEBT, 0) == lost
    assert db.session.scalar(select(func.coalesce(func.sum(JournalEntry.amount), 0))) == 0
    assert wrong() == []


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=EXAMPLES == 12,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)  # fmt: skip
@given(acts=st.lists(act, min_size=3, max_size=12))
def test_whatever_comes_in_whatever_order_the_books_say_what_is_left(
    app: Flask, acts: list[tuple[str, int, int]]
) -> None:
    house = House()
    stands = house.stand()
    for name, place, amount in acts:
        house.take(house.invoices[place], name, amount)
        now = house.stand()
        for before, after in zip(stands, now, strict=True):
            assert after in NEXT[before] or after is before
        stands = now
    books_agree()
