"""A person says what a payment is for, and may take it back; nobody's money is made or lost by it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from booking.invoicing.bank.by_hand import (
    HandMatch,
    InvoiceNotOpen,
    NoSuchInvoice,
    NoSuchRow,
    OtherMoney,
    PaidMeanwhile,
    ReasonMissing,
    RowSettled,
    match_by_hand,
    set_aside,
    take_back_by_hand,
    undo,
    use_over,
)
from booking.invoicing.bank.models import RowState
from booking.kernel import clock
from booking.kernel.database import db
from booking.kernel.refusals import Refusal
from booking.records.models import AuditEntry
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
)

MATCHED, WAITING, ASIDE, GONE = RowState.MATCHED, RowState.WAITING, RowState.SET_ASIDE, RowState.TAKEN_BACK


def put(row: int, number: str) -> HandMatch:
    """Put what waits of a row on an invoice; the books agree afterwards."""
    matched = match_by_hand(row, number, ACTOR, clock.now())
    agree()
    return matched


def take_it_back(row: int) -> None:
    """Undo what was said of a row; the books agree afterwards."""
    undo(row, ACTOR, clock.now())
    agree()


def rows() -> list[int]:
    """The ids of all rows."""
    return [row.id for row in stored()]


def test_a_payment_without_kid_is_put_on_an_invoice_and_off_it_again(app: Flask) -> None:
    an_account()
    invoice = owed()
    take(came(payment(4000)))
    (row,) = rows()
    assert put(row, "10001") == HandMatch(10001, 4000, 0)
    assert (paid(invoice), states()) == (4000, [(MATCHED, 4000, 0)])
    take_it_back(row)
    assert (paid(invoice), states()) == (0, [(WAITING, 0, 0)])
    acts = select(AuditEntry.action).where(AuditEntry.subject == f"bank_row:{row}").order_by(AuditEntry.id)
    assert db.session.scalars(acts).all() == ["bank.match", "bank.undo"]


def test_one_payment_for_several_invoices_is_put_on_one_after_the_other(app: Flask) -> None:
    an_account()
    first, second = owed(), owed(10002, 8000)
    take(came(payment(19_000)))
    (row,) = rows()
    assert put(row, "10001") == HandMatch(10001, 10_000, 9000)
    assert put(row, "10002") == HandMatch(10002, 8000, 1000)
    assert states() == [(WAITING, 18_000, 0)]
    set_aside(row, "  Gave til senteret ", ACTOR, clock.now())
    agree()
    assert (states(), stored()[0].reason) == ([(ASIDE, 18_000, 0)], "Gave til senteret")
    take_it_back(row)
    assert (paid(first), paid(second), states()) == (0, 0, [(WAITING, 0, 0)])
    assert stored()[0].reason == ""


def test_what_was_paid_too_much_can_go_on_another_invoice(app: Flask) -> None:
    an_account()
    first, second = owed(), owed(10002, 8000)
    take(came(payment(13_000, first.kid)))
    (row,) = rows()
    use_over(row, ACTOR, clock.now())
    agree()
    assert put(row, "10002") == HandMatch(10002, 3000, 0)
    assert (paid(first), paid(second), states()) == (10_000, 3000, [(MATCHED, 13_000, 0)])
    take_it_back(row)
    assert (paid(first), paid(second), states()) == (10_000, 0, [(MATCHED, 10_000, 3000)])


def test_what_was_over_may_pay_its_own_invoice_when_that_is_open_again(app: Flask) -> None:
    an_account()
    invoice = owed()
    take(came(payment(4000, invoice.kid), payment(10_000, invoice.kid)))
    take(went_back(4000, invoice.kid))
    row = rows()[1]
    use_over(row, ACTOR, clock.now())
    assert put(row, "10001") == HandMatch(10001, 4000, 0)
    assert paid(invoice) == 10_000
    take_it_back(row)
    assert paid(invoice) == 6000


def test_somebody_says_which_payment_went_back(app: Flask) -> None:
    an_account()
    invoice = owed()
    take(came(payment(4000)))
    put(rows()[0], "10001")
    take(went_back(4000))
    first, second = rows()
    assert stored()[1].may_undo == [stored()[0].key]
    take_back_by_hand(second, first, ACTOR, clock.now())
    agree()
    assert (paid(invoice), states()) == (0, [(GONE, 4000, 0), (GONE, -4000, 0)])
    with pytest.raises(RowSettled):
        undo(first, ACTOR, clock.now())
    take_it_back(second)
    assert (paid(invoice), states()) == (4000, [(MATCHED, 4000, 0), (WAITING, 0, 0)])


@pytest.mark.parametrize("aside", [True, False])
def test_a_payment_that_did_not_go_back_after_all_is_what_it_was(app: Flask, aside: bool) -> None:
    an_account()
    take(came(payment(14_000, owed().kid)))
    (first,) = rows()
    use_over(first, ACTOR, clock.now())
    if aside:
        set_aside(first, "Gave", ACTOR, clock.now())
    take(went_back(14_000))
    second = rows()[1]
    take_back_by_hand(second, first, ACTOR, clock.now())
    agree()
    take_it_back(second)
    assert states() == [(ASIDE if aside else WAITING, 10_000, 0), (WAITING, 0, 0)]


def test_it_is_not_undone_when_somebody_else_has_paid_the_invoice_meanwhile(app: Flask) -> None:
    an_account()
    invoice = owed()
    take(came(payment(10_000)))
    put(rows()[0], "10001")
    take(went_back(10_000))
    first, second = rows()
    take_back_by_hand(second, first, ACTOR, clock.now())
    take(came(payment(10_000, invoice.kid), file="MSG-3"))
    with pytest.raises(PaidMeanwhile):
        undo(second, ACTOR, clock.now())
    agree()
    assert paid(invoice) == 10_000


REFUSED: dict[str, tuple[Callable[[int, int], object], type[Refusal]]] = {
    "a credit note or nothing": (lambda row, _: match_by_hand(row, "99999", ACTOR, clock.now()), NoSuchInvoice),
    "no number": (lambda row, _: match_by_hand(row, "٣", ACTOR, clock.now()), NoSuchInvoice),
    "paid": (lambda row, _: match_by_hand(row, "10002", ACTOR, clock.now()), InvoiceNotOpen),
    "credited": (lambda row, _: match_by_hand(row, "10003", ACTOR, clock.now()), InvoiceNotOpen),
    "no row": (lambda row, _: match_by_hand(row + 99, "10001", ACTOR, clock.now()), NoSuchRow),
    "matched": (lambda _, matched: match_by_hand(matched, "10001", ACTOR, clock.now()), RowSettled),
    "matched, aside": (lambda _, matched: set_aside(matched, "Gave", ACTOR, clock.now()), RowSettled),
    "no reason": (lambda row, _: set_aside(row, " \u200b ", ACTOR, clock.now()), ReasonMissing),
    "nothing said": (lambda row, _: undo(row, ACTOR, clock.now()), RowSettled),
    "matched by KID": (lambda _, matched: undo(matched, ACTOR, clock.now()), RowSettled),
    "nothing over": (lambda _, matched: use_over(matched, ACTOR, clock.now()), RowSettled),
    "no reversal": (lambda row, matched: take_back_by_hand(row, matched, ACTOR, clock.now()), RowSettled),
    "another sum": (lambda row, matched: take_back_by_hand(row + 1, matched, ACTOR, clock.now()), OtherMoney),
    "a reversal on an invoice": (lambda row, _: match_by_hand(row + 1, "10001", ACTOR, clock.now()), RowSettled),
    "a reversal of itself": (lambda row, _: take_back_by_hand(row + 1, row + 1, ACTOR, clock.now()), RowSettled),
    "another currency": (lambda row, _: match_by_hand(row, "10004", ACTOR, clock.now()), OtherMoney),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused_and_changes_nothing(app: Flask, what: str) -> None:
    an_account()
    owed()
    second, third = owed(10002, 8000), owed(10003)
    owed(10004, currency="EUR")
    credit(third, 10_000)
    take(came(payment(8000, second.kid), payment(50)))
    take(went_back(77))
    matched, row, _reversal = rows()
    before = states()
    act, refusal = REFUSED[what]
    with pytest.raises(refusal):
        act(row, matched)
    agree()
    assert states() == before


def test_many_presses_at_once_put_a_payment_on_its_invoice_once(app: Flask) -> None:
    an_account()
    invoice = owed()
    take(came(payment(4000), payment(4000)))
    ids = rows()
    db.session.remove()

    def press(row: int) -> bool:
        with app.app_context():
            try:
                match_by_hand(row, "10001", ACTOR, clock.now())
            except RowSettled:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(press, ids * 4))
    assert (sum(done), paid(invoice)) == (2, 8000)
    agree()
