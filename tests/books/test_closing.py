"""A month is closed when all of it is posted and agrees; then nothing is dated into it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from booking.bookings.models import Line
from booking.books.closing import (
    AccountsMissing,
    BooksNotSetUp,
    DoesNotAgree,
    MonthClosed,
    MonthNotOver,
    close_month,
    disagreements,
)
from booking.books.differences import Agrees
from booking.books.journal import AccountRole, LineKey, VoucherGroup, VoucherKind, VoucherLine
from booking.books.models import BooksRules, ClosedMonth, JournalEntry
from booking.books.payouts.enter import PayoutSums, enter_payout
from booking.books.posting import book_up, write_voucher
from booking.books.queries import books_month
from booking.books.sources.moment import last_of
from booking.centre.facts import the_centre
from booking.invoicing.issue import issue_all
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.records.models import AuditEntry
from booking.running.check import breaches
from tests.books.keeping import ACTOR, NEXT_MONTH, THIS_MONTH, a_paid_booking, booked, gone_back, keep_books, later
from tests.builders import a_sale
from tests.invoicing.owed import a_centre_that_invoices, a_class
from tests.invoicing.test_issue import keys_of

Role = AccountRole


def closed(month: date = THIS_MONTH) -> None:
    close_month(month, the_centre(), clock.now(), ACTOR)


def test_a_month_from_sale_and_invoice_to_its_close(app: Flask) -> None:
    centre = a_centre_that_invoices()
    keep_books()
    a_class(centre)
    with later(40):
        issue_all(keys_of(centre), centre.facts, clock.now(), ACTOR)
        month = clock.now().date().replace(day=1)
    with later(75):
        sums = close_month(month, the_centre(), clock.now(), ACTOR)
        assert [each for each in breaches() if each.startswith("books")] == []
    assert sum(sums.by_role.values()) == 0
    assert sums.debit > 0 and sums.tax > 0
    logged = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "books.close")).one()
    assert (logged.subject, logged.after) == (
        f"month:{month:%Y-%m}", {"vouchers": 1, "debit": sums.debit, "vat": sums.tax},
    )  # fmt: skip


def test_what_changes_after_the_close_falls_in_the_open_month(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    _booking, paid = a_paid_booking(slot, adult)
    with later(30):
        closed()
        before = sums_of_month(THIS_MONTH)
        gone_back(paid, 42000)
    with later(31) as day:
        booked(day)
        assert sums_of_month(THIS_MONTH) == before == {Role.PROVIDER: 42000, Role.ADMISSION: -37500, Role.VAT: -4500}
        assert sums_of_month(NEXT_MONTH) == {Role.PROVIDER: -42000, Role.ADMISSION: 37500, Role.VAT: 4500}


def sums_of_month(month: date) -> dict[AccountRole, int]:
    facts = books_month(month, the_centre())
    assert facts is not None
    sums = {each.role: each.debit - each.credit for each in facts.sums}
    return {role: amount for role, amount in sums.items() if amount}


def test_the_database_dates_nothing_into_a_closed_month(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    a_paid_booking(slot, adult)
    with later(30):
        closed()
    lines = [("x", VoucherLine(LineKey(role), amount)) for role, amount in ((Role.BANK, 1), (Role.TILL, -1))]
    with pytest.raises(DBAPIError, match="month is closed"), unit_of_work():
        write_voucher(VoucherGroup(VoucherKind.BANK, THIS_MONTH.replace(day=28)), lines, clock.now())
    for statement in (update(ClosedMonth).values(closed_by="x"), delete(ClosedMonth)):
        with pytest.raises(DBAPIError), unit_of_work():
            db.session.execute(statement)


def test_closing_a_month_closes_the_open_ones_before_it(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    a_paid_booking(slot, adult)
    with later(70):
        closed(NEXT_MONTH)
    rows = db.session.scalars(select(ClosedMonth).order_by(ClosedMonth.month)).all()
    assert [row.month for row in rows] == [THIS_MONTH, NEXT_MONTH]
    assert rows[0].balances == rows[1].balances == {"provider": 42000, "admission": -37500, "vat": -4500, "prepaid": 0}


def test_what_was_before_the_first_sale_is_in_the_first_month_that_is_closed(app: Flask) -> None:
    centre, slot, adult = a_sale()
    keep_books()
    before = THIS_MONTH - timedelta(days=400 - 31)
    enter_payout(PayoutSums("po_1", before, 5000, 100), centre, ACTOR, clock.now())
    a_paid_booking(slot, adult)
    with later(30):
        closed()
    rows = db.session.scalars(select(ClosedMonth).order_by(ClosedMonth.month)).all()
    assert (rows[0].month, rows[0].sums) == (
        before.replace(day=1), {"bank": 5000, "charges": 100, "provider": -5100},
    )  # fmt: skip
    assert rows[-1].balances["bank"] == 5000
    assert [row.month for row in rows] == [before.replace(day=1), THIS_MONTH]  # and not eleven months of nothing


def test_a_month_is_closed_once_and_when_it_is_over(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    with pytest.raises(BooksNotSetUp):
        closed()
    keep_books()
    a_paid_booking(slot, adult)
    with pytest.raises(MonthNotOver):
        closed()
    with later((last_of(THIS_MONTH) - clock.now().date()).days), pytest.raises(MonthNotOver):
        closed()
    with later(30):
        closed()
        with pytest.raises(MonthClosed):
            closed()


def test_of_two_who_close_at_once_one_does_and_the_other_is_told(app: Flask) -> None:
    centre, slot, adult = a_sale()
    keep_books()
    for _each in range(3):
        a_paid_booking(slot, adult, 1)
    now = clock.now() + timedelta(days=30)

    def close(_which: int) -> str:
        with app.app_context():
            try:
                close_month(THIS_MONTH, centre, now, ACTOR)
            except Refusal as refusal:
                return type(refusal).__name__
            finally:
                db.session.remove()
            return "closed"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(close, range(4))) == ["MonthClosed"] * 3 + ["closed"]
    assert db.session.scalars(select(func.count()).select_from(ClosedMonth)).one() == 1
    amounts = select(func.sum(JournalEntry.amount)).where(JournalEntry.role == Role.PROVIDER)
    assert db.session.scalars(amounts).one() == 63000


def test_a_missing_account_stops_the_close_and_says_which(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    a_paid_booking(slot, adult)
    with unit_of_work():
        rules = db.session.scalars(select(BooksRules)).one()
        rules.accounts = {name: number for name, number in rules.accounts.items() if name != "provider"}
        rules.vat = {}
    with later(30):
        with pytest.raises(AccountsMissing) as refused:
            closed()
        assert refused.value.missing == ((Role.ADMISSION, 1200), (Role.PROVIDER, 0), (Role.VAT, 1200))
    assert db.session.scalars(select(func.count()).select_from(ClosedMonth)).one() == 0


def test_a_journal_that_says_something_else_is_not_closed(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    a_paid_booking(slot, adult)
    with later(30) as day:
        booked(day)
        lines = [("x", VoucherLine(LineKey(role), sum_)) for role, sum_ in ((Role.PROVIDER, 700), (Role.BANK, -700))]
        with unit_of_work():
            write_voucher(VoucherGroup(VoucherKind.PAYOUT, THIS_MONTH.replace(day=20)), lines, day)
        with pytest.raises(DoesNotAgree) as refused:
            closed()
        differs = {compared.what: compared.difference for compared in refused.value.compared}
        assert differs == {Agrees.PROVIDER: 700, Agrees.BANK: -700}
        assert "books account unlike what it stands for, provider: 700" in breaches()


def test_fees_and_what_was_paid_too_much_must_be_as_the_bank_says(app: Flask) -> None:
    a_sale()
    keep_books()
    with later(30) as day:
        booked(day)
        lines = [
            ("x", VoucherLine(LineKey(role), sum_))
            for role, sum_ in ((Role.OVERPAID, 500), (Role.REMINDER_FEE, -300), (Role.LATE_INTEREST, -200))
        ]
        with unit_of_work():
            write_voucher(VoucherGroup(VoucherKind.BANK, THIS_MONTH.replace(day=20)), lines, day)
        compared, _taxes = disagreements(the_centre(), day, THIS_MONTH, day.date())
        assert {each.what: each.difference for each in compared} == {
            Agrees.OVERPAID: 500, Agrees.REMINDER_FEE: -300, Agrees.LATE_INTEREST: -200,
        }  # fmt: skip


def test_vat_that_a_receipt_does_not_say_is_not_closed(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    booking, _paid = a_paid_booking(slot, adult)
    with later(30) as day:
        booked(day)
        with unit_of_work():
            db.session.execute(update(Line).values(vat_rate=2500))
        with pytest.raises(DoesNotAgree) as refused:
            closed()
        assert {(each.source, each.rate) for each in refused.value.taxes} == {
            (f"booking:{booking}", 1200), (f"booking:{booking}", 2500),
        }  # fmt: skip
        assert any(each.startswith(f"books VAT unlike that of booking:{booking}") for each in breaches())


def test_a_journal_that_nobody_has_kept_up_is_named_by_the_check(app: Flask) -> None:
    centre, slot, adult = a_sale()
    keep_books()
    assert book_up(centre, clock.now())
    a_paid_booking(slot, adult)
    with later(1):
        assert breaches() == []  # the worker has some days
    with later(4):
        assert any(each.startswith("books journal that is behind") for each in breaches())
