"""Whatever statement the close is broken off at, nothing is half done, and the next one ends as if nothing had been.

`EXAMPLES=50` in the environment kills as many processes instead of four.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from flask import Flask
from sqlalchemy import event, func, select

from booking.books.closing import close_month
from booking.books.journal import AccountRole
from booking.books.models import ClosedMonth, JournalEntry, Voucher
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db
from booking.running.check import breaches
from tests.books.keeping import ACTOR, THIS_MONTH, a_paid_booking, gone_back, keep_books, later
from tests.builders import a_sale
from tests.invoicing.bank.books import an_account_of_ours, booked_on, came, owed, payment, take
from tests.support.killing import is_killed

MOST = 400


class Killed(BaseException):
    """As if the process were no more."""


@contextmanager
def broken_off_at(number: int) -> Iterator[list[str]]:
    """The statement of this number is not run, nor any after it."""
    ran: list[str] = []

    def count(_c: object, _cur: object, statement: str, _p: object, _ctx: object, _many: bool) -> None:
        ran.append(statement)
        if len(ran) >= number:
            raise Killed

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        yield ran
    finally:
        event.remove(db.engine, "before_cursor_execute", count)


def test_a_close_that_is_killed_at_any_statement_loses_nothing_and_books_nothing_twice(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    an_account_of_ours()
    paid = [a_paid_booking(slot, adult, 1, provider)[1] for provider in ("demo", "till", "demo")]
    gone_back(paid[0], 5000)
    invoice = owed(issued_on=THIS_MONTH.replace(day=10), due_on=THIS_MONTH.replace(day=28))
    take(booked_on(THIS_MONTH.replace(day=12), came(payment(4000, invoice.kid))))
    with later(30):
        number, closed = 0, False
        while not closed:
            number += 1
            assert number < MOST
            with broken_off_at(number):
                try:
                    close_month(THIS_MONTH, the_centre(), clock.now(), ACTOR)
                    closed = True
                except Killed:
                    db.session.remove()
            whole = select(func.count()).select_from(Voucher)
            of_entries = select(func.count(JournalEntry.voucher_number.distinct()))
            assert db.session.scalars(whole).one() == db.session.scalars(of_entries).one()
            db.session.rollback()
        assert number > 60
        assert [each for each in breaches() if each.startswith("books")] == []
    row = db.session.scalars(select(ClosedMonth)).one()
    assert sum(row.sums.values()) == 0
    stands = {role: amount for role, amount in row.balances.items() if amount}
    # 3 x 210 less 50 at 12 %; 100 with 40 paid on invoice at 12 %
    assert stands == {
        AccountRole.PROVIDER: 37000, AccountRole.TILL: 21000, AccountRole.BANK: 4000, AccountRole.RECEIVABLE: 6000,
        AccountRole.ADMISSION: -51786, AccountRole.PROGRAMME: -8929, AccountRole.VAT: -7285,
    }  # fmt: skip


def test_a_close_whose_process_is_killed_at_drawn_statements_is_closed_once_and_agrees(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    draw, kills = Random(23), int(os.environ.get("EXAMPLES", "4"))
    drawn: list[int | str] = [draw.randint(1, 55) for _kill in range(kills - 2)]
    dying = [*drawn, "INSERT INTO closed_month", "INSERT INTO audit_entry"]
    sold = 0
    for n, at in enumerate(dying):
        if n % 5 == 0:
            a_paid_booking(slot, adult, 1, "till" if n % 2 else "demo")
            sold += 21_000
        with later(30):
            assert is_killed(lambda: close_month(THIS_MONTH, the_centre(), clock.now(), ACTOR), at), at
            whole = select(func.count()).select_from(Voucher)
            of_entries = select(func.count(JournalEntry.voucher_number.distinct()))
            assert db.session.scalars(whole).one() == db.session.scalars(of_entries).one()
            assert db.session.scalars(select(func.count(ClosedMonth.month))).one() == 0
            db.session.rollback()
    with later(30):
        close_month(THIS_MONTH, the_centre(), clock.now(), ACTOR)
        assert [each for each in breaches() if each.startswith("books")] == []
    row = db.session.scalars(select(ClosedMonth)).one()
    paid_by = row.balances[AccountRole.PROVIDER] + row.balances.get(AccountRole.TILL, 0)
    assert (sum(row.sums.values()), paid_by) == (0, sold)
    if "EXAMPLES" in os.environ:
        print(f"{kills} kills at statements {dying}")
