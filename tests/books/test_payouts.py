"""The provider's payouts: typed or from its file, each once, in the journal, and held against what was paid."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from booking.books.journal import AccountRole
from booking.books.payouts import (
    NoPayoutFile,
    PayoutFault,
    PayoutThere,
    PayoutWrong,
    enter_payout,
    payouts_entered,
    rows_that_differ,
    take_payout_file,
)
from booking.kernel import clock
from booking.kernel.database import db
from booking.payments.models import Payment
from tests.books.keeping import ACTOR, a_paid_booking, booked, keep_books, later
from tests.builders import a_sale

Role = AccountRole
HEAD = "automatic_payout_id,automatic_payout_effective_at,reporting_category,gross,fee,payment_intent_id\n"


def charge_of(payment_id: int) -> str:
    return db.session.get_one(Payment, payment_id).charge_ref or ""


def test_a_payout_goes_to_the_bank_less_its_charges(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    a_paid_booking(slot, adult)
    with later(2) as day:
        enter_payout("po_1", day.date(), 40000, 600, ACTOR, day)
        assert booked(day) == {Role.BANK: 40000, Role.CHARGES: 600, Role.PROVIDER: 1400, Role.PREPAID: -42000}
        with pytest.raises(PayoutThere):
            enter_payout("po_1", day.date(), 40000, 600, ACTOR, day)


def test_a_file_is_taken_once_and_says_what_differs(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    keep_books()
    (_one, right), (_two, short) = a_paid_booking(slot, adult, 1), a_paid_booking(slot, adult, 1)
    rows = (
        f"po_7,2026-11-05 00:00:00,charge,210.00,3.00,{charge_of(right)}\n"
        f"po_7,2026-11-05 00:00:00,charge,200.00,3.00,{charge_of(short)}\n"
        "po_7,2026-11-05 00:00:00,charge,5.00,0.10,pi_nobody\n"
        ",,charge,99.00,1.00,pi_not_paid_out_yet\n"
    )
    content = (HEAD + rows).encode()
    assert take_payout_file(content, ACTOR, clock.now()) == (1, 0)
    assert take_payout_file(content, ACTOR, clock.now()) == (0, 1)
    (payout,) = payouts_entered()
    assert (payout.ref, payout.on, payout.amount, payout.charges, payout.rows) == (
        "po_7", date(2026, 11, 5), 40890, 610, 3,
    )  # fmt: skip
    assert {(row.charge, row.fault, row.gross, row.ours) for row in rows_that_differ()} == {
        (charge_of(short), PayoutFault.OTHER_SUM, 20000, 21000), ("pi_nobody", PayoutFault.UNKNOWN, 500, None),
    }  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\xfe", b"name,sum\na,1\n", HEAD.encode(),
        (HEAD + "po_1,2026-02-31,charge,1.00,0.10,pi\n").encode(),
        (HEAD + "po_1,2026-11-05,charge,1e9,0.10,pi\npo_2,2026-11-05,charge,1.00,0.10,pi\n").encode(),
        (HEAD + "po_1,2026-11-05,charge,=1+1,0.10,pi\n").encode(),
        (HEAD + "po_1,2026-11-05\n").encode(),
    ],
)  # fmt: skip
def test_what_is_no_file_of_the_providers_is_refused_whole(app: Flask, content: bytes) -> None:
    a_sale()
    with pytest.raises(NoPayoutFile):
        take_payout_file(content, ACTOR, clock.now())
    assert payouts_entered() == []


@pytest.mark.parametrize(("ref", "amount", "charges"), [("", 1, 0), ("x" * 81, 1, 0), ("po", 0, 0), ("po", 1, -1)])
def test_a_payout_that_cannot_be_is_refused(app: Flask, ref: str, amount: int, charges: int) -> None:
    with pytest.raises(PayoutWrong):
        enter_payout(ref, clock.now().date() - timedelta(days=1), amount, charges, ACTOR, clock.now())
