"""Several threads about one payment: whoever is first, there is one end, and it is told once."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

from flask import Flask

from booking.bookings.models import State
from booking.kernel import clock
from booking.kernel.database import db
from booking.payments import pay, refunds
from booking.payments.fulfil import fulfil
from booking.payments.models import PaymentState, RefundState
from booking.payments.sweep import sweep
from tests.builders import a_sale, taken
from tests.payments.buying import (
    a_basket,
    a_basket_at,
    a_paid_booking,
    begin,
    cancel_booking,
    payment_of,
    payments_of,
    promised,
    ref_of,
    refunds_of,
    state_of,
    tickets_of,
    write_refunds,
)
from tests.payments.watched import Watched
from tests.stripe_double.client import Double


def together(app: Flask, *deeds: Callable[[], object]) -> list[BaseException]:
    """Do all at once, each in a thread of its own; returns what was raised."""
    start, raised = Barrier(len(deeds)), list[BaseException]()

    def run(deed: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                deed()
            except BaseException as error:
                raised.append(error)
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_many_who_hear_of_the_money_at_once_make_one_booking(app: Flask, stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = begin(held)
    double.pay(ref_of(payment))
    assert together(app, *[lambda: fulfil(payment.id)] * 6) == []
    assert (tickets_of(held.booking_id), len(promised("mail.confirmation"))) == (2, 1)


def test_turning_back_while_the_money_comes_is_one_of_the_two(app: Flask, stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = begin(held)

    def pay_if_open() -> None:
        double.http.post(f"{double.base}/c/pay/{payment.provider_ref}", data={"how": "card"}, allow_redirects=False)

    assert together(app, pay_if_open, lambda: pay.withdraw(held.booking_id), lambda: fulfil(payment.id)) == []
    fulfil(payment.id)
    ended = (state_of(held.booking_id), payment_of(held.booking_id).state)
    assert ended in ((State.HELD, PaymentState.EXPIRED), (State.CONFIRMED, PaymentState.PAID))


def test_several_workers_sweep_at_once_and_do_everything_once(app: Flask, stripe: Watched, double: Double) -> None:
    _, slot, adult = a_sale()
    bookings = [a_basket_at(slot, adult, 1) for _ in range(4)]
    for held in bookings:
        double.pay(ref_of(begin(held)))
    assert together(app, *[lambda: sweep(clock.now())] * 3) == []
    assert [state_of(held.booking_id) for held in bookings] == [State.CONFIRMED] * 4
    assert (len(promised("mail.confirmation")), taken(slot)) == (4, 4)


def test_two_workers_with_one_refund_send_it_once(app: Flask, stripe: Watched, double: Double) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    cancel_booking(held)
    (refund_id,) = write_refunds()
    assert together(app, *[lambda: refunds.send(refund_id)] * 3) == []
    assert [(refund.amount, refund.state) for refund in refunds_of(held.booking_id)] == [(42000, RefundState.DONE)]
    assert len({request["key"] for request in double.requests("POST", "/v1/refunds")}) == 1


def test_two_payments_for_one_booking_at_once_keep_one(app: Flask, stripe: Watched, double: Double) -> None:
    held = a_basket()
    first = begin(held)
    pay.give_up(first.id, held.booking_id, PaymentState.FAILED)  # wrongly: it can still be paid
    second = begin(held)
    for session in (first, second):
        double.pay(ref_of(session))
    assert together(app, lambda: fulfil(first.id), lambda: fulfil(second.id)) == []
    assert {payment.state for payment in payments_of(held.booking_id)} == {PaymentState.PAID, PaymentState.RETURNED}
    assert tickets_of(held.booking_id) == 2
