"""An invoice goes after its years with nothing open: what nobody paid lapses first, and the books stay even."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from booking.books.journal import AccountRole
from booking.centre.facts import the_centre
from booking.invoicing.bank.take import take_bank_file
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.models import WriteOffKind
from booking.kernel import clock
from booking.kernel.database import db
from booking.running.check import breaches
from booking.running.forgetting import forget_all, late
from tests.books.keeping import booked, keep_books
from tests.invoicing.bank.books import Owed, an_account, came, owed, payment
from tests.invoicing.write_offs.lost import left_of, moved

Role = AccountRole
DAYS = {"issued_on": date(2020, 11, 2), "due_on": date(2020, 12, 2)}
OVER = datetime(2026, 11, 4, 10, tzinfo=clock.now().tzinfo)  # of 2020 it is since New Year


def an_old_invoice(number: int = 90_001) -> Owed:
    """Issued so long ago that nobody keeps it any more."""
    return owed(number, 10_000, **DAYS)  # type: ignore[arg-type]  # named


def pay(invoice: Owed, amount: int, file: str = "MSG-1") -> None:
    """So much comes for it."""
    take_bank_file(came(payment(amount, invoice.kid), file=file).content, "account:1", clock.now())


def nights(many: int) -> None:
    """The worker forgets, night after night; the books follow, and agree."""
    for _night in range(many):
        forget_all(clock.now())
        booked()


def how_many() -> int:
    """Documents that are there."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Invoice)) or 0


@pytest.mark.parametrize("paid", [0, 4000, 10_000, 13_000])
def test_what_is_open_lapses_and_the_invoice_goes_a_week_later(app: Flask, paid: int) -> None:
    an_account()
    keep_books()
    invoice = an_old_invoice()
    if paid:
        pay(invoice, paid)
    booked()
    nights(1)
    if paid < 10_000:
        assert (left_of(invoice.id), moved(invoice.id)) == (0, [(WriteOffKind.LAPSED, 10_000 - paid)])
        nights(1)
        assert how_many() == 1
        with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
            nights(1)
            assert late(clock.now()) == []
    assert how_many() == 0
    assert Role.RECEIVABLE not in booked()
    assert booked().get(Role.BAD_DEBT, 0) == max(10_000 - paid, 0)


def test_what_was_paid_too_much_after_a_credit_note_lapses_the_other_way(app: Flask) -> None:
    an_account()
    keep_books()
    invoice = an_old_invoice()
    pay(invoice, 10_000)
    with time_machine.travel(datetime(2020, 12, 20, 10, tzinfo=OVER.tzinfo), tick=False):
        wanted = CreditWanted(CreditExtent.SUM, gross=3000)
        credit(CreditOrder(invoice.id, wanted, "For mange", 0), the_centre(), clock.now(), "account:1")
    assert left_of(invoice.id) == -3000
    booked()
    nights(2)
    assert (left_of(invoice.id), moved(invoice.id)) == (0, [(WriteOffKind.LAPSED, -3000)])
    # Money on it after all: what had lapsed has not.
    pay(invoice, 500, "AFTER")
    assert left_of(invoice.id) == 0
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        nights(2)
    assert how_many() == 0
    assert Role.RECEIVABLE not in booked()


def test_a_credit_note_waits_for_its_invoice_and_the_nightly_check_finds_nothing_meanwhile(app: Flask) -> None:
    an_account()
    keep_books()
    invoice = an_old_invoice()
    with time_machine.travel(datetime(2020, 12, 20, 10, tzinfo=OVER.tzinfo), tick=False):
        wanted = CreditWanted(CreditExtent.SUM, gross=3000)
        credit(CreditOrder(invoice.id, wanted, "For mange", 0), the_centre(), clock.now(), "account:1")
    nights(2)
    assert (left_of(invoice.id), moved(invoice.id), how_many()) == (0, [(WriteOffKind.LAPSED, 7000)], 2)
    assert [breach for breach in breaches() if "credit" in breach] == []
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        nights(1)
    assert how_many() == 0
