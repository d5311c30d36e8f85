"""A page that waits for its payment asks the provider once in a while, however many load it and from wherever."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from booking.bookings.models import State
from booking.kernel import clock
from booking.payments import pay
from booking.payments.fulfil import fulfil
from booking.payments.models import PaymentState
from booking.payments.sweep import sweep
from tests.payments.buying import a_basket, begin, payment_of, ref_of, state_of
from tests.payments.conftest import Travel
from tests.payments.test_races import together
from tests.payments.watched import Watched
from tests.stripe_double.client import Double


def asked(double: Double) -> int:
    """How often Stripe was asked how a session stands."""
    return len(double.requests("GET", "/v1/checkout/sessions/"))


def test_a_waiting_page_that_is_loaded_again_and_again_asks_once(
    client: FlaskClient, stripe: Watched, double: Double, travel: Travel
) -> None:
    held = a_basket()
    payment = begin(held)
    for _ in range(5):
        assert client.get(f"/nb/b/{held.secret}").headers["Refresh"] == "5"
    assert asked(double) == 1
    double.pay(ref_of(payment))
    travel(timedelta(seconds=5))  # the page loads itself anew
    client.get(f"/nb/b/{held.secret}")
    assert (asked(double), state_of(held.booking_id)) == (2, State.CONFIRMED)


def test_the_first_to_come_back_from_the_till_is_never_kept_waiting(stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = begin(held)
    assert payment.looked_at is None  # opening is no asking
    double.pay(ref_of(payment))
    assert pay.ask_provider(held.booking_id)
    assert state_of(held.booking_id) is State.CONFIRMED


def test_many_who_load_a_waiting_page_at_once_ask_once(app: Flask, stripe: Watched, double: Double) -> None:
    held = a_basket()
    begin(held)
    assert together(app, *[lambda: pay.ask_provider(held.booking_id)] * 8) == []
    assert asked(double) == 1


def test_a_provider_that_is_down_is_not_asked_more_often(client: FlaskClient, stripe: Watched, double: Double) -> None:
    held = a_basket()
    begin(held)
    double.fault("500", path="/v1/checkout/sessions/", times=9)
    with stripe.impatient():
        for _ in range(4):
            assert client.get(f"/nb/b/{held.secret}").status_code == 200
    assert asked(double) == 1


def test_a_webhook_or_the_sweep_is_answered_whenever_it_asks(stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = begin(held)
    assert pay.ask_provider(held.booking_id)
    double.pay(ref_of(payment))
    assert fulfil(payment.id) is PaymentState.PAID


def test_a_page_that_waits_does_not_make_the_sweep_forget(stripe: Watched, double: Double) -> None:
    held = a_basket()
    begin(held)
    sweep(clock.now() + timedelta(minutes=1))
    assert asked(double) == 0
    sweep(clock.now() + timedelta(minutes=3))
    assert asked(double) == 1
    assert payment_of(held.booking_id).looked_at is not None
