"""Giving a payment up: the provider closes the session first, and only then the basket comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.bookings.models import State
from booking.payments import pay
from booking.payments.fulfil import fulfil
from booking.payments.models import PaymentState
from booking.payments.pay import NoAnswer
from tests.payments.buying import a_basket, begin, payment_of, payments_of, ref_of, state_of, tickets_of
from tests.payments.conftest import Travel
from tests.payments.watched import Watched
from tests.stripe_double.client import Double


def test_giving_up_gives_the_basket_back_and_closes_the_session(stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = begin(held)
    assert pay.withdraw(held.booking_id) is State.HELD
    assert payment_of(held.booking_id).state is PaymentState.EXPIRED
    assert double.http.get(payment.url, timeout=5).status_code == 410


def test_giving_up_what_is_paid_already_brings_the_tickets(stripe: Watched, double: Double) -> None:
    held = a_basket()
    double.pay(ref_of(begin(held)))
    assert pay.withdraw(held.booking_id) is State.CONFIRMED
    assert tickets_of(held.booking_id) == 2


def test_giving_up_while_the_bank_thinks_keeps_waiting(stripe: Watched, double: Double) -> None:
    held = a_basket()
    double.pay(ref_of(begin(held)), "later")
    assert pay.withdraw(held.booking_id) is State.PENDING
    assert payment_of(held.booking_id).state is PaymentState.PROCESSING


def test_giving_up_when_the_till_does_not_answer_changes_nothing(stripe: Watched, double: Double) -> None:
    held = a_basket()
    begin(held)
    double.fault("500", path="/expire")
    with pytest.raises(NoAnswer):
        pay.withdraw(held.booking_id)
    assert (state_of(held.booking_id), payment_of(held.booking_id).state) == (State.PENDING, PaymentState.OPEN)


def test_giving_up_without_a_payment_changes_nothing(stripe: Watched) -> None:
    held = a_basket()
    assert pay.withdraw(held.booking_id) is State.HELD


def test_giving_up_a_session_that_ran_out_still_gives_the_basket_back(stripe: Watched, travel: Travel) -> None:
    held = a_basket()
    begin(held)
    travel(timedelta(minutes=33))
    assert pay.withdraw(held.booking_id) is State.HELD


def test_the_news_of_the_closed_session_does_not_take_the_basket_away(stripe: Watched, double: Double) -> None:
    """Stripe tells of the closing by a webhook that may be faster than our own next statement."""
    held = a_basket()
    payment = begin(held)
    double.http.post(
        f"{double.base}/v1/checkout/sessions/{payment.provider_ref}/expire",
        headers={"Authorization": "Bearer sk_test_x"},
        timeout=5,
    ).raise_for_status()
    assert fulfil(payment.id) is PaymentState.EXPIRED
    assert pay.withdraw(held.booking_id) is State.HELD


def test_after_giving_up_one_can_pay_anew(stripe: Watched, double: Double) -> None:
    held = a_basket()
    begin(held)
    pay.withdraw(held.booking_id)
    double.pay(ref_of(begin(held)))
    assert fulfil(payment_of(held.booking_id).id) is PaymentState.PAID
    assert [payment.state for payment in payments_of(held.booking_id)] == [PaymentState.EXPIRED, PaymentState.PAID]
