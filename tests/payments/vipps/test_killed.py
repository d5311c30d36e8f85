"""Killed between any two steps of paying, taking and giving back: afterwards the money is ours, theirs and the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from booking.bookings.hold import Hold
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments import pay
from booking.payments.fulfil import fulfil
from booking.payments.give_back import give_back
from booking.payments.models import PaymentState, RefundState
from booking.payments.provider import PayWay
from booking.payments.sweep import sweep
from tests.payments.buying import a_basket, payment_of, payments_of, ref_of, refunds_of
from tests.payments.vipps.conftest import InUse, Travel
from tests.payments.vipps.paying import keep_captures, keep_refunds
from tests.payments.watched import Killed, Steps
from tests.vipps_double.client import Vipps


def whole_story(vipps: Vipps, held: Hold) -> None:
    """Begin, approve, take, give a part back."""
    pay.begin(held.booking_id, way=PayWay.VIPPS)
    payment = payment_of(held.booking_id)
    vipps.answer(ref_of(payment))
    fulfil(payment.id)
    with unit_of_work():
        give_back(held.booking_id, 12000, "", "m", "desk")
    keep_captures()
    keep_refunds()


def after_all(vipps: Vipps, held: Hold, travel: Travel) -> None:
    """The buyer answers if there is still something to answer; the worker and the sweep do their work."""
    for _ in range(3):
        travel(timedelta(minutes=2, seconds=30))
        sweep(clock.now())
        waiting = [payment for payment in payments_of(held.booking_id) if payment.state is PaymentState.OPEN]
        for payment in waiting:
            if vipps.payment(ref_of(payment))["state"] == "CREATED":
                vipps.answer(ref_of(payment))
        keep_captures()
        keep_refunds()


STEPS = range(24)


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("fatal", STEPS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_money_is_lost_or_made_wherever_we_are_killed(
    in_use: InUse, vipps: Vipps, steps: Steps, travel: Travel, fatal: int, at_once: bool
) -> None:
    in_use(at_once=at_once)
    held = a_basket()
    steps.done.clear()
    steps.fatal = fatal
    run_out: Callable[[], None] = lambda: whole_story(vipps, held)  # noqa: E731
    try:
        run_out()
    except Killed:
        db.session.rollback()
    steps.fatal = None
    db.session.remove()
    after_all(vipps, held, travel)
    payments = payments_of(held.booking_id)
    ours = [payment for payment in payments if payment.state is PaymentState.PAID]
    back = sum(refund.amount for refund in refunds_of(held.booking_id) if refund.state is RefundState.DONE)
    promised_back = sum(refund.amount for refund in refunds_of(held.booking_id))
    for payment in ours:
        captured, cancelled, refunded = vipps.money(ref_of(payment))
        if at_once or promised_back:
            assert captured - refunded == payment.amount - back == payment.amount - promised_back
        assert captured + cancelled in (0, payment.amount)
    assert len(ours) == 1 or all(money["state"] != "AUTHORIZED" for money in vipps.pull("payments")["data"])
