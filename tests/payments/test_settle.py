"""What the provider says is made true: late banks, late money, wrong sums, old news about an earlier try."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.bookings.hold import Hold, expire_pending, expire_run_out
from booking.bookings.models import State
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.payments import pay
from booking.payments.fulfil import fulfil, settle
from booking.payments.models import Payment, PaymentState, RefundState
from booking.payments.provider import PaymentProgress, PaymentStatus
from booking.payments.sweep import sweep
from tests.builders import a_hold, a_sale, taken
from tests.payments.buying import (
    a_basket,
    a_basket_at,
    a_paid_booking,
    an_increase,
    begin,
    cancel_booking,
    payment_of,
    payments_of,
    promised,
    ref_of,
    refunds_of,
    send_refunds,
    state_of,
    tickets_of,
)
from tests.payments.conftest import Travel
from tests.payments.watched import Watched
from tests.stripe_double.client import Double


def paid_by_bank(double: Double, held: Hold) -> Payment:
    """A payment that the bank is thinking about."""
    payment = begin(held)
    double.pay(ref_of(payment), "later")
    assert fulfil(payment.id) is PaymentState.PROCESSING
    return payment


def standing(payment: Payment, progress: PaymentProgress) -> PaymentStatus:
    """Old news of a payment."""
    return PaymentStatus(ref_of(payment), progress, payment.amount, payment.currency)


def test_a_bank_that_answers_later_brings_the_tickets_later(stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = paid_by_bank(double, held)
    assert (state_of(held.booking_id), tickets_of(held.booking_id)) == (State.PENDING, 0)
    double.bank(ref_of(payment), pays=True)
    assert fulfil(payment.id) is PaymentState.PAID
    assert tickets_of(held.booking_id) == 2


def test_a_bank_that_says_no_gives_the_basket_back_and_a_mail(stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = paid_by_bank(double, held)
    double.bank(ref_of(payment), pays=False)
    assert [fulfil(payment.id), fulfil(payment.id)] == [PaymentState.FAILED] * 2
    assert state_of(held.booking_id) is State.HELD
    assert promised("mail.payment_failed") == [{"booking_id": held.booking_id}]


def test_a_bank_may_think_for_days_while_the_places_wait(stripe: Watched, double: Double, travel: Travel) -> None:
    _, slot, adult = a_sale()
    held = a_basket_at(slot, adult)
    payment = begin(held)
    double.pull("pay", session=ref_of(payment), how="later")
    double.pull("bank-waits", session=ref_of(payment))
    travel(timedelta(days=1))
    sweep(clock.now())
    assert (state_of(held.booking_id), taken(slot)) == (State.PENDING, 2)


def test_a_bank_that_thinks_for_ever_does_not_keep_the_places_for_ever(
    stripe: Watched, double: Double, travel: Travel
) -> None:
    _, slot, adult = a_sale()
    held = a_basket_at(slot, adult)
    payment = begin(held)
    double.pull("pay", session=ref_of(payment), how="later")
    double.pull("bank-waits", session=ref_of(payment))
    fulfil(payment.id)
    travel(timedelta(days=3, hours=1))
    sweep(clock.now())
    assert (state_of(held.booking_id), taken(slot)) == (State.EXPIRED, 0)
    double.bank(ref_of(payment), pays=True)
    assert fulfil(payment.id) in (PaymentState.PAID, PaymentState.RETURNED)


def late_money(double: Double, slot: int, adult: int, travel: Travel) -> tuple[Hold, Payment]:
    """The places are let go, and then the money comes: the bank needed longer than we waited."""
    held = a_basket_at(slot, adult, 6)
    payment = begin(held)
    double.pay(ref_of(payment), "later")
    double.pull("bank-waits", session=ref_of(payment))
    fulfil(payment.id)
    travel(timedelta(days=3) - timedelta(hours=1))
    with unit_of_work():
        expire_pending(held.booking_id, clock.now())
    double.bank(ref_of(payment), pays=True)
    return held, payment


def test_late_money_takes_the_places_again_if_they_are_free(stripe: Watched, double: Double, travel: Travel) -> None:
    _, slot, adult = a_sale(capacity=10, days=5)
    held, payment = late_money(double, slot, adult, travel)
    assert fulfil(payment.id) is PaymentState.PAID
    assert (state_of(held.booking_id), taken(slot), tickets_of(held.booking_id)) == (State.CONFIRMED, 6, 6)
    assert promised("mail.lost") == []


def test_late_money_for_places_that_are_gone_goes_back_in_full(stripe: Watched, double: Double, travel: Travel) -> None:
    _, slot, adult = a_sale(capacity=10, days=5)
    held, payment = late_money(double, slot, adult, travel)
    a_hold(slot, adult, 5)
    assert [fulfil(payment.id), fulfil(payment.id)] == [PaymentState.RETURNED] * 2
    send_refunds()
    assert [(refund.amount, refund.state) for refund in refunds_of(held.booking_id)] == [(126000, RefundState.DONE)]
    assert (state_of(held.booking_id), tickets_of(held.booking_id), taken(slot)) == (State.EXPIRED, 0, 5)
    assert promised("mail.lost") == [{"booking_id": held.booking_id}]


def test_money_that_comes_when_the_visit_has_begun_goes_back(stripe: Watched, double: Double, travel: Travel) -> None:
    _, slot, adult = a_sale(capacity=10)
    held, payment = late_money(double, slot, adult, travel)
    travel(timedelta(days=1))
    assert fulfil(payment.id) is PaymentState.RETURNED
    assert (tickets_of(held.booking_id), taken(slot)) == (0, 0)
    assert promised("mail.lost") == [{"booking_id": held.booking_id}]


def test_another_sum_than_asked_for_is_not_kept(stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = begin(held)
    double.pay(ref_of(payment), amount=100)
    assert fulfil(payment.id) is PaymentState.RETURNED
    send_refunds()
    assert tickets_of(held.booking_id) == 0
    assert [(refund.amount, refund.state) for refund in refunds_of(held.booking_id)] == [(100, RefundState.DONE)]


def test_a_booking_keeps_one_payment_and_returns_the_second(stripe: Watched, double: Double) -> None:
    held = a_basket()
    first = begin(held)
    settle(first.id, standing(first, PaymentProgress.FAILED))  # as if the till had said so and then changed its mind
    second = begin(held)
    double.pay(ref_of(first))
    double.pay(ref_of(second))
    assert (fulfil(second.id), fulfil(first.id)) == (PaymentState.PAID, PaymentState.RETURNED)
    send_refunds()
    assert [refund.state for refund in refunds_of(held.booking_id)] == [RefundState.DONE]
    assert tickets_of(held.booking_id) == 2


@pytest.mark.parametrize("news", [PaymentProgress.FAILED, PaymentProgress.EXPIRED, PaymentProgress.PROCESSING])
def test_old_news_of_an_earlier_try_leaves_the_present_one_alone(
    stripe: Watched, double: Double, news: PaymentProgress
) -> None:
    held = a_basket()
    first = begin(held)
    pay.withdraw(held.booking_id)
    second = begin(held)
    settle(first.id, standing(first, news))
    assert (state_of(held.booking_id), payment_of(held.booking_id).state) == (State.PENDING, PaymentState.OPEN)
    double.pay(ref_of(second))
    assert fulfil(second.id) is PaymentState.PAID
    assert tickets_of(held.booking_id) == 2


def test_money_for_a_cancelled_increase_goes_back(stripe: Watched, double: Double) -> None:
    _, slot, adult = a_sale()
    held = a_basket_at(slot, adult)
    a_paid_booking(double, held)
    extra = an_increase(held, slot, adult, 4)
    payment = begin(extra)
    with unit_of_work():
        expire_pending(extra.booking_id, clock.now())
    cancel_booking(held)
    double.pay(ref_of(payment))
    assert fulfil(payment.id) is PaymentState.RETURNED
    assert promised("mail.lost") == [{"booking_id": extra.booking_id}]


def test_a_paid_increase_is_folded_into_its_booking(stripe: Watched, double: Double) -> None:
    _, slot, adult = a_sale()
    held = a_basket_at(slot, adult)
    a_paid_booking(double, held)
    extra = an_increase(held, slot, adult, 4)
    assert a_paid_booking(double, extra).amount == 42000
    assert (tickets_of(held.booking_id), taken(slot)) == (4, 4)


def test_a_session_that_runs_out_lets_the_places_go(stripe: Watched, double: Double, travel: Travel) -> None:
    _, slot, adult = a_sale()
    held = a_basket_at(slot, adult)
    payment = begin(held)
    travel(timedelta(minutes=33))
    assert fulfil(payment.id) is PaymentState.EXPIRED
    assert (state_of(held.booking_id), taken(slot)) == (State.EXPIRED, 0)


def test_places_under_payment_are_not_let_go_with_those_whose_time_ran_out(stripe: Watched) -> None:
    _, slot, adult = a_sale()
    held = a_basket_at(slot, adult)
    begin(held)
    with unit_of_work():
        assert expire_run_out(clock.now() + timedelta(minutes=20)) == 0
    assert (state_of(held.booking_id), taken(slot), len(payments_of(held.booking_id))) == (State.PENDING, 2, 1)
