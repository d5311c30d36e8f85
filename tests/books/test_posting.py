"""What happens to money becomes vouchers: each thing once, on its day, balanced, whatever breaks in between."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from booking.bookings.models import Booking
from booking.books.journal import AccountRole, LineKey, Unbalanced, VoucherGroup, VoucherKind, VoucherLine
from booking.books.models import JournalEntry, JournalSource, Voucher
from booking.books.posting import book_up, write_voucher
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.issue import issue_all
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments.models import Payment, Refund, RefundState
from tests.books.keeping import ACTOR, a_paid_booking, booked, gone_back, keep_books, later
from tests.builders import a_sale
from tests.invoicing.bank.books import came, payment, take
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.invoicing.test_issue import keys_of

Role = AccountRole


def test_what_is_sold_is_prepaid_until_the_day_has_come_and_then_income_with_its_vat(app: Flask) -> None:
    _centre, slot, adult = a_sale(price=21000)
    keep_books()
    a_paid_booking(slot, adult)
    with later(1) as day:
        assert booked(day) == {Role.PROVIDER: 42000, Role.PREPAID: -42000}
    with later(5) as day:
        assert booked(day) == {Role.PROVIDER: 42000, Role.ADMISSION: -37500, Role.VAT: -4500}


def test_today_is_posted_when_it_is_over(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    a_paid_booking(slot, adult)
    assert booked() == {}


def test_money_promised_back_is_owed_until_it_has_gone_and_takes_its_vat_along(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    _booking, paid = a_paid_booking(slot, adult)
    with later(5) as day:
        booked(day)
        refund = gone_back(paid, 11200, RefundState.REQUESTED)
    with later(6) as day:
        assert booked(day) == {
            Role.PROVIDER: 42000, Role.OWED_BACK: -11200, Role.ADMISSION: -27500, Role.VAT: -3300,
        }  # fmt: skip
        with unit_of_work():
            db.session.execute(update(Refund).where(Refund.id == refund).values(state="done", done_at=day))
    with later(7) as day:
        assert booked(day) == {Role.PROVIDER: 30800, Role.ADMISSION: -27500, Role.VAT: -3300}


def test_what_is_paid_in_the_till_lies_in_the_till(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    a_paid_booking(slot, adult, provider="till")
    with later(1) as day:
        assert booked(day) == {Role.TILL: 42000, Role.PREPAID: -42000}


def test_a_payment_that_the_payers_bank_took_back_is_a_loss(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    _booking, paid = a_paid_booking(slot, adult)
    gone_back(paid, 2000)
    now = clock.now()
    with unit_of_work():
        db.session.execute(update(Payment).values(disputed_at=now, lost_at=now))
    with later(1) as day:
        assert booked(day) == {Role.BAD_DEBT: 40000, Role.PREPAID: -40000}


def test_a_visit_that_is_moved_to_a_day_to_come_is_prepaid_again(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    booking, _paid = a_paid_booking(slot, adult)
    with later(5) as day:
        booked(day)
        with unit_of_work():
            values = {"starts_at": day + timedelta(days=9), "version": Booking.version + 1}
            db.session.execute(update(Booking).where(Booking.id == booking).values(values))
        assert booked(day) == {Role.PROVIDER: 42000, Role.PREPAID: -42000}


def test_an_invoice_its_credit_note_and_its_payment_are_vouchers_of_their_own(app: Flask) -> None:
    centre = a_centre_that_invoices()
    keep_books()
    a_class(centre)
    now = afterwards()
    (issued,), _refused = issue_all(keys_of(centre), centre.facts, now, ACTOR)
    owed = booked(now)
    assert owed[Role.RECEIVABLE] == issued.payable == -sum(owed[role] for role in owed if role is not Role.RECEIVABLE)
    part = CreditOrder(issued.invoice_id, CreditWanted(CreditExtent.SUM, gross=100_01), "Avslag", 0)
    credit(part, centre.facts, now, ACTOR)
    assert booked(now)[Role.RECEIVABLE] == issued.payable - 100_01
    take(came(payment(issued.payable, issued.kid)))
    stands = booked(now)
    assert Role.RECEIVABLE not in stands
    assert (stands[Role.BANK], stands[Role.OVERPAID]) == (issued.payable, -100_01)
    kinds = db.session.scalars(select(Voucher.kind).order_by(Voucher.number)).all()
    assert kinds == [VoucherKind.INVOICE, VoucherKind.CREDIT_NOTE, VoucherKind.BANK]


def test_posting_twice_posts_once(app: Flask) -> None:
    centre, slot, adult = a_sale()
    keep_books()
    a_paid_booking(slot, adult)
    with later(5) as day:
        booked(day)
        before = db.session.scalars(select(func.count()).select_from(JournalEntry)).one()
        assert book_up(centre, day) and book_up(centre, day, whole=True)
        assert db.session.scalars(select(func.count()).select_from(JournalEntry)).one() == before


def test_without_accounts_there_is_no_journal_and_sales_go_on(app: Flask) -> None:
    centre, slot, adult = a_sale()
    a_paid_booking(slot, adult)
    with later(5) as day:
        assert book_up(centre, day)
    assert db.session.scalars(select(func.count()).select_from(Voucher)).one() == 0


A_DAY = date(2026, 11, 4)
TAKINGS = VoucherGroup(VoucherKind.TAKINGS, A_DAY)


def line(role: AccountRole, amount: int) -> VoucherLine:
    return VoucherLine(LineKey(role), amount)


def test_the_writer_refuses_a_voucher_that_does_not_balance(app: Flask) -> None:
    keep_books()
    with pytest.raises(Unbalanced), unit_of_work():
        write_voucher(TAKINGS, [("payment:1", line(Role.BANK, 100))], clock.now())


def entry(number: int, amount: int) -> dict[str, object]:
    return {"voucher_number": number, "source": "payment:1", "role": Role.BANK, "amount": amount}


def voucher(number: int) -> dict[str, object]:
    return {
        "number": number, "kind": VoucherKind.TAKINGS, "on_day": A_DAY, "written_at": clock.now(),
    }  # fmt: skip


def write_by_hand(entries: list[dict[str, object]]) -> None:
    with unit_of_work():
        if entries:
            db.session.execute(insert(JournalEntry), entries)
        db.session.execute(insert(Voucher).values(voucher(1)))


def test_the_database_refuses_what_does_not_balance_is_empty_or_has_no_voucher(app: Flask) -> None:
    for entries in ([entry(1, 100), entry(1, -99)], []):
        with pytest.raises(DBAPIError, match="a voucher balances"):
            write_by_hand(entries)
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(insert(JournalEntry), [entry(1, 100), entry(1, -100)])
    assert db.session.scalars(select(func.count()).select_from(JournalEntry)).one() == 0


def test_the_database_refuses_to_add_to_a_voucher_to_change_it_or_to_take_it_away(app: Flask) -> None:
    with unit_of_work():
        db.session.execute(insert(JournalEntry), [entry(1, 100), entry(1, -100)])
        db.session.execute(insert(Voucher).values(voucher(1)))
    for statement, words in (
        (insert(JournalEntry).values(entry(1, 0)), "whole when it is written"),
        (update(JournalEntry).values(amount=0), "never changed"),
        (update(Voucher).values(channel="x"), "never changed"),
        (delete(JournalEntry), "is kept"),
        (delete(Voucher), "is kept"),
    ):
        with pytest.raises(DBAPIError, match=words), unit_of_work():
            db.session.execute(statement)


def test_a_day_of_sales_is_one_voucher_a_channel(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    for provider in ("demo", "demo", "till"):
        a_paid_booking(slot, adult, 1, provider)
    with later(1) as day:
        booked(day)
    assert db.session.scalars(select(Voucher.channel).order_by(Voucher.channel)).all() == ["demo", "till"]
    assert db.session.scalars(select(func.count()).select_from(JournalSource)).one() == 3
