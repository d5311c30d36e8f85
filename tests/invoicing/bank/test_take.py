"""A bank's file is taken: each row once, money on the invoice that its KID names, and nothing half."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from booking.invoicing.bank import take as taking
from booking.invoicing.bank.forgetting import FORGETTINGS
from booking.invoicing.bank.match import CandidateReason
from booking.invoicing.bank.models import BankShare, RowState, StoredBankFile, StoredBankRow
from booking.invoicing.bank.rows import BrokenRow
from booking.invoicing.bank.take import TakenFile, take_bank_file
from booking.invoicing.issue import NotSetUp
from booking.invoicing.models import Invoice
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.records.models import AuditEntry
from tests.builders import a_centre
from tests.invoicing.bank.books import (
    ACTOR,
    agree,
    an_account,
    came,
    credit,
    owed,
    paid,
    payment,
    states,
    stored,
    take,
    went_back,
    wrong,
)
from tests.invoicing.bank.files import a_file

MATCHED, WAITING, GONE = RowState.MATCHED, RowState.WAITING, RowState.TAKEN_BACK


def test_a_payment_with_its_kid_is_on_its_invoice(app: Flask) -> None:
    an_account()
    invoice, other = owed(), owed(10002)
    taken = take(came(payment(10_000, invoice.kid)))
    assert taken == TakenFile(1, 0, 0, applied=10_000)
    assert (paid(invoice), paid(other), states()) == (10_000, 0, [(MATCHED, 10_000, 0)])


def test_the_same_file_again_changes_nothing_and_says_so(app: Flask) -> None:
    an_account()
    invoice = owed()
    file = came(payment(4000, invoice.kid), payment(500))
    take(file)
    again = take(file)
    assert (again, again.new, paid(invoice), len(stored())) == (TakenFile(2, 2, 0), 0, 4000, 2)
    assert db.session.scalar(select(func.count(StoredBankFile.id))) == 1
    assert db.session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "bank.take")) == 1


def test_a_row_that_a_later_file_has_again_is_taken_once(app: Flask) -> None:
    an_account()
    invoice = owed()
    monday = payment(4000, invoice.kid, reference="A")
    take(came(monday))
    taken = take(came(monday, payment(6000, invoice.kid, reference="B"), file="MSG-2"))
    assert (taken.size, taken.had, taken.applied, paid(invoice)) == (2, 1, 6000, 10_000)


def test_what_is_paid_too_much_stands_on_the_row_and_not_on_the_invoice(app: Flask) -> None:
    an_account()
    invoice = owed()
    taken = take(came(payment(7000, invoice.kid), payment(7000, invoice.kid), payment(100, invoice.kid)))
    assert (taken.applied, taken.over, paid(invoice)) == (10_000, 4100, 10_000)
    assert states() == [(MATCHED, 7000, 0), (MATCHED, 3000, 4000), (MATCHED, 0, 100)]


@pytest.mark.parametrize(("credited", "applied"), [(10_000, 0), (4000, 6000)])
def test_what_was_credited_is_not_paid_too(app: Flask, credited: int, applied: int) -> None:
    an_account()
    invoice = owed()
    credit(invoice, credited)
    take(came(payment(10_000, invoice.kid)))
    assert (paid(invoice), states()) == (applied, [(MATCHED, applied, 10_000 - applied)])


def test_what_has_no_kid_of_ours_waits_with_proposals(app: Flask) -> None:
    an_account()
    owed(10001, 10_000)
    owed(10002, 8000, payer="Fjellbygda kommune")
    taken = take(came(payment(8000, words=("Faktura 10001",), debtor="FJELLBYGDA KOMMUNE"), payment(1, "123")))
    assert (taken.waiting, taken.rows_waiting, taken.applied) == (8001, 2, 0)
    assert stored()[0].proposals == [
        ["10001", CandidateReason.NUMBER_IN_WORDS], ["10002", CandidateReason.AMOUNT_AND_NAME],
    ]  # fmt: skip


def test_money_in_another_currency_is_in_no_sum(app: Flask) -> None:
    an_account()
    invoice = owed()
    taken = take(came(payment(10_000, invoice.kid, currency="EUR")))
    assert (taken.others, taken.waiting, paid(invoice)) == (1, 0, 0)
    assert states() == [(RowState.OTHER_CURRENCY, 0, 0)]


@pytest.mark.parametrize("together", [True, False])
def test_a_payment_that_the_bank_takes_back_opens_its_invoice_again(app: Flask, together: bool) -> None:
    an_account()
    invoice = owed()
    first, second = came(payment(12_000, invoice.kid)), went_back(12_000, invoice.kid)
    if together:
        first = replace(first, entries=first.entries + second.entries)
    take(first)
    if not together:
        assert paid(invoice) == 10_000
        taken = take(second)
        assert (taken.applied, taken.over, taken.waiting) == (-10_000, -2000, 0)
    assert (paid(invoice), states()) == (0, [(GONE, 10_000, 2000), (GONE, -10_000, -2000)])
    assert [row.undoes_id for row in stored()] == [None, stored()[0].id]
    take(came(payment(10_000, invoice.kid), file="MSG-3"))
    assert paid(invoice) == 10_000


def test_a_payment_is_taken_back_once(app: Flask) -> None:
    an_account()
    invoice = owed()
    take(came(payment(4000, invoice.kid)))
    take(went_back(4000, invoice.kid))
    taken = take(went_back(4000, invoice.kid, file="MSG-10"))
    assert (taken.waiting, taken.rows_waiting, paid(invoice)) == (-4000, 1, 0)
    assert states()[-1] == (WAITING, 0, 0)


def test_a_payment_that_waited_and_went_back_waits_no_more(app: Flask) -> None:
    an_account()
    take(came(payment(4000, "123")))
    take(went_back(4000, "123"))
    assert states() == [(GONE, 0, 0), (GONE, 0, 0)]


def test_a_broken_file_leaves_nothing(app: Flask) -> None:
    an_account()
    invoice = owed()
    broken = came(payment(4000, invoice.kid), payment(4000, invoice.kid, currency="kr"))
    with pytest.raises(BrokenRow):
        take_bank_file(broken.content, ACTOR, clock.now())
    assert (paid(invoice), stored()) == (0, [])


def test_a_fault_at_the_very_end_leaves_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    an_account()
    invoice = owed()

    def fail(*_facts: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(taking, "note", fail)
    with pytest.raises(OSError, match="full"):
        take_bank_file(came(payment(4000, invoice.kid)).content, ACTOR, clock.now())
    assert (paid(invoice), stored(), db.session.scalars(select(StoredBankFile)).all()) == (0, [], [])


def test_a_centre_that_has_not_said_where_it_is_paid_takes_no_file(app: Flask) -> None:
    a_centre()
    with pytest.raises(NotSetUp):
        take_bank_file(a_file(payment(1)).content, ACTOR, clock.now())


def test_two_who_take_the_same_file_at_once_take_it_once(app: Flask) -> None:
    an_account()
    invoices = [owed(10_001 + n) for n in range(20)]
    content = came(*(payment(10_000, invoice.kid) for invoice in invoices)).content
    db.session.remove()

    def press(_n: int) -> TakenFile:
        with app.app_context():
            try:
                return take_bank_file(content, ACTOR, clock.now())
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        taken = sorted(pool.map(press, range(4)), key=lambda answer: answer.had)
    assert taken == [TakenFile(20, 0, 0, applied=200_000)] + [TakenFile(20, 20, 0)] * 3
    agree()
    assert {paid(invoice) for invoice in invoices} == {10_000}


def test_two_files_at_once_do_not_pay_an_invoice_twice(app: Flask) -> None:
    an_account()
    invoice = owed()
    files = [came(payment(8000, invoice.kid), file=f"MSG-{n}").content for n in range(4)]
    db.session.remove()

    def press(content: bytes) -> TakenFile:
        with app.app_context():
            try:
                return take_bank_file(content, ACTOR, clock.now())
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(press, files))
    assert sorted((answer.applied, answer.over) for answer in taken) == [(0, 8000), (0, 8000), (2000, 6000), (8000, 0)]
    assert paid(invoice) == 10_000
    agree()


def test_many_rows_are_taken_in_one_go(app: Flask) -> None:
    an_account()
    invoice = owed(sum=2100)
    taken = take(came(*(payment(1, invoice.kid) for _n in range(2100))))
    assert (taken.new, taken.applied, paid(invoice)) == (2100, 2100, 2100)
    assert take(came(*(payment(1, invoice.kid) for _n in range(2100)))).new == 0


@pytest.mark.parametrize(
    "values",
    [
        {"over": 1},
        {"applied": 9000},
        {"amount": 0},
        {"applied": -1},
        {"state": "other_currency", "over": 1},
    ],
)
def test_the_database_refuses_sums_that_do_not_add_up(app: Flask, values: dict[str, object]) -> None:
    an_account()
    take(came(payment(4000, owed().kid)))
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(update(StoredBankRow).values(values))


def test_who_paid_is_forgotten_when_the_books_may_and_the_sums_stay(app: Flask) -> None:
    an_account()
    invoice = owed()
    take(
        came(payment(10_000, invoice.kid, words=("Takk fra Kari",), debtor="Kari Nordmann"), payment(5, words=("Hei",)))
    )
    (forgetting,) = FORGETTINGS
    assert forgetting.forget_batch(datetime(2031, 12, 31, 12, tzinfo=UTC)) == 0
    assert forgetting.forget_batch(datetime(2032, 1, 1, 12, tzinfo=UTC)) == 2
    assert forgetting.forget_batch(datetime(2032, 1, 1, 12, tzinfo=UTC)) == 0
    for row in stored():
        assert (row.debtor, row.text, row.kid, row.refs, row.debtor_account, row.reason) == ("", "", "", [], "", "")
    agree()


def test_an_invoice_may_go_before_the_rows_that_paid_it(app: Flask) -> None:
    an_account()
    invoice = owed(issued_on=date(2015, 11, 5), due_on=date(2015, 12, 5))
    take_bank_file(came(payment(10_000, invoice.kid)).content, ACTOR, clock.now())
    with unit_of_work():
        db.session.execute(delete(Invoice))
    assert db.session.scalars(select(BankShare.invoice_id)).all() == [None]
    assert wrong() == []
