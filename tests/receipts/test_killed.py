"""Killed as by `kill -9` between payment and receipt, or while it is given: none is lost, and none is there twice."""

from __future__ import annotations

from functools import partial

from flask import Flask
from sqlalchemy import func, select

from booking.door.walk_in import sold_in_till
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments.models import Payment
from booking.receipts.issue import issue
from booking.running.check import breaches
from booking.running.worker import run_once
from tests.builders import a_hold, a_sale
from tests.receipts.given import numbers
from tests.support.killing import counting, is_killed


def pay_and_give(booking_id: int) -> None:
    """What is held is paid, and its receipt is given right after."""
    with unit_of_work():
        sold_in_till(booking_id, "K-1", None, 1, clock.now())
    issue(booking_id)


def test_a_kill_between_any_two_steps_of_paying_and_giving_loses_no_receipt(app: Flask) -> None:
    _, slot, adult = a_sale(price=21000, capacity=500)
    first, second = (a_hold(slot, adult, 1).booking_id for _ in range(2))
    pay_and_give(first)  # the series of the year begins with it
    with counting() as ran:
        pay_and_give(second)
    steps = len(ran)
    paid = ran.index("COMMIT") + 1
    for at in (1, paid - 1, paid, *range(paid + 1, steps + 1)):
        held = a_hold(slot, adult, 1).booking_id
        assert is_killed(partial(pay_and_give, held), at), at
        assert [breach for breach in breaches() if "receipts" in breach] == []
        db.session.rollback()
    run_once(app)
    payments = db.session.scalars(select(func.count(Payment.id))).one()
    assert payments > 3
    assert sorted(int(number.split("-")[1]) for number in numbers()) == list(range(1, payments + 1))
    assert [breach for breach in breaches() if "receipts" in breach] == []
